// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/log/layout.h"

namespace gyre::log {

/// XXH3, 64 bits, with a seed.
std::uint64_t seeded_checksum(std::string_view bytes, std::uint64_t seed);
/// The seed of a frame header's checksum: all three count.
std::uint64_t frame_seed(std::uint64_t salt, Term term, FrameNumber frame);
/// The seed of what a segment says of itself.
std::uint64_t segment_seed(std::uint64_t salt, SegmentNumber segment);

/// BLAKE2b, 32 bytes.
using Hash = std::array<char, 32>;
inline std::string_view hash_bytes(const Hash& hash) {
  return {hash.data(), hash.size()};
}
Hash hash_of(std::string_view bytes);

/// Hashes what comes in pieces. One thread.
class Hasher {
 public:
  Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;
  Hasher& add(std::string_view bytes);
  /// Once.
  Hash finish();

 private:
  // libsodium's, whose header stays out of this one.
  static constexpr std::size_t kStateBytes = 384;
  static constexpr std::size_t kStateAlignment = 64;
  struct State;
  State& state();

  alignas(kStateAlignment) std::array<std::byte, kStateBytes> bytes_;
  bool finished_ = false;
};

}  // namespace gyre::log
