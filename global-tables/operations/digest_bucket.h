// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/http/operation.h"
#include "core/storage/store.h"

namespace gyre::global_tables {

/// Gyre.DigestBucket {TableName, Bucket}: {Items: [{Keys, VersionClock, VersionRegion}, ...]}: what stands in
/// one bucket of a digest, for telling which keys differ. The clock is a decimal string: JSON numbers do not
/// hold 64 bits everywhere.
class DigestBucket final : public http::Operation {
 public:
  explicit DigestBucket(storage::Store& store) : store_(store) {}
  void run(const http::Request& request, http::Responder respond) override;

 private:
  storage::Store& store_;
};

}  // namespace gyre::global_tables
