// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/engine/engine.h"
#include "core/storage/write_fence.h"

namespace gyre::storage {

/// Whole partitions of tables and indexes as they are committed, those that were queried last: a Query of one
/// asks the engine nothing, however often its items were written lately. They are behind a WriteFence, each
/// as one place: a batch that writes in a partition has all of it forgotten.
class PartitionCache {
 public:
  /// `bytes_max`: of all partitions. One that is larger than a 64th of it is never kept.
  explicit PartitionCache(std::size_t bytes_max);
  ~PartitionCache();

  // --- any thread ---
  /// Steps over rows of one partition as of now (no snapshot): over those that are kept, or over the
  /// engine's, which are kept once all of the partition was gone through from one end to the other.
  /// `partition` is what its rows begin with; bounds lie within it. `to_the_end`: whether the caller will go
  /// through them all, for all that it knows; else they are not kept. The cache outlives the iterator.
  std::unique_ptr<Iterator> iterate(const Engine& engine, Family family, const std::string& partition,
                                    const IterateOptions& options, bool to_the_end);

  // --- the writer's thread ---
  /// The batch that is about to be committed writes this row of items or indexes. Ranges need not be told:
  /// they are of a table or an index that goes for good, whose id never comes again.
  void begin_write(Family family, std::string_view row) { fence_.begin_write(Place(family, row).view()); }
  /// That batch is committed.
  void committed() { fence_.committed(); }

 private:
  struct Partition;
  class KeptRows;
  class RecordedRows;

  /// What a partition is kept by: its family, id and hash. Two partitions that share it take turns.
  class Place {
   public:
    Place(Family family, std::string_view row);
    std::string_view view() const { return {bytes_.data(), bytes_.size()}; }

   private:
    std::array<char, 17> bytes_;
  };

  /// nullptr: nothing is known of the partition.
  std::shared_ptr<const Partition> find(const Place& place, const std::string& partition);
  /// Keeps what was read after `looked` batches were committed, unless it may have been written since.
  void keep(const Place& place, std::shared_ptr<const Partition> partition, std::uint64_t looked);

  const std::size_t partition_bytes_max_;
  WriteFence<Partition> fence_;
};

}  // namespace gyre::storage
