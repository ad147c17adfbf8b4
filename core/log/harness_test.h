// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/files/memory_disk.h"
#include "core/log/frames_test.h"
#include "core/log/log.h"

namespace gyre::log {

inline constexpr std::uint64_t kTestSegmentBytes = 8 * 1024;

inline LogOptions test_options(std::uint64_t term) {
  LogOptions options;
  options.incarnation = LogIncarnation(9);
  options.epoch = Epoch(4);
  options.term = Term(term);
  options.segment_bytes = kTestSegmentBytes;
  options.recent_bytes_max = 4 * 1024;
  // Different salts, the same in every run.
  options.draw_salt = [salt = term * 1000]() mutable { return ++salt; };
  return options;
}

/// A log on a disk in memory, and what it should hold.
class Harness {
 public:
  explicit Harness(std::uint64_t seed = 1, files::HomeTraits traits = {.prewritten_space = true})
      : disk(traits), maker(seed) {
    open().value();
  }

  struct Frame {
    FrameMaker::Content content;
    FramePosition position;
    FrameMaker::State after;
  };

  /// Another life of the process.
  Result<FramePosition> open(const std::optional<FramePosition>& applied = std::nullopt) {
    log.reset();
    ASSIGN_OR_RETURN(log, Log::recover(disk, test_options(++term), applied));
    return log->last();
  }

  /// Appends one more frame; prepares a segment where one is wanted.
  Result<FramePosition> append(std::size_t records_max = 4, std::size_t bytes_max = 300) {
    const FrameMaker::State before = maker.state();
    FrameBuilder builder;
    Frame frame{maker.fill(builder, records_max, bytes_max), {}, {}};
    Result<AppendedFrame> position = log->append(builder, frame.content.stamp);
    if (!position.ok() && position.error().code == ErrorCode::kUnavailable && log->prepare().ok()) {
      position = log->append(builder, frame.content.stamp);
    }
    if (!position.ok()) {
      maker.go_back_to(before);
      return position.error();
    }
    frame.position = position->position;
    frame.after = maker.state();
    frames.push_back(std::move(frame));
    EXPECT_EQ(frames.back().position.frame.value(), frames.size());
    return frames.back().position;
  }

  void append_synced(int count, std::size_t records_max = 4, std::size_t bytes_max = 300) {
    for (int i = 0; i < count; ++i) {
      append(records_max, bytes_max).value();
      ASSERT_TRUE(log->sync().ok());
    }
  }

  /// The frames behind `count` never happened.
  void forget_after(std::size_t count) {
    ASSERT_LE(count, frames.size());
    frames.resize(count);
    maker.go_back_to(frames.empty() ? FrameMaker::State{.stamp = 1000} : frames.back().after);
  }

  /// What a shard has in the frames from `first` on.
  std::vector<FrameMaker::Record> records(ShardId shard, std::size_t first = 0) const {
    std::vector<FrameMaker::Record> found;
    for (std::size_t i = first; i < frames.size(); ++i) {
      for (const auto& record : frames[i].content.records) {
        if (record.head.shard == shard) found.push_back(record);
      }
    }
    return found;
  }

  /// Everything that the log can be asked for is what was put in. `first`: the frames before were trimmed.
  void check(std::size_t first = 0) {
    check_stream(first);
    for (std::uint64_t shard = 1; shard <= 3; ++shard) check_shard(ShardId(shard), first);
  }

  void check_stream(std::size_t first = 0) {
    FrameStream stream = log->stream(FrameNumber(first), Contents::kChecked);
    for (std::size_t i = first; i < frames.size(); ++i) {
      const auto streamed = stream.next().value();
      ASSERT_TRUE(streamed) << "frame " << i + 1;
      const FrameView& view = streamed->frame.view;
      EXPECT_EQ(view.header().number.value(), i + 1);
      EXPECT_EQ(records_of(view), frames[i].content.records);
      EXPECT_EQ(rows_of(view), frames[i].content.rows);
      EXPECT_EQ(streamed->frame.offset, frames[i].position.offset);
      EXPECT_EQ(streamed->segment, frames[i].position.segment);
    }
    EXPECT_FALSE(stream.next().value());
  }

  void check_shard(ShardId shard, std::size_t first = 0) {
    const auto expected = records(shard, first);
    EXPECT_EQ(read_all(shard), expected);
    const auto ends = log->ends(shard);
    ASSERT_EQ(ends.has_value(), !expected.empty());
    if (!ends) return;
    EXPECT_EQ(ends->first_ordinal, expected.front().head.ordinal);
    EXPECT_LE(ends->first_sequence, expected.front().head.sequence);
    EXPECT_EQ(ends->head.sequence, expected.back().head.sequence);
    EXPECT_EQ(ends->head.ordinal, expected.back().head.ordinal);
    EXPECT_EQ(ends->head.cumulative_bytes, expected.back().head.cumulative_bytes);
    EXPECT_EQ(ends->head.checksum, expected.back().head.checksum);
  }

  std::vector<FrameMaker::Record> read_all(ShardId shard, std::size_t records_max = 5,
                                           std::size_t bytes_max = 700) {
    std::vector<FrameMaker::Record> found;
    Cursor cursor{.shard = shard};
    while (true) {
      const Result<Slice> slice = log->reader().read(cursor, records_max, bytes_max);
      if (!slice.ok()) ADD_FAILURE() << slice.error().message;
      if (!slice.ok() || slice->empty()) return found;
      EXPECT_LE(slice->size(), records_max);
      for (const Entry& entry : slice->entries) found.push_back({entry.head, std::string(entry.bytes)});
      cursor = log->reader().after(slice->entries.back());
    }
  }

  std::string segment_file(std::uint64_t number) const { return segment_name(SegmentNumber(number)); }

  files::MemoryDisk disk;
  FrameMaker maker;
  std::uint64_t term = 0;
  std::unique_ptr<Log> log;
  std::vector<Frame> frames;
};

}  // namespace gyre::log
