// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "core/base/ids.h"
#include "core/model/table_schema.h"
#include "core/storage/store.h"

namespace gyre::operations {

/// Counts of tables as old as AWS's may be: "DynamoDB updates this value approximately every six hours" (API
/// reference, TableDescription). A table's are taken when they are asked for and those that were shown before
/// are that old; a new table has none for six hours. Kept in memory alone: after a start they are taken anew.
/// Any thread.
class StaleCounts {
 public:
  /// `store` outlives this.
  explicit StaleCounts(storage::Store& store) : store_(store) {}

  storage::TableCounts counts(const TableSchema& table);

 private:
  struct Taken {
    storage::TableCounts counts;
    std::uint64_t at_ms = 0;
  };

  void forget_deleted();

  storage::Store& store_;
  std::mutex mutex_;
  std::map<TableId, Taken> taken_;  ///< of at most twice as many tables as there are
};

}  // namespace gyre::operations
