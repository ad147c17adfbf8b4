// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "core/base/ids.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/model/key.h"
#include "core/model/table_schema.h"
#include "core/storage/read_view.h"

namespace gyre::operations {

/// What a write may add to its item collection: a value, by which the one that applies the write decides
/// alone.
struct CollectionRoom {
  std::uint64_t bytes = std::numeric_limits<std::uint64_t>::max();  ///< without a limit

  /// kCollectionTooLarge if an item of `old_bytes` (DynamoDB's size; 0 = none) must not become one of
  /// `new_bytes`. What shrinks an item is always right.
  Status check(std::uint64_t old_bytes, std::uint64_t new_bytes) const;
};

/// Keeps item collections (collection_size.h) from growing beyond 10 GB (AWS developer guide, "Local
/// secondary indexes: item collection size limit"). Measuring is too dear for each write, so what was found
/// free is remembered, and used up by the writes that are admitted, each counted for more than it can add. As
/// long as all collections of a table together are below the limit, they are watched as one. What is on its
/// way to the writer is not in what is measured, so a collection may go beyond the limit by what the writer's
/// queue holds. Any thread.
class CollectionLimit {
 public:
  /// `reads` outlives this.
  explicit CollectionLimit(const storage::ReadView& reads,
                           std::uint64_t bytes_max = limits::kItemCollectionBytesMax)
      : reads_(reads), bytes_max_(bytes_max) {}

  /// Before a write that leaves an item of at most `item_bytes_max`. Measures, where too little is known to
  /// be free.
  CollectionRoom admit(const TableSchema& table, const ItemKey& key, std::uint64_t item_bytes_max);

 private:
  using Collection = std::pair<TableId, std::string>;  // by the encoded partition key

  // Uses up what is free, if it is enough: in all collections of the table together, or in one. What was free
  // before; nothing if it is not enough or not known.
  std::optional<std::uint64_t> use_table(const TableSchema& table, std::uint64_t bytes);
  std::optional<std::uint64_t> use_collection(const Collection& collection, std::uint64_t bytes);
  bool is_too_large(const TableSchema& table);
  void remember_table(const TableSchema& table, std::uint64_t free);
  void remember_collection(const Collection& collection, std::uint64_t free);
  std::uint64_t free_below_limit(std::uint64_t used) const {
    return used < bytes_max_ ? bytes_max_ - used : 0;
  }

  const storage::ReadView& reads_;
  const std::uint64_t bytes_max_;
  std::mutex mutex_;  // of what follows; never held while the engine measures
  std::map<TableId, std::optional<std::uint64_t>> tables_;  // free bytes; absent = too large
  std::map<Collection, std::uint64_t> collections_;         // free bytes
};

}  // namespace gyre::operations
