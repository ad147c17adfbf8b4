// SPDX-License-Identifier: Apache-2.0
#include "core/storage/batch_overlay.h"

namespace gyre::storage {

Result<StoredPointer> BatchOverlay::item(const TableSchema& table, const std::string& row) {
  if (dropped_.contains(table.id)) return StoredPointer(std::make_shared<StoredItem>());
  if (const auto found = items_.find(row); found != items_.end()) return found->second;
  ASSIGN_OR_RETURN(std::optional<StoredItem> stored, read(Family::kItems, row));
  if (!stored && keeps_tombstones(table)) {
    ASSIGN_OR_RETURN(stored, read(Family::kTombstones, row));
  }
  StoredPointer item = std::make_shared<StoredItem>(stored ? std::move(*stored) : StoredItem());
  set_item(row, item);
  return item;
}

void BatchOverlay::set_item(const std::string& row, StoredPointer item) {
  size_bytes_ += row.size() + (item->image ? item->image->size() : 0);
  items_[row] = std::move(item);
}

Result<std::optional<StoredItem>> BatchOverlay::read(Family family, const std::string& row) const {
  ASSIGN_OR_RETURN(const std::optional<EngineValue> value, engine_.get(family, row, ReadTier::kAll));
  if (!value) return std::optional<StoredItem>();
  ASSIGN_OR_RETURN(StoredItem stored, decode_stored_item(value->view()));
  if (stored.exists() != (family == Family::kItems))
    return Error::corruption("an item row is in the wrong family");
  return std::optional<StoredItem>(std::move(stored));
}

Result<std::optional<std::string>> BatchOverlay::row(std::string_view key) const {
  if (const auto found = rows_.find(std::string(key)); found != rows_.end()) return found->second;
  ASSIGN_OR_RETURN(const std::optional<EngineValue> value,
                   engine_.get(Family::kCatalog, key, ReadTier::kAll));
  if (!value) return std::optional<std::string>();
  return std::optional<std::string>(value->view());
}

}  // namespace gyre::storage
