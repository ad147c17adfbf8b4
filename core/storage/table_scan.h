// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/model/key.h"
#include "core/storage/stored_item.h"

namespace gyre::storage {

/// Which keys of a table a TableScan walks.
struct ScanRange {
  TableId table;
  std::uint64_t hash_first = 0;
  std::uint64_t hash_last = std::numeric_limits<std::uint64_t>::max();  ///< inclusive
  std::string after{};  ///< a place of an earlier scan: only what comes behind it; empty = all
  bool tombstones = false;
};

/// Walks all that is at the keys of a table, with its versions, in the order of its places and as of one
/// moment: for those who compare and copy tables. Waits for the disk. One thread. From ReadView::scan().
class TableScan {
 public:
  /// `engine` outlives this.
  TableScan(const Engine& engine, const std::string& lower, const std::string& upper, bool tombstones);

  bool valid() const { return items_->valid() || (tombstones_ && tombstones_->valid()); }
  void step() { front().next(); }
  /// Where it is: opaque, good for a later scan. Until the next step.
  std::string_view place() const { return front().key(); }
  Result<ItemKey> key(const KeySchema& schema) const;
  /// An item or a tombstone.
  Result<StoredItem> stored() const { return decode_stored_item(front().value()); }
  Result<StoredImage> image() const { return stored_image(front().value()); }
  Result<Version> version() const { return stored_version(front().value()); }
  Status status() const;

 private:
  // A key is in one of the two.
  Iterator& front() const;

  std::shared_ptr<const Snapshot> snapshot_;
  std::unique_ptr<Iterator> items_;
  std::unique_ptr<Iterator> tombstones_;  // only if they are asked for
};

}  // namespace gyre::storage
