// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/api/parsed_operation.h"
#include "core/storage/store.h"

namespace gyre::global_tables {

/// Gyre.DigestTable {TableName}: {Root, ItemCount, Sequence, Buckets: [[bucket, hash], ...]}, hashes as 16
/// hexadecimal digits, empty buckets left out. Equal roots in two regions: equal (key, version) pairs.
class DigestTable final : public api::ParsedOperation<storage::TablePointer> {
 public:
  explicit DigestTable(storage::Store& store) : store_(store) {}

 private:
  Result<storage::TablePointer> parse(const api::RequestReader& request) const override;
  api::Intents intents(const storage::TablePointer& parsed) const override;
  void execute(storage::TablePointer parsed, const http::Request& request, http::Responder respond) override;

  storage::Store& store_;
};

}  // namespace gyre::global_tables
