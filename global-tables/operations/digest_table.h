// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/http/operation.h"
#include "core/storage/store.h"

namespace gyre::global_tables {

/// Gyre.DigestTable {TableName}: {Root, ItemCount, Sequence, Buckets: [[bucket, hash], ...]}, hashes as 16
/// hexadecimal digits, empty buckets left out. Equal roots in two regions: equal (key, version) pairs.
class DigestTable final : public http::Operation {
 public:
  explicit DigestTable(storage::Store& store) : store_(store) {}
  void run(const http::Request& request, http::Responder respond) override;

 private:
  storage::Store& store_;
};

}  // namespace gyre::global_tables
