// SPDX-License-Identifier: Apache-2.0
#include "core/archive/segment_index.h"

namespace gyre::archive {
namespace {

constexpr std::string_view kIndexMagic = "gyre.idx";
constexpr std::uint32_t kIndexFormat = 1;
constexpr std::size_t kIndexHeadBytes = 128;
constexpr std::size_t kIndexHashBytes = sizeof(log::Hash);
constexpr std::size_t kShardsOffset = kIndexHeadBytes + log::kFramesOffset;
static_assert(kShardsOffset + kIndexShardsMax * log::kShardRowBytes + log::kTrailerBytes + kIndexHashBytes <=
              kSmallObjectBytesMax);

}  // namespace

std::string encode_index(const SegmentIndex& index) {
  CHECK(index.first_bytes.size() == log::kFramesOffset && index.trailer_bytes.size() == log::kTrailerBytes);
  CHECK(index.shard_bytes.size() % log::kShardRowBytes == 0);
  std::string bytes(kIndexHeadBytes, '\0');
  bytes.replace(0, kIndexMagic.size(), kIndexMagic);
  log::store(bytes.data(), 8, kIndexFormat);
  log::store(bytes.data(), 16, std::uint64_t{index.shard_bytes.size() / log::kShardRowBytes});
  bytes.replace(24, kIndexHashBytes, log::hash_bytes(index.object_hash));
  bytes.replace(56, kIndexHashBytes, log::hash_bytes(index.before));
  bytes.append(index.first_bytes).append(index.shard_bytes).append(index.trailer_bytes);
  bytes += log::hash_bytes(log::hash_of(bytes));
  return bytes;
}

Result<SegmentIndex> decode_index(std::string_view bytes) {
  if (bytes.size() < kShardsOffset + log::kTrailerBytes + kIndexHashBytes ||
      !bytes.starts_with(kIndexMagic)) {
    return Error::corruption("it is no index of a segment");
  }
  const std::size_t end = bytes.size() - kIndexHashBytes;
  SegmentIndex index;
  index.hash = load_hash(bytes, end);
  if (index.hash != log::hash_of(bytes.substr(0, end))) return Error::corruption("its hash is wrong");
  if (log::load<std::uint32_t>(bytes, 8) != kIndexFormat || log::load<std::uint32_t>(bytes, 12) != 0 ||
      !log::all_zero(bytes.substr(88, kIndexHeadBytes - 88))) {
    return Error::corruption("its format is unknown");
  }
  const std::size_t shard_bytes = end - kShardsOffset - log::kTrailerBytes;
  if (shard_bytes % log::kShardRowBytes != 0 ||
      log::load<std::uint64_t>(bytes, 16) != shard_bytes / log::kShardRowBytes) {
    return Error::corruption("it has another size than it says");
  }
  index.object_hash = load_hash(bytes, 24);
  index.before = load_hash(bytes, 56);
  index.first_bytes = bytes.substr(kIndexHeadBytes, log::kFramesOffset);
  index.shard_bytes = bytes.substr(kShardsOffset, shard_bytes);
  index.trailer_bytes = bytes.substr(kShardsOffset + shard_bytes, log::kTrailerBytes);

  const std::string_view first = index.first_bytes;
  ASSIGN_OR_RETURN(index.header, log::decode_segment_header(first.substr(0, log::kSegmentHeaderBytes)));
  ASSIGN_OR_RETURN(index.opening, log::decode_opening(first.substr(log::kOpeningOffset), index.header));
  // The trailer says how long its file is.
  const auto file_bytes = log::load<std::uint64_t>(index.trailer_bytes, 120);
  ASSIGN_OR_RETURN(index.trailer, log::decode_trailer(index.trailer_bytes, index.header, file_bytes));
  if (log::chain_hash(index.trailer.chain_before, first, index.trailer_bytes) != index.trailer.chain) {
    return Error::corruption("the segment's beginning is not that of its end");
  }
  if (index.trailer.shard_count != shard_bytes / log::kShardRowBytes) {
    return Error::corruption("it has another number of shards than its segment");
  }
  ASSIGN_OR_RETURN(index.shards, log::decode_shard_rows(index.shard_bytes, index.trailer));
  return index;
}

log::Hash segment_leaf(std::string_view trailer_bytes) {
  CHECK(trailer_bytes.size() == log::kTrailerBytes);
  return log::Hasher().add(std::string_view("\0", 1)).add(trailer_bytes).finish();
}

}  // namespace gyre::archive
