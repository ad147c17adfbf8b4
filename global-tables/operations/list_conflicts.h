// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/http/operation.h"
#include "core/storage/store.h"

namespace gyre::global_tables {

/// Gyre.ListConflicts {TableName?, Limit?, Start?}: {Conflicts: [...], Next?}: the writes that lost against
/// concurrent ones, as this region saw them, oldest first in each table. A conflict tells keys, both versions
/// and both images; an image that is missing was a delete. `Next` is the `Start` of the page after this.
class ListConflicts final : public http::Operation {
 public:
  explicit ListConflicts(storage::Store& store) : store_(store) {}
  void run(const http::Request& request, http::Responder respond) override;

 private:
  storage::Store& store_;
};

}  // namespace gyre::global_tables
