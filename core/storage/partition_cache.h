// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/base/bounded_cache.h"
#include "core/storage/engine.h"

namespace gyre::storage {

/// Whole partitions of tables and indexes as they are committed, those that were queried last: a Query of one
/// asks the engine nothing, however often its items were written lately. Never ahead of what is committed,
/// never behind what was acknowledged: a partition is forgotten before a batch that writes in it is
/// committed, and not kept again before it is.
class PartitionCache {
 public:
  /// `bytes_max`: of all partitions. One that is larger than a 64th of it is never kept.
  explicit PartitionCache(std::size_t bytes_max);

  // --- any thread ---
  /// Steps over rows of one partition as of now (no snapshot): over those that are kept, or over the
  /// engine's, which are kept once all of the partition was gone through from one end to the other.
  /// `partition` is what its rows begin with; bounds lie within it. `to_the_end`: whether the caller will go
  /// through them all, for all that it knows; else they are not kept. The cache outlives the iterator.
  std::unique_ptr<Iterator> iterate(const Engine& engine, Family family, const std::string& partition,
                                    const IterateOptions& options, bool to_the_end);

  // --- the writer's thread ---
  /// The batch is about to be committed.
  void begin_write(const Batch& batch);
  /// That batch is committed.
  void committed() { commits_.fetch_add(1, std::memory_order_release); }

 private:
  struct Partition;
  class KeptRows;
  class RecordedRows;

  /// What a partition is kept by: its family, id and hash. Two partitions that share it take turns.
  class Place {
   public:
    Place(Family family, std::string_view row);
    std::string_view view() const { return {bytes_.data(), bytes_.size()}; }
    std::uint64_t hash() const;

   private:
    std::array<char, 17> bytes_;
  };
  struct Shard {
    explicit Shard(std::size_t bytes_max);
    std::mutex mutex;
    BoundedCache<Partition> partitions;  // by place
  };
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kSlots = 1 << 16;
  static_assert(kSlots % kShards == 0, "a slot belongs to one shard");

  Shard& shard_of(std::uint64_t hash) { return *shards_[hash % kShards]; }
  /// nullptr: nothing is known of the partition.
  std::shared_ptr<const Partition> find(const Place& place, const std::string& partition);
  /// Keeps what was read after `commits` batches were committed, unless it may have been written since.
  void keep(const Place& place, std::shared_ptr<const Partition> partition, std::uint64_t commits);

  const std::size_t partition_bytes_max_;
  std::array<std::unique_ptr<Shard>, kShards> shards_;
  // The last batch that wrote in a partition, by its place's hash: of fixed size. A slot is guarded by its
  // shard's mutex.
  std::unique_ptr<std::array<std::uint64_t, kSlots>> last_written_;
  std::atomic<std::uint64_t> commits_ = 0;  // how many batches are committed; what they wrote can be read
};

}  // namespace gyre::storage
