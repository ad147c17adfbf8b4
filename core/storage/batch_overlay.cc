// SPDX-License-Identifier: Apache-2.0
#include "core/storage/batch_overlay.h"

#include "core/storage/index_rows.h"

namespace gyre::storage {

Result<StoredPointer> BatchOverlay::item(const TableSchema& table, const std::string& row) {
  if (dropped_.contains(table.id)) return StoredPointer(std::make_shared<const StoredItem>());
  if (const auto found = items_.find(row); found != items_.end()) return found->second;
  ASSIGN_OR_RETURN(StoredPointer item, cache_.read(engine_, table, row, ReadTier::kAll));
  keep(row, item);
  return item;
}

void BatchOverlay::offer(PrefetchedItem prefetched) {
  if (cache_.written_since(prefetched.row, prefetched.commits)) return;
  keep(prefetched.row, std::move(prefetched.item));
}

void BatchOverlay::set_item(const std::string& row, StoredPointer item) {
  cache_.begin_write(row);
  written_.push_back(row);
  keep(row, std::move(item));
}

std::vector<ItemCache::Written> BatchOverlay::written() const {
  std::vector<ItemCache::Written> written;
  written.reserve(written_.size());
  for (const std::string& row : written_) {
    StoredPointer item = items_.at(row);
    // Of what was deleted, it depends on the table whether anything is stored.
    if (item->exists()) written.push_back({row, std::move(item)});
  }
  return written;
}

void BatchOverlay::keep(const std::string& row, StoredPointer item) {
  size_bytes_ += row.size() + (item->image ? item->image->size() : 0);
  items_[row] = std::move(item);
}

Result<std::optional<std::string>> BatchOverlay::row(std::string_view key) const {
  if (const auto found = rows_.find(std::string(key)); found != rows_.end()) return found->second;
  ASSIGN_OR_RETURN(const std::optional<EngineValue> value,
                   engine_.get(Family::kCatalog, key, ReadTier::kAll));
  if (!value) return std::optional<std::string>();
  return std::optional<std::string>(value->view());
}

Result<std::optional<std::uint64_t>> BatchOverlay::entry_bytes(const std::string& row) const {
  if (const auto found = entries_.find(row); found != entries_.end()) return found->second;
  ASSIGN_OR_RETURN(const std::optional<EngineValue> value,
                   engine_.get(Family::kIndexes, row, ReadTier::kAll));
  if (!value) return std::optional<std::uint64_t>();
  ASSIGN_OR_RETURN(const IndexEntry entry, read_index_entry(value->view()));
  return std::optional(entry.dynamodb_bytes);
}

}  // namespace gyre::storage
