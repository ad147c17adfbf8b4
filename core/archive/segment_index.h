// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/archive/layout.h"
#include "core/log/footer.h"

namespace gyre::archive {

/// What an archive says of one of its segments (README.md): enough to find what is in it, and to check the
/// chain of segments without reading them.
struct SegmentIndex {
  log::SegmentHeader header;
  log::Opening opening;
  std::string first_bytes;    ///< header and opening, as they are in the segment
  std::string trailer_bytes;  ///< as they are in the segment
  log::Trailer trailer;
  std::vector<log::ShardRow> shards;  ///< by shard
  std::string shard_bytes;            ///< their rows, as they are in the segment's footer
  log::Hash object_hash{};            ///< of the segment's object
  log::Hash before{};                 ///< hash() of the index of the segment before; zeros for the first
  log::Hash hash{};                   ///< of this index

  log::SegmentNumber number() const { return header.number; }
};

/// A segment with more shards is not archived: its index would be no small object any more.
inline constexpr std::uint64_t kIndexShardsMax = 200'000;

/// The object's bytes. Of `index`: first_bytes, trailer_bytes, shard_bytes, object_hash, before.
std::string encode_index(const SegmentIndex& index);
/// `bytes` may be anything. What it answers is consistent in itself, down to the segment's chain hash.
Result<SegmentIndex> decode_index(std::string_view bytes);

/// The leaf of a segment in the tree that seals sign.
log::Hash segment_leaf(std::string_view trailer_bytes);

}  // namespace gyre::archive
