// SPDX-License-Identifier: Apache-2.0
// Any bytes as the end of a sealed segment: what is taken is consistent, and nothing outside of it is read.
// The first eight bytes say where the footer begins.
#include <string>

#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/log/footer.h"
#include "tests/fuzz/fuzz.h"

namespace gyre {
namespace {

using namespace log;  // NOLINT: the fuzzer is about that room

const SegmentHeader kHeader{.salt = 0x5a17, .number = SegmentNumber(12)};

void use_footer(std::string_view bytes, std::uint64_t frames_end) {
  if (bytes.size() < kTrailerBytes) return;
  const auto trailer =
      decode_trailer(bytes.substr(bytes.size() - kTrailerBytes), kHeader, frames_end + bytes.size());
  if (!trailer.ok()) return;
  CHECK(trailer->trailer_offset() + kTrailerBytes == trailer->file_bytes);
  if (trailer->summary.frames_end != frames_end) return;
  (void)check_footer(bytes, *trailer);
  for (std::uint32_t i = 0; i < trailer->shard_count; ++i) {
    const auto row = decode_shard_row(bytes.substr(i * kShardRowBytes, kShardRowBytes), *trailer);
    if (row.ok()) CHECK(row->first_position + row->run.count() <= trailer->summary.record_count);
  }
}

// The same bytes with the checksums that they would need.
std::string made_consistent(std::string bytes) {
  const std::size_t trailer = bytes.size() - kTrailerBytes;
  char* const end = bytes.data() + trailer;
  std::memcpy(end, "gyre.end", 8);
  store(end, 8, std::uint64_t{1});
  store(end, 16, kHeader.number.value());
  const std::string_view all = bytes;
  const std::size_t shards = std::size_t{load<std::uint32_t>(all, trailer + 104)} * kShardRowBytes;
  const std::uint64_t records = load<std::uint64_t>(all, trailer + 80);
  if (shards <= trailer && records <= trailer && aligned(records * kPositionBytes) <= trailer - shards) {
    const std::size_t positions = aligned(records * kPositionBytes);
    store(end, 128, hash64(all.substr(0, shards)));
    store(end, 136, hash64(all.substr(shards, positions)));
    store(end, 144, hash64(all.substr(shards + positions, trailer - shards - positions)));
  }
  store(end, 288, seeded_checksum(all.substr(trailer, 288), segment_seed(kHeader.salt, kHeader.number)));
  return bytes;
}

}  // namespace

void fuzz(std::string_view bytes) {
  if (bytes.size() < 8 + kTrailerBytes) return;
  const std::uint64_t frames_end = load<std::uint64_t>(bytes, 0) % (std::uint64_t{1} << 40);
  use_footer(bytes.substr(8), frames_end);
  use_footer(made_consistent(std::string(bytes.substr(8))), frames_end);
}

}  // namespace gyre
