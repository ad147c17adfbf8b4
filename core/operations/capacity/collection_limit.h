// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/base/ids.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/model/key.h"
#include "core/model/table_schema.h"
#include "core/storage/engine.h"

namespace gyre::operations {

/// Keeps item collections (collection_size.h) from growing beyond 10 GB (AWS developer guide, "Local
/// secondary indexes: item collection size limit"). Measuring is too dear for each write, so what was found
/// free is remembered, and used up by the writes that follow, each counted for more than it adds. As long
/// as all collections of a table together are below the limit, they are watched as one. On the writer's
/// thread alone.
class CollectionLimit {
 public:
  /// `engine` outlives this.
  explicit CollectionLimit(const storage::Engine& engine,
                           std::uint64_t bytes_max = limits::kItemCollectionBytesMax)
      : engine_(engine), bytes_max_(bytes_max) {}

  /// Before a write that makes an item of `old_bytes` (DynamoDB's size; 0 = none) one of `new_bytes`:
  /// kCollectionTooLarge if the collection must not grow so far. What shrinks an item is always right.
  Status admit(const TableSchema& table, const ItemKey& key, std::uint64_t old_bytes,
               std::uint64_t new_bytes);

 private:
  // Uses up what is free in all collections of the table together; false if they are too large for that.
  bool use_table(const TableSchema& table, std::uint64_t bytes);
  std::uint64_t free_below_limit(std::uint64_t used) const {
    return used < bytes_max_ ? bytes_max_ - used : 0;
  }

  const storage::Engine& engine_;
  const std::uint64_t bytes_max_;
  std::map<TableId, std::optional<std::uint64_t>> tables_;  // free bytes; absent = too large
  std::map<std::string, std::uint64_t> collections_;        // free bytes, by the prefix of their rows
};

}  // namespace gyre::operations
