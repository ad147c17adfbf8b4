// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/storage/store_memory.h"

namespace gyre::cli {

// What a region's store may hold in memory, in megabytes. What requests and streams hold is bounded by limits
// of its own (core/base/limits.h), and comes on top.
inline constexpr std::int64_t kMemoryMb = 256;
inline constexpr std::int64_t kMemoryMbMin = 16;
inline constexpr std::int64_t kMemoryMbMax = 1024 * 1024;

// What rows of a region without a disk may take beyond their share, for what is under way when a write is
// refused, and for the deletes and trims that make room again.
inline constexpr std::uint64_t kMemoryFloorBytes = 16ULL * 1024 * 1024;
// The share of the change log in them: 1/3.
inline constexpr std::uint64_t kMemoryLogDivisor = 3;
// Segments of the change log, which goes by whole ones: so many are in its share.
inline constexpr std::uint64_t kMemorySegmentsOfLog = 8;
// Looks at what of it can go: in so long little is written, beside the share of the log.
inline constexpr std::uint64_t kMemoryRetentionPauseMs = 500;

/// What a region's store, and its connections, may hold.
struct MemoryShares {
  std::size_t rows;                  ///< of a region without a disk: all that it has, change records too
  std::size_t memtables;             ///< rows on their way to the disk
  std::size_t blocks;                ///< of files, for what is not kept whole
  storage::StoreMemory::Sizes kept;  ///< most for single items: that saves the most
  std::size_t http_bodies;           ///< of requests under way; on top of what the store holds
  std::size_t http_replies;          ///< under way; on top as well
};
inline MemoryShares share_memory(std::uint64_t megabytes, bool memory_only) {
  const std::size_t part = megabytes * 1024 * 1024 / 16;
  MemoryShares shares{};
  shares.http_bodies = 8 * part;
  shares.http_replies = 8 * part;
  if (memory_only) {
    shares.rows = 12 * part;
    shares.kept = {.items = 2 * part, .partitions = part, .records = part};
  } else {
    shares.memtables = 4 * part;
    shares.blocks = 3 * part;
    shares.kept = {.items = 5 * part, .partitions = 2 * part, .records = 2 * part};
  }
  return shares;
}

}  // namespace gyre::cli
