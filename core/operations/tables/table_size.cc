// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/table_size.h"

#include <cmath>
#include <utility>

#include "core/base/limits.h"
#include "core/storage/index_rows.h"
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

// Rows of items or of an index; `bytes_of` answers DynamoDB's size of a row's value.
template <class BytesOf>
Result<TableSize> estimate(const storage::Engine& engine, storage::Family family,
                           std::pair<std::string, std::string> range, storage::ReadTier tier,
                           BytesOf&& bytes_of) {
  const std::unique_ptr<storage::Iterator> rows = engine.iterate(
      family,
      {.lower = std::move(range.first), .upper = std::move(range.second), .tier = tier, .snapshot = nullptr});
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
    ASSIGN_OR_RETURN(const std::uint64_t bytes, bytes_of(rows->value()));
    ++size.items;
    size.bytes += bytes;
  }
  RETURN_IF_ERROR(rows->status());
  return size;
}

}  // namespace

Result<TableSize> estimate_table_size(const storage::Engine& engine, TableId table, storage::ReadTier tier) {
  const auto bytes_of = [](std::string_view value) -> Result<std::uint64_t> {
    ASSIGN_OR_RETURN(const storage::StoredImage item, storage::stored_image(value));
    return item.dynamodb_bytes;
  };
  return estimate(engine, storage::Family::kItems, storage::table_rows(table), tier, bytes_of);
}

Result<TableSize> estimate_index_size(const storage::Engine& engine, IndexId index, storage::ReadTier tier) {
  const auto bytes_of = [](std::string_view value) -> Result<std::uint64_t> {
    ASSIGN_OR_RETURN(const storage::IndexEntry entry, storage::read_index_entry(value));
    return entry.dynamodb_bytes;
  };
  return estimate(engine, storage::Family::kIndexes, storage::index_rows(index), tier, bytes_of);
}

Result<TableSizes> estimate_table_sizes(const storage::Engine& engine, const TableSchema& table,
                                        storage::ReadTier tier) {
  TableSizes sizes;
  ASSIGN_OR_RETURN(sizes.table, estimate_table_size(engine, table.id, tier));
  for (const IndexSchema& index : table.indexes) {
    ASSIGN_OR_RETURN(const TableSize size, estimate_index_size(engine, index.id, tier));
    sizes.indexes.push_back(size);
  }
  return sizes;
}

}  // namespace gyre::operations
