// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace gyre::cli {

// What a region's store may hold in memory, in megabytes. What requests and streams hold is bounded by limits
// of its own (core/base/limits.h), and comes on top.
inline constexpr std::uint64_t kMemoryMb = 224;
inline constexpr std::uint64_t kMemoryMbMin = 16;
inline constexpr std::uint64_t kMemoryMbMax = 1024 * 1024;

struct MemoryShares {
  std::size_t memtables;  ///< rows on their way to the disk
  std::size_t blocks;     ///< of files, for queries and scans
  std::size_t items;      ///< whole, for what reads and writes single items: that saves the most
};
inline MemoryShares share_memory(std::uint64_t megabytes) {
  const std::size_t seventh = megabytes * 1024 * 1024 / 7;
  return {2 * seventh, 2 * seventh, 3 * seventh};
}

}  // namespace gyre::cli
