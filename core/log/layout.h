// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/base/check.h"
#include "core/base/ids.h"

namespace gyre::log {

// Fixed-width little-endian integers at fixed places. The machine's own order is that order, as the images in
// Cap'n Proto's encoding assume too.
static_assert(std::endian::native == std::endian::little);

/// A file of frames; 1, 2, 3 ... without gaps.
using SegmentNumber = NumericId<struct SegmentNumberTag>;
/// A frame; 1, 2, 3 ... without gaps through all segments. 0 is before the first.
using FrameNumber = NumericId<struct FrameNumberTag>;
/// One life of the log's owner, a process: rises with every start.
using Term = NumericId<struct TermTag>;
/// Which log it is: drawn when it is created.
using LogIncarnation = NumericId<struct LogIncarnationTag>;

template <std::unsigned_integral T>
T load(std::string_view bytes, std::size_t offset) {
  CHECK(offset + sizeof(T) <= bytes.size());
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}
template <std::unsigned_integral T>
void store(char* bytes, std::size_t offset, T value) {
  std::memcpy(bytes + offset, &value, sizeof(T));
}
template <class Id>
Id load_id(std::string_view bytes, std::size_t offset) {
  return Id(load<std::uint64_t>(bytes, offset));
}

inline constexpr std::size_t kAlignment = 8;
constexpr std::uint64_t aligned(std::uint64_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}
constexpr bool is_aligned(std::uint64_t offset) {
  return offset % kAlignment == 0;
}
inline bool all_zero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

}  // namespace gyre::log
