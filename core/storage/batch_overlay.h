// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "core/engine/engine.h"
#include "core/storage/catalog.h"
#include "core/storage/item_cache.h"
#include "core/storage/stored_item.h"

namespace gyre::storage {

/// Committed state, as changed by the requests of the batch that is being built. Writer thread only; one per
/// batch. Only looked up, never walked, so the order of its maps reaches nothing.
class BatchOverlay {
 public:
  BatchOverlay(const Engine& engine, ItemCache& cache, std::shared_ptr<const CatalogSnapshot> catalog)
      : engine_(engine), cache_(cache), catalog_(std::move(catalog)) {}

  const std::shared_ptr<const CatalogSnapshot>& catalog() const { return catalog_; }
  void set_catalog(std::shared_ptr<const CatalogSnapshot> catalog) { catalog_ = std::move(catalog); }

  /// What stands at `row` of `table`; never nullptr. Tombstones are looked for if the table keeps them.
  Result<StoredPointer> item(const TableSchema& table, const std::string& row);
  /// Keeps what was read earlier, unless it may be out of date.
  void offer(PrefetchedItem prefetched);
  /// The batch writes the row.
  void set_item(const std::string& row, StoredPointer item);
  /// The items that were set and stand there.
  std::vector<ItemCache::Written> written() const;
  /// Every item of the table is gone.
  void drop_items(TableId table) { dropped_.insert(table); }

  /// A row of the catalog family.
  Result<std::optional<std::string>> row(std::string_view key) const;
  void set_row(const std::string& key, std::optional<std::string> value) { rows_[key] = std::move(value); }

  /// DynamoDB's size of an index entry, if it is there. Knows what the batch did to indexes that are being
  /// built, whose entries cannot be told from their items; do not ask about others.
  Result<std::optional<std::uint64_t>> entry_bytes(const std::string& row) const;
  void set_entry_bytes(const std::string& row, std::optional<std::uint64_t> bytes) { entries_[row] = bytes; }

  /// About what it holds in memory.
  std::size_t size_bytes() const { return size_bytes_; }

 private:
  void keep(const std::string& row, StoredPointer item);

  const Engine& engine_;
  ItemCache& cache_;
  std::shared_ptr<const CatalogSnapshot> catalog_;
  std::unordered_map<std::string, StoredPointer> items_;  // as read and as changed
  std::vector<std::string> written_;                      // rows of the latter, each once or more
  std::unordered_map<std::string, std::optional<std::string>> rows_;
  std::unordered_map<std::string, std::optional<std::uint64_t>> entries_;
  std::set<TableId> dropped_;
  std::size_t size_bytes_ = 0;
};

}  // namespace gyre::storage
