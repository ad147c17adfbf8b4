// SPDX-License-Identifier: Apache-2.0
#include "core/operations/table_size.h"

#include <cmath>

#include "core/base/limits.h"
#include "core/storage/row_keys.h"
#include "core/storage/stored_item.h"

namespace gyre::operations {
namespace {

// The table's size if [0, last_hash] of the hash space holds `part`.
TableSize scale_up(const TableSize& part, std::uint64_t last_hash) {
  const double share = (static_cast<double>(last_hash) + 1.0) / std::ldexp(1.0, 64);
  return {static_cast<std::uint64_t>(static_cast<double>(part.items) / share),
          static_cast<std::uint64_t>(static_cast<double>(part.bytes) / share)};
}

}  // namespace

Result<TableSize> estimate_table_size(const storage::Engine& engine, TableId table, storage::ReadTier tier) {
  auto [lower, upper] = storage::table_rows(table);
  const std::unique_ptr<storage::Iterator> rows = engine.iterate(
      storage::Family::kItems,
      {.lower = std::move(lower), .upper = std::move(upper), .tier = tier, .snapshot = nullptr});
  TableSize size;
  std::uint64_t partitions = 0;
  std::uint64_t last_hash = 0;
  for (rows->seek_to_first(); rows->valid(); rows->next()) {
    ASSIGN_OR_RETURN(const std::uint64_t hash, storage::row_hash(rows->key()));
    if (partitions == 0 || hash != last_hash) {
      // Only whole partitions are scaled up.
      if (size.items >= limits::kTableSizeSampleRows && partitions >= limits::kTableSizeSamplePartitions) {
        return scale_up(size, last_hash);
      }
      ++partitions;
      last_hash = hash;
    }
    if (size.items >= limits::kTableSizeRowsMax) return size;
    ASSIGN_OR_RETURN(const storage::StoredItem item, storage::decode_stored_item(rows->value()));
    ++size.items;
    size.bytes += item.dynamodb_bytes;
  }
  RETURN_IF_ERROR(rows->status());
  return size;
}

}  // namespace gyre::operations
