// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/api/parsed_operation.h"
#include "core/storage/store.h"

namespace gyre::global_tables {

struct ConflictsPage {
  storage::TablePointer table;  ///< nullptr: all tables
  std::string start;            ///< where the page before it ended; empty = the first page
  std::uint64_t limit = 0;
};

/// Gyre.ListConflicts {TableName?, Limit?, Start?}: {Conflicts: [...], Next?}: the writes that lost against
/// concurrent ones, as this region saw them, oldest first in each table. A conflict tells keys, both versions
/// and both images; an image that is missing was a delete. `Next` is the `Start` of the page after this.
class ListConflicts final : public api::ParsedOperation<ConflictsPage> {
 public:
  explicit ListConflicts(storage::Store& store) : store_(store) {}

 private:
  Result<ConflictsPage> parse(const api::RequestReader& request) const override;
  api::Intents intents(const ConflictsPage& parsed) const override;
  void execute(ConflictsPage parsed, const http::Request& request, http::Responder respond) override;

  storage::Store& store_;
};

}  // namespace gyre::global_tables
