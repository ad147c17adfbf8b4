// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace gyre::cli {

// What a region's store may hold in memory, in megabytes. What requests and streams hold is bounded by limits
// of its own (core/base/limits.h), and comes on top.
inline constexpr std::uint64_t kMemoryMb = 256;
inline constexpr std::uint64_t kMemoryMbMin = 16;
inline constexpr std::uint64_t kMemoryMbMax = 1024 * 1024;

struct MemoryShares {
  std::size_t memtables;  ///< rows on their way to the disk
  std::size_t blocks;     ///< of files, for queries and scans
  std::size_t items;      ///< whole, for what reads and writes single items: that saves the most
  std::size_t records;    ///< the end of the change log, for who keeps up with it
};
inline MemoryShares share_memory(std::uint64_t megabytes) {
  const std::size_t eighth = megabytes * 1024 * 1024 / 8;
  return {2 * eighth, 2 * eighth, 3 * eighth, eighth};
}

}  // namespace gyre::cli
