// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/log/checksums.h"
#include "core/log/segment_format.h"
#include "core/log/shard_directory.h"

namespace gyre::log {

inline constexpr std::size_t kTrailerBytes = 296;
inline constexpr std::size_t kShardRowBytes = 80;
inline constexpr std::size_t kPositionBytes = 4;

/// What a segment holds, in a few numbers.
struct SegmentSummary {
  FrameNumber first_frame{};
  FrameNumber last_frame{};
  SequenceNumber first_sequence{};  ///< of the first record; 0: there is none
  SequenceNumber last_sequence{};
  std::uint64_t first_commit_ms = 0;
  std::uint64_t last_commit_ms = 0;
  HybridTime last_stamp = 0;
  std::uint64_t record_count = 0;
  std::uint64_t record_bytes = 0;
  std::uint64_t chain_after = 0;
  std::uint64_t frames_end = 0;  ///< offset
  bool operator==(const SegmentSummary&) const = default;
};

/// The last bytes of a sealed segment.
struct Trailer {
  SegmentSummary summary;
  std::uint32_t shard_count = 0;
  std::uint32_t frame_count = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t shards_checksum = 0;
  std::uint64_t positions_checksum = 0;
  std::uint64_t frames_checksum = 0;
  Hash merkle_root{};
  Hash frames_hash{};
  Hash chain_before{};
  Hash chain{};

  std::uint64_t shards_offset() const { return summary.frames_end; }
  std::uint64_t positions_offset() const;
  std::uint64_t frames_offset() const;
  std::uint64_t trailer_offset() const;
  bool operator==(const Trailer&) const = default;
};

/// What a footer is made of.
struct FooterParts {
  SegmentHeader header;
  std::string_view first_bytes;  ///< header and opening, as they are in the file
  SegmentSummary summary;
  const ShardDirectory& directory;
  const std::vector<std::uint32_t>& frames;  ///< where each begins, divided by kAlignment
  Hash merkle_root;
  Hash frames_hash;
  Hash chain_before;
};
struct Footer {
  std::string bytes;  ///< to be written at summary.frames_end
  Trailer trailer;
};
Footer encode_footer(const FooterParts& parts);

/// `bytes`: kTrailerBytes of them, which may be anything; `file_bytes`: of the file that they are the end of.
/// What it answers is consistent in itself.
Result<Trailer> decode_trailer(std::string_view bytes, const SegmentHeader& segment,
                               std::uint64_t file_bytes);
/// The hash that a trailer must have as its chain.
Hash chain_hash(const Hash& chain_before, std::string_view first_bytes, std::string_view trailer_bytes);

struct ShardRow {
  ShardId shard{};
  ShardRun run;
  std::uint32_t first_position = 0;
};
/// `bytes`: kShardRowBytes of them, which may be anything.
Result<ShardRow> decode_shard_row(std::string_view bytes, const Trailer& trailer);
/// All rows. `bytes`: the whole section. Checks its checksum, and that the rows follow one another.
Result<std::vector<ShardRow>> decode_shard_rows(std::string_view bytes, const Trailer& trailer);
/// The whole footer, from summary.frames_end on: that all of it is as it was written.
Status check_footer(std::string_view bytes, const Trailer& trailer);

}  // namespace gyre::log
