// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/api/parsed_operation.h"
#include "core/storage/store.h"

namespace gyre::global_tables {

struct BucketOfTable {
  storage::TablePointer table;
  std::uint64_t bucket = 0;
};

/// Gyre.DigestBucket {TableName, Bucket}: {Items: [{Keys, VersionClock, VersionRegion}, ...]}: what stands in
/// one bucket of a digest, for telling which keys differ. The clock is a decimal string: JSON numbers do not
/// hold 64 bits everywhere.
class DigestBucket final : public api::ParsedOperation<BucketOfTable> {
 public:
  explicit DigestBucket(storage::Store& store) : store_(store) {}

 private:
  Result<BucketOfTable> parse(const api::RequestReader& request) const override;
  api::Intents intents(const BucketOfTable& parsed) const override;
  void execute(BucketOfTable parsed, const http::Request& request, http::Responder respond) override;

  storage::Store& store_;
};

}  // namespace gyre::global_tables
