// SPDX-License-Identifier: Apache-2.0
#include "core/storage/table_scan.h"

#include "core/storage/row_keys.h"

namespace gyre::storage {

TableScan::TableScan(const Engine& engine, const std::string& lower, const std::string& upper,
                     bool tombstones)
    : snapshot_(engine.snapshot()) {
  const IterateOptions options{
      .lower = lower, .upper = upper, .tier = ReadTier::kAll, .snapshot = snapshot_.get()};
  items_ = engine.iterate(Family::kItems, options);
  items_->seek_to_first();
  if (!tombstones) return;
  tombstones_ = engine.iterate(Family::kTombstones, options);
  tombstones_->seek_to_first();
}

Iterator& TableScan::front() const {
  if (!tombstones_ || !tombstones_->valid()) return *items_;
  if (!items_->valid()) return *tombstones_;
  return items_->key() <= tombstones_->key() ? *items_ : *tombstones_;
}

Result<ItemKey> TableScan::key(const KeySchema& schema) const {
  return read_item_row(place(), schema);
}

Status TableScan::status() const {
  RETURN_IF_ERROR(items_->status());
  return tombstones_ ? tombstones_->status() : Status();
}

}  // namespace gyre::storage
