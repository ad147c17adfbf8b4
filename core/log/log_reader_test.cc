// SPDX-License-Identifier: Apache-2.0
#include "core/log/log_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/log/harness_test.h"

namespace gyre::log {
namespace {

using ::testing::HasSubstr;

Cursor cursor_at(const FrameMaker::Record& record) {
  return {Epoch(4), record.head.shard, record.head.sequence, record.head.ordinal, record.head.checksum};
}

// Sealed, closed and active segments.
struct Segments : Harness {
  explicit Segments(std::uint64_t seed = 2) : Harness(seed) {
    append_synced(70);
    EXPECT_TRUE(log->seal().value() && log->seal().value());
    EXPECT_TRUE(log->closed_segments()->front()->is_sealed());
    EXPECT_FALSE(log->closed_segments()->back()->is_sealed());
  }
  const LogReader& reader() const { return log->reader(); }
};

TEST(LogReader, ReadsOnFromAnyRecord) {
  Segments harness;
  for (std::uint64_t shard = 1; shard <= 3; ++shard) {
    const auto records = harness.records(ShardId(shard));
    for (std::size_t i = 0; i < records.size(); ++i) {
      const Slice slice = harness.reader().read(cursor_at(records[i]), 3, 100'000).value();
      if (i + 1 == records.size()) {
        EXPECT_TRUE(slice.empty());
        continue;
      }
      ASSERT_FALSE(slice.empty());
      for (std::size_t k = 0; k < slice.size(); ++k) {
        EXPECT_EQ(slice.entries[k].head, records[i + 1 + k].head);
        EXPECT_EQ(slice.entries[k].bytes, records[i + 1 + k].bytes);
      }
    }
  }
}

TEST(LogReader, KeepsItsBounds) {
  Segments harness;
  const auto records = harness.records(ShardId(1));
  EXPECT_EQ(harness.reader().read({.shard = ShardId(1)}, 2, 100'000).value().size(), 2);
  EXPECT_EQ(harness.reader().read({.shard = ShardId(1)}, 100, 1).value().size(), 1) << "always one";
  const Slice slice = harness.reader().read({.shard = ShardId(1)}, 100, 1000).value();
  std::size_t bytes = 0;
  for (const Entry& entry : slice.entries) bytes += entry.bytes.size();
  EXPECT_LE(bytes, 1000);
}

TEST(LogReader, SaysWhatIsWrongWithACursor) {
  Segments harness;
  const auto records = harness.records(ShardId(2));
  const auto code_of = [&](const Cursor& cursor) { return harness.reader().read(cursor, 1, 1).error().code; };
  for (const std::size_t at : {std::size_t{0}, records.size() / 2, records.size() - 1}) {
    Cursor cursor = cursor_at(records[at]);
    ASSERT_TRUE(harness.reader().read(cursor, 1, 1).ok());
    cursor.epoch = Epoch(5);
    EXPECT_EQ(code_of(cursor), ErrorCode::kWrongEpoch);
    cursor.epoch = Epoch();
    EXPECT_TRUE(harness.reader().read(cursor, 1, 1).ok());
    ++cursor.checksum;
    EXPECT_EQ(code_of(cursor), ErrorCode::kRecordDiffers);
    cursor = cursor_at(records[at]);
    for (const std::uint64_t sequence : {std::uint64_t{0}, records[at].head.sequence.value() - 1}) {
      cursor.sequence = SequenceNumber(sequence);
      EXPECT_EQ(code_of(cursor), ErrorCode::kRecordDiffers) << at << " " << sequence;
    }
  }
  Cursor lying = cursor_at(records[1]);
  lying.sequence = records.back().head.sequence;
  EXPECT_EQ(code_of(lying), ErrorCode::kRecordDiffers);
  Cursor ahead = cursor_at(records.back());
  ahead.ordinal = Ordinal(ahead.ordinal.value() + 1);
  EXPECT_EQ(code_of(ahead), ErrorCode::kAheadOfHead);
  EXPECT_TRUE(harness.reader().read({.shard = ShardId(77)}, 1, 1).value().empty());
  EXPECT_EQ(code_of({.shard = ShardId(77), .sequence = SequenceNumber(1), .ordinal = Ordinal(1)}),
            ErrorCode::kTrimmed);
}

TEST(LogReader, SeeksAnySequence) {
  Segments harness;
  for (std::uint64_t shard = 1; shard <= 3; ++shard) {
    const auto records = harness.records(ShardId(shard));
    for (std::uint64_t sequence = 0; sequence <= records.back().head.sequence.value() + 2; ++sequence) {
      const Cursor cursor = harness.reader().seek(ShardId(shard), SequenceNumber(sequence)).value();
      const Slice slice = harness.reader().read(cursor, 1, 1).value();
      std::size_t first = 0;
      while (first < records.size() && records[first].head.sequence.value() < sequence) ++first;
      ASSERT_EQ(slice.empty(), first == records.size()) << sequence;
      if (!slice.empty()) {
        EXPECT_EQ(slice.entries[0].head, records[first].head) << sequence;
      }
    }
    EXPECT_TRUE(harness.reader().read(harness.reader().seek_to_end(ShardId(shard)), 1, 1).value().empty());
  }
}

TEST(LogReader, TheNewestRecordsComeFromMemoryAlone) {
  Segments harness;
  harness.append_synced(8, 4, 30);
  const auto records = harness.records(ShardId(1));
  const auto end = harness.reader().read_recent(cursor_at(records.back()), 10, 1000);
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->empty());
  EXPECT_FALSE(harness.reader().read_recent(cursor_at(records.front()), 10, 1000)) << "that is on the disk";
  // As far as it answers, it answers what read() does.
  int answered = 0;
  for (std::size_t i = 0; i + 1 < records.size(); ++i) {
    const auto recent = harness.reader().read_recent(cursor_at(records[i]), 10, 1000);
    if (!recent) continue;
    ++answered;
    const Slice read = harness.reader().read(cursor_at(records[i]), 10, 1000).value();
    ASSERT_EQ(recent->size(), read.size());
    for (std::size_t k = 0; k < read.size(); ++k) EXPECT_EQ(recent->entries[k].bytes, read.entries[k].bytes);
  }
  EXPECT_GT(answered, 0);
  Cursor wrong = cursor_at(records.back());
  ++wrong.checksum;
  EXPECT_FALSE(harness.reader().read_recent(wrong, 10, 1000));
  EXPECT_LE(harness.log->recent_bytes(), 4 * 1024);
}

TEST(LogReader, ADamagedRecordIsNamedAndNeverServed) {
  Segments harness;
  const auto records = harness.records(ShardId(1));
  const std::string file = harness.segment_file(1);
  const std::string contents = harness.disk.contents(file);
  const std::size_t at = contents.find(records[3].bytes);
  ASSERT_NE(at, std::string::npos);
  harness.disk.flip_byte(file, at);
  EXPECT_THAT(harness.reader().read(cursor_at(records[2]), 1, 1).error().message,
              HasSubstr("segment 1, offset " + std::to_string(at)));
  EXPECT_TRUE(harness.reader().read(cursor_at(records[3]), 1, 1).ok()) << "its neighbours are healthy";
}

TEST(LogReader, WrongPositionsInAFooterAreNoticed) {
  Segments harness;
  const auto segment = harness.log->closed_segments()->front();
  const std::string file = harness.segment_file(1);
  const std::string contents = harness.disk.contents(file);
  for (std::uint64_t at = segment->trailer->shards_offset(); at < segment->trailer->frames_offset(); ++at) {
    harness.disk.set_contents(file, contents);
    harness.disk.flip_byte(file, at);
    for (std::uint64_t shard = 1; shard <= 3; ++shard) {
      const auto expected = harness.records(ShardId(shard));
      Cursor cursor{.shard = ShardId(shard)};
      for (std::size_t i = 0; i < 5;) {
        const auto slice = harness.reader().read(cursor, 5, 10'000);
        if (!slice.ok()) {
          EXPECT_EQ(slice.error().code, ErrorCode::kCorruption);
          break;
        }
        for (const Entry& entry : slice->entries) EXPECT_EQ(entry.bytes, expected[i++].bytes);
        cursor = harness.reader().after(slice->entries.back());
      }
    }
  }
}

TEST(FrameStream, OnePassServesManyShards) {
  Segments harness;
  for (std::uint64_t sequence = 1; sequence <= harness.log->last().sequence.value() + 1; sequence += 3) {
    const FrameNumber before = harness.log->frame_before(SequenceNumber(sequence)).value();
    FrameStream stream = harness.log->stream(before, Contents::kUnchecked);
    std::vector<FrameMaker::Record> found;
    while (true) {
      const auto frame = stream.next().value();
      if (!frame) break;
      const FrameView& view = frame->frame.view;
      for (std::size_t i = 0; i < view.entry_count(); ++i) {
        if (view.head(i).sequence.value() < sequence) continue;
        EXPECT_TRUE(view.entry_is_intact(i));
        found.push_back({view.head(i), std::string(view.entry(i).bytes)});
      }
    }
    std::vector<FrameMaker::Record> expected;
    for (const auto& frame : harness.frames) {
      for (const auto& record : frame.content.records) {
        if (record.head.sequence.value() >= sequence) expected.push_back(record);
      }
    }
    EXPECT_EQ(found, expected) << sequence;
    // Not a frame more than needed.
    if (before.value() < harness.frames.size()) {
      EXPECT_GE(harness.frames[before.value()].position.sequence.value(), sequence);
    }
  }
}

TEST(FrameStream, GoesOnWhenThereIsMore) {
  Harness harness;
  FrameStream stream = harness.log->stream(FrameNumber(), Contents::kChecked);
  for (int i = 0; i < 40; ++i) {
    EXPECT_FALSE(stream.next().value());
    harness.append_synced(1);
    EXPECT_TRUE(stream.next().value());
  }
}

// A footer may say anything of where records are.
TEST(LogReader, PositionsThatAreNoneAreDamage) {
  Segments harness;
  const auto segment = harness.log->closed_segments()->front();
  const Trailer& trailer = *segment->trailer;
  const std::string file = harness.segment_file(1);
  const std::string contents = harness.disk.contents(file);
  for (const char byte : {'\0', '\1', '\x7f', '\xff'}) {
    std::string forged = contents;
    // All of them, and those in the segment's first bytes, behind zeros.
    for (std::uint64_t at = trailer.positions_offset(); at < trailer.frames_offset(); ++at)
      forged[at] = byte == '\1' && at % 4 != 0 ? '\0' : byte;
    harness.disk.set_contents(file, forged);
    const auto slice = harness.reader().read({.shard = ShardId(1)}, 5, 10'000);
    EXPECT_EQ(slice.error().code, ErrorCode::kCorruption) << static_cast<int>(byte);
    EXPECT_THAT(slice.error().message, HasSubstr("segment 1, offset "));
  }
}

}  // namespace
}  // namespace gyre::log
