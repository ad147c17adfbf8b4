// SPDX-License-Identifier: Apache-2.0
#include "core/storage/item_cache.h"

#include <utility>

#include "core/base/hash.h"

namespace gyre::storage {
namespace {

// Of an entry, beside its row and image: the nodes of map and list, and the item's header.
constexpr std::size_t kEntryOverheadBytes = 400;

std::size_t bytes_of(std::string_view row, const StoredItem& item) {
  return kEntryOverheadBytes + row.size() + (item.image ? item.image->size() : 0);
}

Result<std::optional<StoredItem>> read_row(const Engine& engine, Family family, std::string_view row,
                                           ReadTier tier) {
  ASSIGN_OR_RETURN(const std::optional<EngineValue> value, engine.get(family, row, tier));
  if (!value) return std::optional<StoredItem>();
  ASSIGN_OR_RETURN(StoredItem stored, decode_stored_item(value->view()));
  if (stored.exists() != (family == Family::kItems))
    return Error::corruption("an item row is in the wrong family");
  return std::optional<StoredItem>(std::move(stored));
}

Result<StoredPointer> read_stored(const Engine& engine, const TableSchema& table, std::string_view row,
                                  ReadTier tier) {
  ASSIGN_OR_RETURN(std::optional<StoredItem> stored, read_row(engine, Family::kItems, row, tier));
  if (!stored && keeps_tombstones(table)) {
    ASSIGN_OR_RETURN(stored, read_row(engine, Family::kTombstones, row, tier));
  }
  return StoredPointer(std::make_shared<const StoredItem>(stored ? std::move(*stored) : StoredItem()));
}

}  // namespace

ItemCache::ItemCache(std::size_t bytes_max)
    : shard_bytes_max_(bytes_max / kShards),
      last_written_(std::make_unique<std::array<std::atomic<std::uint64_t>, kSlots>>()) {}

Result<StoredPointer> ItemCache::read(const Engine& engine, const TableSchema& table, std::string_view row,
                                      ReadTier tier) {
  const std::uint64_t hash = hash64(row);
  if (StoredPointer item = find(hash, row)) return item;
  const std::uint64_t commits = this->commits();  // first: what is committed meanwhile counts as later
  ASSIGN_OR_RETURN(StoredPointer item, read_stored(engine, table, row, tier));
  Shard& shard = shard_of(hash);
  const std::lock_guard lock(shard.mutex);
  // A batch that writes the row after this look takes the lock after us, and sets it right.
  if ((*last_written_)[hash % kSlots] <= commits) keep(shard, hash, row, item);
  return item;
}

StoredPointer ItemCache::find(std::uint64_t hash, std::string_view row) {
  Shard& shard = shard_of(hash);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.entries.find(hash);
  if (found == shard.entries.end() || found->second.row != row) return nullptr;
  shard.uses.splice(shard.uses.begin(), shard.uses, found->second.use);
  return found->second.item;
}

void ItemCache::keep(Shard& shard, std::uint64_t hash, std::string_view row, StoredPointer item) {
  forget(shard, hash);
  const std::size_t bytes = bytes_of(row, *item);
  if (bytes > shard_bytes_max_) return;
  shard.uses.push_front(hash);
  shard.entries.emplace(hash, Entry{std::string(row), std::move(item), shard.uses.begin()});
  shard.bytes += bytes;
  while (shard.bytes > shard_bytes_max_) forget(shard, shard.uses.back());
}

void ItemCache::forget(Shard& shard, std::uint64_t hash) {
  const auto found = shard.entries.find(hash);
  if (found == shard.entries.end()) return;
  shard.bytes -= bytes_of(found->second.row, *found->second.item);
  shard.uses.erase(found->second.use);
  shard.entries.erase(found);
}

bool ItemCache::written_since(std::string_view row, std::uint64_t commits) const {
  return (*last_written_)[hash64(row) % kSlots] > commits;
}

void ItemCache::begin_write(std::string_view row) {
  const std::uint64_t hash = hash64(row);
  Shard& shard = shard_of(hash);
  const std::lock_guard lock(shard.mutex);
  (*last_written_)[hash % kSlots] = commits() + 1;
  forget(shard, hash);
}

void ItemCache::committed(std::vector<Written> written) {
  commits_.store(commits() + 1, std::memory_order_release);
  for (Written& row : written) {
    const std::uint64_t hash = hash64(row.row);
    Shard& shard = shard_of(hash);
    const std::lock_guard lock(shard.mutex);
    keep(shard, hash, row.row, std::move(row.item));
  }
}

}  // namespace gyre::storage
