// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/log/log_options.h"
#include "core/log/recent_frames.h"
#include "core/log/segment.h"

namespace gyre::log {

/// Closed segments, oldest first. Shared with who reads them: the list is replaced, never changed.
using SegmentList = std::shared_ptr<const std::vector<SegmentPointer>>;

/// The next segment: header, space and name are durable.
struct PreparedSegment {
  SegmentHeader header;
  std::shared_ptr<files::File> file;  ///< handed on to the Segment
  std::uint64_t space_bytes = 0;      ///< that were written beforehand
};

/// A frame that is durable now.
struct PublishedFrame {
  FrameFacts facts;
  Memory bytes;
};

/// Where a record's row lies, and the memory that it is in; nullptr: it is to be read.
struct RecordPlace {
  std::uint32_t position = 0;
  Memory memory{};
  std::uint64_t memory_offset = 0;  ///< of the memory in the segment
};

/// What the segment that is being written has of a shard.
struct ActiveRecords {
  SegmentPointer segment;  ///< only file and header may be looked at
  ShardRun run;
  Ordinal first;  ///< of the places
  std::vector<RecordPlace> places;
};

/// One moment of a shard.
struct ShardView {
  std::optional<ShardEnds> ends;
  SegmentList closed;
  std::optional<ActiveRecords> active;  ///< if it has records from the wanted ordinal on
};

/// Where a frame is to be read.
struct FramePlace {
  SegmentPointer
      segment;  ///< of the one that is being written, only file, header and opening may be looked at
  std::uint64_t offset = 0;
  std::uint64_t end = 0;  ///< of the segment's durable frames
};

/// What all parts of the log share: its segments, the shards' ends, the newest frames. Any thread; one mutex,
/// never held while a file is touched. Everything that is in here is durable.
class LogState {
 public:
  struct Start {
    std::vector<SegmentPointer> segments;
    std::unordered_map<ShardId, ShardEnds> shards;
    SegmentNumber next_segment{};
    FramePosition last;
    std::vector<std::string> spares;
  };
  LogState(Start start, std::size_t recent_bytes_max, std::function<void()> upkeep_due);

  /// A sync or a write failed: nothing is appended any more.
  void die(const std::string& reason);
  Status alive() const;

  // --- the appender ---
  bool has_prepared() const;
  /// The prepared segment becomes the one that is written. Shared: the appender writes its file, the rest is
  /// changed here alone.
  std::shared_ptr<const Segment> open_prepared(const Opening& opening);
  void publish(std::vector<PublishedFrame> frames);
  void close_active();

  // --- who prepares ---
  /// The number of the segment to prepare; nullopt: there is one, or it is too early. The next one is
  /// prepared when a frame of the present one is durable, so that a crash leaves at most one segment unused.
  std::optional<SegmentNumber> segment_to_prepare() const;
  void set_prepared(PreparedSegment segment);
  std::optional<std::string> take_spare();
  /// False: there are enough.
  bool add_spare(std::string name, std::size_t spares_max);

  // --- who seals ---
  struct ToSeal {
    SegmentPointer segment;
    Hash chain_before{};
  };
  /// The oldest closed segment that is not sealed.
  std::optional<ToSeal> segment_to_seal() const;
  void set_sealed(SegmentPointer segment);

  // --- who trims ---
  /// The oldest segment leaves. `rows`: all of its shards.
  void forget_oldest(const Segment& segment, const std::vector<ShardRow>& rows);
  /// The shards whose last record has a sequence up to `through`, with their heads; sorted.
  std::vector<std::pair<ShardId, ShardHead>> heads_through(SequenceNumber through) const;

  // --- who reads ---
  FramePosition last() const;
  SegmentList closed() const;
  std::optional<ShardEnds> ends(ShardId shard) const;
  /// `from`: the first ordinal that is wanted; up to `count` records of the active segment.
  ShardView view(ShardId shard, Ordinal from, std::size_t count) const;
  /// Fills in the memory of those places that are in memory.
  void find_memory(SegmentNumber segment, std::vector<RecordPlace>& places) const;
  /// The segment that holds a frame; nullopt: there is no such frame, or not any more.
  std::optional<FramePlace> place_of(FrameNumber frame) const;
  /// Of all segments, without what they are filled up with.
  std::uint64_t bytes() const;
  std::size_t recent_bytes() const;

 private:
  void publish_one(PublishedFrame frame);
  void replace_closed(std::vector<SegmentPointer> segments);
  void fill_memory(SegmentNumber segment, RecordPlace& place) const;

  const std::function<void()> upkeep_due_;
  mutable std::mutex mutex_;  // guards what follows
  SegmentList closed_;
  std::shared_ptr<Segment> active_;  // shared with readers, who look at what does not change
  std::optional<PreparedSegment> prepared_;
  SegmentNumber next_segment_;  // to prepare
  std::unordered_map<ShardId, ShardEnds> shards_;
  RecentFrames recent_;
  FramePosition last_;
  std::vector<std::string> spares_;
  std::optional<std::string> death_;
};

}  // namespace gyre::log
