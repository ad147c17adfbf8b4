// SPDX-License-Identifier: Apache-2.0
#include "core/storage/item_cache.h"

#include <memory>
#include <optional>
#include <utility>

namespace gyre::storage {
namespace {

// Of an item in the cache, beside its row and image: its header, and the nodes that hold it.
constexpr std::size_t kBytesAroundItem = 300;

std::size_t bytes_of(const StoredItem& item) {
  return kBytesAroundItem + (item.image ? item.image->size() : 0);
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

Result<StoredPointer> ItemCache::read(const Engine& engine, const TableSchema& table, std::string_view row,
                                      ReadTier tier) {
  if (StoredPointer item = fence_.find(row)) return item;
  const std::uint64_t looked = fence_.commits();
  ASSIGN_OR_RETURN(StoredPointer item, read_stored(engine, table, row, tier));
  // Who does not know yet that the table keeps tombstones has not looked for one.
  if (!item->exists() && !keeps_tombstones(table)) return item;
  fence_.keep(std::string(row), item, bytes_of(*item), looked);
  return item;
}

void ItemCache::committed(std::vector<Written> written) {
  fence_.committed();
  for (Written& row : written) {
    const std::size_t bytes = bytes_of(*row.item);
    fence_.put(std::move(row.row), std::move(row.item), bytes);
  }
}

}  // namespace gyre::storage
