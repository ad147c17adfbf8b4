// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/base/ids.h"
#include "core/base/result.h"
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

}  // namespace gyre::operations
