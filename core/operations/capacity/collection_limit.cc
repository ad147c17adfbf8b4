// SPDX-License-Identifier: Apache-2.0
#include "core/operations/capacity/collection_limit.h"

#include <algorithm>

#include "core/operations/capacity/collection_size.h"
#include "core/storage/row_keys.h"

namespace gyre::operations {
namespace {

// More than an item adds with its index entries: a row holds its keys, twice in an index, and a header.
std::uint64_t most_added(const TableSchema& table, std::uint64_t item_bytes) {
  constexpr std::uint64_t kHeaderBytes = 256;
  const auto indexes = std::count_if(table.indexes.begin(), table.indexes.end(),
                                     [](const IndexSchema& index) { return index.local; });
  return (3 * item_bytes + kHeaderBytes) * (1 + static_cast<std::uint64_t>(indexes));
}

}  // namespace

Status CollectionLimit::admit(const TableSchema& table, const ItemKey& key, std::uint64_t old_bytes,
                              std::uint64_t new_bytes) {
  if (new_bytes <= old_bytes || !has_collections(table)) return {};
  const std::uint64_t at_most = most_added(table, new_bytes);
  if (use_table(table, at_most)) return {};
  const std::string collection = storage::partition_prefix(table.id, key);
  if (collections_.size() >= limits::kItemCollectionsWatchedMax && !collections_.contains(collection)) {
    collections_.clear();
    tables_.clear();  // some may have become small again
  }
  std::uint64_t& free = collections_[collection];
  if (free < at_most) free = free_below_limit(collection_bytes(engine_, table, key));
  if (free < new_bytes - old_bytes) return Error(ErrorCode::kCollectionTooLarge, "Collection size exceeded.");
  free -= std::min(free, at_most);
  return {};
}

bool CollectionLimit::use_table(const TableSchema& table, std::uint64_t bytes) {
  if (tables_.size() >= limits::kItemCollectionsWatchedMax && !tables_.contains(table.id)) tables_.clear();
  std::optional<std::uint64_t>& free = tables_.try_emplace(table.id, 0).first->second;
  if (free && *free < bytes) free = free_below_limit(collections_bytes(engine_, table));
  if (free && *free < bytes) free.reset();
  if (!free) return false;
  *free -= bytes;
  return true;
}

}  // namespace gyre::operations
