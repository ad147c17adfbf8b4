// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "core/storage/engine.h"

namespace gyre::operations {

struct TableSize {
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;  ///< DynamoDB sizes
};

/// `ItemCount` and `TableSizeBytes`: exact for a small table. A large one is estimated from its first rows,
/// which are a fair sample because rows lie in the order of a hash (AWS's own numbers are up to six hours
/// old). Where a few partition keys hold very many rows, the answer is what was counted before
/// limits::kTableSizeRowsMax stopped it.
Result<TableSize> estimate_table_size(const storage::Engine& engine, TableId table, storage::ReadTier tier);
/// `ItemCount` and `IndexSizeBytes`, likewise.
Result<TableSize> estimate_index_size(const storage::Engine& engine, IndexId index, storage::ReadTier tier);

/// A table with its indexes.
struct TableSizes {
  TableSize table;
  std::vector<TableSize> indexes;  ///< in the order of the schema's; those that are missing are empty
};
Result<TableSizes> estimate_table_sizes(const storage::Engine& engine, const TableSchema& table,
                                        storage::ReadTier tier);

}  // namespace gyre::operations
