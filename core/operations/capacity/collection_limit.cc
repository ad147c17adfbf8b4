// SPDX-License-Identifier: Apache-2.0
#include "core/operations/capacity/collection_limit.h"

#include <algorithm>

#include "core/operations/capacity/collection_size.h"

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

Status CollectionRoom::check(std::uint64_t old_bytes, std::uint64_t new_bytes) const {
  if (new_bytes <= old_bytes || new_bytes - old_bytes <= bytes) return {};
  return Error(ErrorCode::kCollectionTooLarge, "Collection size exceeded.");
}

CollectionRoom CollectionLimit::admit(const TableSchema& table, const ItemKey& key,
                                      std::uint64_t item_bytes_max) {
  if (item_bytes_max == 0 || !has_collections(table)) return {};
  const std::uint64_t at_most = most_added(table, item_bytes_max);
  if (const auto free = use_table(table, at_most)) return {*free};
  if (!is_too_large(table)) {
    remember_table(table, free_below_limit(reads_.collections_bytes(table)));
    if (const auto free = use_table(table, at_most)) return {*free};
  }
  const Collection collection{table.id, key.partition};
  if (const auto free = use_collection(collection, at_most)) return {*free};
  const std::uint64_t free = free_below_limit(reads_.collection_bytes(table, key));
  remember_collection(collection, free - std::min(free, at_most));
  return {free};
}

std::optional<std::uint64_t> CollectionLimit::use_table(const TableSchema& table, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto known = tables_.find(table.id);
  if (known == tables_.end() || !known->second) return std::nullopt;
  const std::uint64_t free = *known->second;
  if (free < bytes) return std::nullopt;
  *known->second -= bytes;
  return free;
}

std::optional<std::uint64_t> CollectionLimit::use_collection(const Collection& collection,
                                                             std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto known = collections_.find(collection);
  if (known == collections_.end() || known->second < bytes) return std::nullopt;
  const std::uint64_t free = known->second;
  known->second -= bytes;
  return free;
}

bool CollectionLimit::is_too_large(const TableSchema& table) {
  const std::lock_guard lock(mutex_);
  const auto known = tables_.find(table.id);
  return known != tables_.end() && !known->second;
}

// A table that has little free is too large to be watched as one.
void CollectionLimit::remember_table(const TableSchema& table, std::uint64_t free) {
  const std::lock_guard lock(mutex_);
  if (tables_.size() >= limits::kItemCollectionsWatchedMax && !tables_.contains(table.id)) tables_.clear();
  tables_[table.id] = free < most_added(table, limits::kItemBytesMax) ? std::nullopt : std::optional(free);
}

void CollectionLimit::remember_collection(const Collection& collection, std::uint64_t free) {
  const std::lock_guard lock(mutex_);
  if (collections_.size() >= limits::kItemCollectionsWatchedMax && !collections_.contains(collection)) {
    collections_.clear();
    tables_.clear();  // some may have become small again
  }
  collections_[collection] = free;
}

}  // namespace gyre::operations
