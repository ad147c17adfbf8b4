// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/files/folder.h"
#include "core/log/footer.h"
#include "core/log/frame_view.h"
#include "core/log/segment_format.h"
#include "core/log/shard_directory.h"

namespace gyre::log {

/// What is kept of a frame once it is written.
struct FrameFacts {
  std::uint64_t offset = 0;
  FrameHeader header;
  std::uint64_t chain_after = 0;
  std::vector<EntryHead> heads;
};
FrameFacts facts_of(const FrameView& frame, std::uint64_t offset);

/// A segment as the log knows it: of what is durable. Nothing in it changes once it is closed; sealing makes
/// another one, which says in `trailer` what this one says in `directory` and `frames`. Shared by the log and
/// by who reads it, so that reading never waits for trimming. No lock of its own.
struct Segment {
  SegmentHeader header;
  Opening opening;
  std::shared_ptr<files::File> file;  ///< shared with the segment that sealing makes
  std::uint64_t space_bytes = 0;      ///< of one that is written: what was written beforehand
  SegmentSummary summary;
  std::optional<Trailer> trailer;     ///< of a sealed one
  ShardDirectory directory;           ///< of others
  std::vector<std::uint32_t> frames;  ///< of others: where each begins, divided by kAlignment

  SegmentNumber number() const { return header.number; }
  bool is_sealed() const { return trailer.has_value(); }
  bool has_frames() const { return summary.last_frame != FrameNumber(); }
  /// kCorruption if the frame does not continue the shards that are here.
  Status add_frame(const FrameFacts& frame);
};
using SegmentPointer = std::shared_ptr<const Segment>;

// All of these look into memory where the segment is not sealed, else into the file.

/// What the segment has of a shard; nullopt: nothing.
Result<std::optional<ShardRow>> find_shard(const Segment& segment, ShardId shard);
/// All of its shards, in order.
Result<std::vector<ShardRow>> all_shards(const Segment& segment);
/// Where the rows of up to `count` records lie, from ordinal `from` on; it is one of the row's.
Result<std::vector<std::uint32_t>> read_positions(const Segment& segment, const ShardRow& row, Ordinal from,
                                                  std::uint64_t count);
/// Where a frame of the segment begins.
Result<std::uint64_t> frame_offset(const Segment& segment, FrameNumber frame);

}  // namespace gyre::log
