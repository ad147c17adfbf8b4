// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "core/storage/catalog.h"
#include "core/storage/engine.h"
#include "core/storage/stored_item.h"

namespace gyre::storage {

/// An item as it stood at one moment; shared by the overlay and the staged writes that replace it.
using StoredPointer = std::shared_ptr<const StoredItem>;

/// Committed state, as changed by the requests of the batch that is being built. Writer thread only; one per
/// batch. Only looked up, never walked, so the order of its maps reaches nothing.
class BatchOverlay {
 public:
  BatchOverlay(const Engine& engine, std::shared_ptr<const CatalogSnapshot> catalog)
      : engine_(engine), catalog_(std::move(catalog)) {}

  const std::shared_ptr<const CatalogSnapshot>& catalog() const { return catalog_; }
  void set_catalog(std::shared_ptr<const CatalogSnapshot> catalog) { catalog_ = std::move(catalog); }

  /// What stands at `row` of `table`; never nullptr. Tombstones are looked for if the table keeps them.
  Result<StoredPointer> item(const TableSchema& table, const std::string& row);
  void set_item(const std::string& row, StoredPointer item);
  /// Every item of the table is gone.
  void drop_items(TableId table) { dropped_.insert(table); }

  /// A row of the catalog family.
  Result<std::optional<std::string>> row(std::string_view key) const;
  void set_row(const std::string& key, std::optional<std::string> value) { rows_[key] = std::move(value); }

  /// About what it holds in memory.
  std::size_t size_bytes() const { return size_bytes_; }

 private:
  Result<std::optional<StoredItem>> read(Family family, const std::string& row) const;

  const Engine& engine_;
  std::shared_ptr<const CatalogSnapshot> catalog_;
  std::unordered_map<std::string, StoredPointer> items_;  // as read and as changed
  std::unordered_map<std::string, std::optional<std::string>> rows_;
  std::set<TableId> dropped_;
  std::size_t size_bytes_ = 0;
};

/// Deletes of such a table leave a tombstone.
inline bool keeps_tombstones(const TableSchema& table) {
  return table.group.has_value();
}

}  // namespace gyre::storage
