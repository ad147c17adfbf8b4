// SPDX-License-Identifier: Apache-2.0
#include "core/storage/item_prefetch.h"

#include "core/base/hash.h"

namespace gyre::storage {
namespace {

Result<std::optional<StoredItem>> read_row(const Engine& engine, Family family, std::string_view row,
                                           ReadTier tier) {
  ASSIGN_OR_RETURN(const std::optional<EngineValue> value, engine.get(family, row, tier));
  if (!value) return std::optional<StoredItem>();
  ASSIGN_OR_RETURN(StoredItem stored, decode_stored_item(value->view()));
  if (stored.exists() != (family == Family::kItems))
    return Error::corruption("an item row is in the wrong family");
  return std::optional<StoredItem>(std::move(stored));
}

}  // namespace

std::size_t RecentWrites::slot_of(std::string_view row) {
  return hash64(row) % kSlots;
}

Result<StoredPointer> read_stored(const Engine& engine, const TableSchema& table, std::string_view row,
                                  ReadTier tier) {
  ASSIGN_OR_RETURN(std::optional<StoredItem> stored, read_row(engine, Family::kItems, row, tier));
  if (!stored && keeps_tombstones(table)) {
    ASSIGN_OR_RETURN(stored, read_row(engine, Family::kTombstones, row, tier));
  }
  return StoredPointer(std::make_shared<const StoredItem>(stored ? std::move(*stored) : StoredItem()));
}

}  // namespace gyre::storage
