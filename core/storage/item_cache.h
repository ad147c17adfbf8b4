// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bounded_cache.h"
#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "core/storage/engine.h"
#include "core/storage/stored_item.h"

namespace gyre::storage {

/// What stood at a row when `commits` batches were committed: read for a write before it is submitted, so
/// that the writer neither searches for the row nor waits for the disk. Good for as long as nothing has been
/// written there since, which the writer finds out (WriteTransaction::offer).
struct PrefetchedItem {
  std::string row;
  StoredPointer item;
  std::uint64_t commits = 0;

  /// About what it holds in memory.
  std::size_t size_bytes() const { return row.size() + (item->image ? item->image->size() : 0); }
};

/// Items as they are committed, those that were used last: GetItem and what a write reads ahead ask the
/// engine nothing of what is hot. Never ahead of what is committed, never behind what was acknowledged: a row
/// that a batch writes is forgotten before its commit, and known again after it.
class ItemCache {
 public:
  explicit ItemCache(std::size_t bytes_max);

  // --- any thread ---
  /// How many batches are committed; what they wrote can be read.
  std::uint64_t commits() const { return commits_.load(std::memory_order_acquire); }
  /// The item or tombstone at a row, as committed; never nullptr. kIncomplete with the tier kCache.
  Result<StoredPointer> read(const Engine& engine, const TableSchema& table, std::string_view row,
                             ReadTier tier);

  // --- the writer's thread ---
  /// May what was read at the time of `commits` be out of date? Says so of some rows that it is not true of.
  bool written_since(std::string_view row, std::uint64_t commits) const;
  /// The batch that is being built writes the row.
  void begin_write(std::string_view row);
  struct Written {
    std::string row;
    StoredPointer item;
  };
  /// That batch is committed, and left these items behind.
  void committed(std::vector<Written> written);

 private:
  struct Shard {
    explicit Shard(std::size_t bytes_max) : items(std::numeric_limits<std::size_t>::max(), bytes_max) {}
    std::mutex mutex;
    BoundedCache<StoredItem> items;  // by row
  };
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kSlots = 1 << 16;

  Shard& shard_of(std::uint64_t hash) { return *shards_[hash % kShards]; }

  std::array<std::unique_ptr<Shard>, kShards> shards_;
  // The last batch that wrote a row, by the row's hash: of fixed size.
  std::unique_ptr<std::array<std::atomic<std::uint64_t>, kSlots>> last_written_;
  std::atomic<std::uint64_t> commits_ = 0;
};

}  // namespace gyre::storage
