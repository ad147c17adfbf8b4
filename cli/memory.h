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

/// What a region's store, and its connections, may hold.
struct MemoryShares {
  std::size_t memtables;             ///< rows on their way to the disk
  std::size_t blocks;                ///< of files, for what is not kept whole
  storage::StoreMemory::Sizes kept;  ///< most for single items: that saves the most
  std::size_t http_bodies;           ///< of requests under way; on top of what the store holds
  std::size_t http_replies;          ///< under way; on top as well
};
inline MemoryShares share_memory(std::uint64_t megabytes) {
  const std::size_t part = megabytes * 1024 * 1024 / 16;
  return {4 * part,
          3 * part,
          {.items = 5 * part, .partitions = 2 * part, .records = 2 * part},
          8 * part,
          8 * part};
}

}  // namespace gyre::cli
