// SPDX-License-Identifier: Apache-2.0
#include "core/storage/item_cache.h"

#include <utility>

#include "core/base/hash.h"

namespace gyre::storage {
namespace {

// Of an item in the cache, beside its row and image: its header, and the nodes that hold it.
constexpr std::size_t kOverheadBytes = 300;

std::size_t bytes_of(const StoredItem& item) {
  return kOverheadBytes + (item.image ? item.image->size() : 0);
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
    : last_written_(std::make_unique<std::array<std::atomic<std::uint64_t>, kSlots>>()) {
  for (std::unique_ptr<Shard>& shard : shards_) shard = std::make_unique<Shard>(bytes_max / kShards);
}

Result<StoredPointer> ItemCache::read(const Engine& engine, const TableSchema& table, std::string_view row,
                                      ReadTier tier) {
  const std::uint64_t hash = hash64(row);
  Shard& shard = shard_of(hash);
  {
    const std::lock_guard lock(shard.mutex);
    if (StoredPointer item = shard.items.find(row)) return item;
  }
  const std::uint64_t commits = this->commits();  // first: what is committed meanwhile counts as later
  ASSIGN_OR_RETURN(StoredPointer item, read_stored(engine, table, row, tier));
  // Who does not know yet that the table keeps tombstones has not looked for one.
  if (!item->exists() && !keeps_tombstones(table)) return item;
  const std::lock_guard lock(shard.mutex);
  // A batch that writes the row after this look takes the lock after us, and sets it right.
  if ((*last_written_)[hash % kSlots] <= commits) shard.items.put(std::string(row), item, bytes_of(*item));
  return item;
}

bool ItemCache::written_since(std::string_view row, std::uint64_t commits) const {
  return (*last_written_)[hash64(row) % kSlots] > commits;
}

void ItemCache::begin_write(std::string_view row) {
  const std::uint64_t hash = hash64(row);
  Shard& shard = shard_of(hash);
  const std::lock_guard lock(shard.mutex);
  (*last_written_)[hash % kSlots] = commits() + 1;
  shard.items.erase(row);
}

void ItemCache::committed(std::vector<Written> written) {
  commits_.store(commits() + 1, std::memory_order_release);
  for (Written& row : written) {
    Shard& shard = shard_of(hash64(row.row));
    const std::size_t bytes = bytes_of(*row.item);
    const std::lock_guard lock(shard.mutex);
    shard.items.put(std::move(row.row), std::move(row.item), bytes);
  }
}

}  // namespace gyre::storage
