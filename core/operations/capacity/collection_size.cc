// SPDX-License-Identifier: Apache-2.0
#include "core/operations/capacity/collection_size.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/storage/row_keys.h"

namespace gyre::operations {
namespace {

using Bounds = std::pair<std::string, std::string>;

Bounds rows_behind(const std::string& prefix) {
  return {prefix, storage::prefix_end(prefix)};
}

// `index_range` tells where the rows of a local index stand.
template <typename IndexRange>
std::uint64_t bytes_of(const storage::Engine& engine, const TableSchema& table, const Bounds& items,
                       IndexRange index_range) {
  std::uint64_t bytes = engine.range_bytes(storage::Family::kItems, items.first, items.second);
  for (const IndexSchema& index : table.indexes) {
    if (!index.local) continue;
    const Bounds entries = index_range(index.id);
    bytes += engine.range_bytes(storage::Family::kIndexes, entries.first, entries.second);
  }
  return bytes;
}

}  // namespace

bool has_collections(const TableSchema& table) {
  return std::any_of(table.indexes.begin(), table.indexes.end(),
                     [](const IndexSchema& index) { return index.local; });
}

// A local index has the table's partition key, so its entries stand under the same one.
std::uint64_t collection_bytes(const storage::Engine& engine, const TableSchema& table, const ItemKey& key) {
  return bytes_of(engine, table, rows_behind(storage::partition_prefix(table.id, key)),
                  [&key](IndexId index) { return rows_behind(storage::index_partition_prefix(index, key)); });
}

std::uint64_t collections_bytes(const storage::Engine& engine, const TableSchema& table) {
  return bytes_of(engine, table, storage::table_rows(table.id), storage::index_rows);
}

}  // namespace gyre::operations
