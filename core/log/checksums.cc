// SPDX-License-Identifier: Apache-2.0
#include "core/log/checksums.h"

#include <sodium.h>
#include <xxhash.h>

#include <new>
#include <type_traits>

namespace gyre::log {
namespace {

std::uint64_t seed_of(std::uint64_t salt, std::uint64_t first, std::uint64_t second) {
  const std::uint64_t parts[] = {salt, first, second};
  return XXH3_64bits(parts, sizeof(parts));
}

}  // namespace

std::uint64_t seeded_checksum(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::uint64_t frame_seed(std::uint64_t salt, Term term, FrameNumber frame) {
  return seed_of(salt, term.value(), frame.value());
}

std::uint64_t segment_seed(std::uint64_t salt, SegmentNumber segment) {
  return seed_of(salt, segment.value(), 0);
}

struct Hasher::State {
  crypto_generichash_state hash;
};

Hasher::State& Hasher::state() {
  return *std::launder(reinterpret_cast<State*>(bytes_.data()));
}

Hasher::Hasher() {
  static_assert(sizeof(State) <= kStateBytes && alignof(State) <= kStateAlignment);
  static_assert(std::is_trivially_destructible_v<State>);
  new (bytes_.data()) State;
  CHECK(crypto_generichash_init(&state().hash, nullptr, 0, sizeof(Hash)) == 0);
}

Hasher& Hasher::add(std::string_view bytes) {
  CHECK(!finished_);
  CHECK(crypto_generichash_update(&state().hash, reinterpret_cast<const unsigned char*>(bytes.data()),
                                  bytes.size()) == 0);
  return *this;
}

Hash Hasher::finish() {
  CHECK(!finished_);
  finished_ = true;
  Hash hash;
  CHECK(crypto_generichash_final(&state().hash, reinterpret_cast<unsigned char*>(hash.data()), hash.size()) ==
        0);
  return hash;
}

Hash hash_of(std::string_view bytes) {
  return Hasher().add(bytes).finish();
}

}  // namespace gyre::log
