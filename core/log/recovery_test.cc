// SPDX-License-Identifier: Apache-2.0
#include "core/log/recovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/log/harness_test.h"
#include "core/log/verify.h"

namespace gyre::log {
namespace {

using ::testing::HasSubstr;

std::string place(const FramePosition& position) {
  return "segment " + std::to_string(position.segment.value()) + ", offset " +
         std::to_string(position.offset) + ", frame " + std::to_string(position.frame.value()) + ":";
}

// Three frames, each synced. Small, so that every byte can be tried.
struct ThreeFrames : Harness {
  explicit ThreeFrames(bool prewritten_space = true) : Harness(3, {.prewritten_space = prewritten_space}) {
    append_synced(3, 2, 40);
    contents = disk.contents(segment_file(1));
    end = log->closed_segments()->empty() ? frames[2].position.offset : 0;
  }
  std::string contents;
  std::uint64_t end = 0;
};

TEST(Recovery, ATailThatIsCutAnywhereLosesItsLastFrameAlone) {
  ThreeFrames harness;
  const std::uint64_t begin = harness.frames[2].position.offset;
  const std::uint64_t end = harness.contents.find_last_not_of('\0') + 1;
  ASSERT_GT(end, begin);
  for (std::uint64_t cut = begin; cut < end; ++cut) {
    ThreeFrames again;
    std::string contents = again.contents;
    std::fill(contents.begin() + static_cast<std::ptrdiff_t>(cut), contents.end(), '\0');
    again.log.reset();
    again.disk.set_contents(again.segment_file(1), contents);
    ASSERT_EQ(again.open().value().frame, FrameNumber(2)) << cut;
    again.forget_after(2);
    again.check();
    // What was cut is gone for good, and the log goes on.
    again.append_synced(2);
    again.disk.kill();
    ASSERT_EQ(again.open().value().frame, FrameNumber(4)) << cut;
    again.check();
  }
}

TEST(Recovery, AFileThatEndsAnywhereInTheTailIsATornTail) {
  ThreeFrames harness(false);
  const std::uint64_t begin = harness.frames[2].position.offset;
  const std::uint64_t end = harness.contents.find_last_not_of('\0') + 1;
  for (std::uint64_t size = begin; size < end; size += 7) {
    ThreeFrames again(false);
    again.log.reset();
    again.disk.set_contents(again.segment_file(1), again.contents.substr(0, size));
    ASSERT_EQ(again.open().value().frame, FrameNumber(2)) << size;
  }
}

TEST(Recovery, AFileThatIsShorterThanItsSpaceRefusesTheStart) {
  ThreeFrames harness;
  for (std::uint64_t size = kSegmentHeaderBytes; size < harness.contents.size(); size += 7) {
    ThreeFrames again;
    again.log.reset();
    again.disk.set_contents(again.segment_file(1), again.contents.substr(0, size));
    const std::string place = "segment 1, offset " + std::to_string(size);
    ASSERT_THAT(again.open().error().message, HasSubstr(place + ", frame 0: the file ends here"));
    ASSERT_THAT(verify_segment(again.disk, SegmentNumber(1)).value().problem, HasSubstr(place));
  }
}

TEST(Recovery, DamageThatALaterFrameVouchesForRefusesTheStart) {
  ThreeFrames harness;
  const std::uint64_t end = harness.frames[2].position.offset;
  for (std::uint64_t at = kOpeningOffset; at < end; at += at < kFramesOffset ? 37 : 1) {
    std::string contents = harness.contents;
    contents[at] = static_cast<char>(contents[at] ^ 0x10);
    harness.disk.set_contents(harness.segment_file(1), contents);
    const auto opened = harness.open();
    ASSERT_FALSE(opened.ok()) << at;
    EXPECT_EQ(opened.error().code, ErrorCode::kCorruption);
    // The frame that is hit is named; a damaged opening is at the first frame.
    const std::size_t hit = at < harness.frames[1].position.offset ? 0 : 1;
    const std::string expected =
        at < kFramesOffset ? "segment 1, offset 512, frame 1:" : place(harness.frames[hit].position);
    EXPECT_THAT(opened.error().message, HasSubstr(expected)) << at;
  }
}

TEST(Recovery, ADamagedHeaderRefusesTheStart) {
  ThreeFrames harness;
  for (std::uint64_t at = 0; at < kSegmentHeaderBytes; at += 5) {
    std::string contents = harness.contents;
    contents[at] = static_cast<char>(contents[at] ^ 0x10);
    harness.disk.set_contents(harness.segment_file(1), contents);
    EXPECT_THAT(harness.open().error().message, HasSubstr("segment 1, offset 0")) << at;
  }
}

TEST(Recovery, DamageInAClosedSegmentRefusesTheStartAlsoInItsLastFrame) {
  Harness harness;
  harness.append_synced(5);
  harness.disk.kill();
  harness.open().value();
  harness.append_synced(1);
  const FramePosition last = harness.frames[4].position;
  harness.disk.flip_byte(harness.segment_file(1), last.offset + 30);
  EXPECT_THAT(harness.open().error().message, HasSubstr(place(last)));
}

TEST(Recovery, AMissingSegmentRefusesTheStart) {
  Harness harness;
  harness.append_synced(60);
  harness.log.reset();
  ASSERT_TRUE(harness.disk.remove(harness.segment_file(2)).ok());
  EXPECT_THAT(harness.open().error().message, HasSubstr("segment 2 of the log is missing"));
}

TEST(Recovery, AMissingFirstSegmentIsTrimmedUnlessTheEngineNeedsIt) {
  Harness harness;
  harness.append_synced(60);
  harness.log.reset();
  ASSERT_TRUE(harness.disk.remove(harness.segment_file(1)).ok());
  EXPECT_THAT(harness.open(FramePosition{}).error().message, HasSubstr("what was before is trimmed"));
  EXPECT_TRUE(harness.open().ok());
  std::size_t first = 0;
  while (harness.frames[first].position.segment == SegmentNumber(1)) ++first;
  EXPECT_TRUE(harness.open(harness.frames[first - 1].position).ok());
  EXPECT_FALSE(harness.open(harness.frames[first - 2].position).ok());
}

TEST(Recovery, ASegmentOfAnotherPlaceIsRefused) {
  Harness harness;
  harness.append_synced(60);
  harness.disk.set_contents(harness.segment_file(2), harness.disk.contents(harness.segment_file(3)));
  EXPECT_THAT(harness.open().error().message, HasSubstr("segment 2, offset 0"));
}

TEST(Recovery, AnEngineAheadOfTheLogIsRefused) {
  Harness harness;
  harness.append_synced(3);
  FramePosition ahead = harness.frames.back().position;
  ahead.frame = FrameNumber(4);
  EXPECT_THAT(harness.open(ahead).error().message, HasSubstr("ahead of the log, which ends with frame 3"));
  files::MemoryDisk empty;
  EXPECT_THAT(Log::recover(empty, test_options(1), ahead).error().message, HasSubstr("ahead of the log"));
}

TEST(Recovery, AnEngineThatAppliedAnotherFrameIsRefused) {
  Harness harness;
  harness.append_synced(3);
  const FramePosition right = harness.frames[1].position;
  EXPECT_TRUE(harness.open(right).ok());
  FramePosition wrong = right;
  wrong.sequence = SequenceNumber(right.sequence.value() + 1);
  EXPECT_THAT(harness.open(wrong).error().message, HasSubstr("another frame there"));
  wrong = right;
  wrong.offset += 8;
  EXPECT_THAT(harness.open(wrong).error().message, HasSubstr("another frame there"));
}

// After a kill the page cache may hold what the disk does not: a recovered frame is durable before anyone
// sees it.
TEST(Recovery, WhatItHandsOutIsDurable) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Harness harness(seed);
    harness.append_synced(2);
    harness.append().value();
    harness.append().value();
    harness.disk.kill();
    ASSERT_EQ(harness.open().value().frame, FrameNumber(4));
    SeededRandom random(seed);
    harness.disk.crash(random);
    ASSERT_EQ(harness.open().value().frame, FrameNumber(4));
    harness.check();
  }
}

TEST(Recovery, WhatAFailedSyncLeftInThePageCacheIsDurableToo) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Harness harness(seed);
    harness.append_synced(2);
    harness.append().value();
    for (std::uint64_t i = 0; i < seed; ++i) ASSERT_TRUE(harness.disk.sync().ok());
    harness.disk.fail_sync_after(0);
    ASSERT_FALSE(harness.log->sync().ok());
    harness.disk.kill();
    ASSERT_EQ(harness.open().value().frame, FrameNumber(3));
    SeededRandom random(seed);
    harness.disk.crash(random);
    ASSERT_EQ(harness.open().value().frame, FrameNumber(3));
    harness.check();
  }
}

TEST(Recovery, OldFramesInAFileThatIsTakenAgainDoNotCount) {
  Harness harness;
  harness.append_synced(80);
  while (harness.log->seal().value()) {
  }
  const TrimPlan plan = harness.log->plan_trim({.bytes_max = 0, .flushed_through = FrameNumber(80)});
  ASSERT_TRUE(harness.log->trim(plan.through).ok());
  std::vector<std::string> spares;
  const auto listed = harness.disk.list().value();
  for (const auto& name : listed) {
    if (is_spare_name(name)) spares.push_back(name);
  }
  ASSERT_EQ(spares.size(), 2);
  std::size_t first = harness.log->closed_segments()->front()->summary.first_frame.value() - 1;
  // One is taken: frames of the old segment are in the new one.
  ASSERT_TRUE(harness.log->close_segment().ok());
  harness.append_synced(1);
  ASSERT_TRUE(harness.log->prepare().ok());
  ASSERT_TRUE(harness.log->close_segment().ok());
  harness.append_synced(1, 1, 10);
  const std::string contents =
      harness.disk.contents(harness.segment_file(harness.frames.back().position.segment.value()));
  int old_headers = 0;
  for (std::size_t at = contents.find(kFrameMagic); at != std::string::npos;
       at = contents.find(kFrameMagic, at + 1)) {
    ++old_headers;
  }
  ASSERT_GT(old_headers, 2);
  harness.disk.kill();
  EXPECT_EQ(harness.open().value().frame.value(), harness.frames.size());
  harness.check(first);
  const auto left = harness.disk.list().value();
  for (const auto& name : left) EXPECT_FALSE(is_spare_name(name));
}

TEST(Recovery, APreparedSegmentIsThrownAway) {
  Harness harness;
  harness.append_synced(1);
  ASSERT_TRUE(harness.log->prepare().ok());
  ASSERT_EQ(harness.disk.list().value().size(), 2);
  harness.disk.kill();
  harness.log.reset();
  const Recovered recovered = recover_log(harness.disk, test_options(9), std::nullopt).value();
  EXPECT_EQ(recovered.start.next_segment, SegmentNumber(2));
  EXPECT_EQ(harness.disk.list().value().size(), 1);
}

// The next segment is prepared only behind a durable frame, so without frames something is lost.
TEST(Recovery, ASegmentWithoutFramesBeforeAPreparedOneIsDamage) {
  Harness harness;
  harness.append_synced(1);
  ASSERT_TRUE(harness.log->prepare().ok());
  harness.disk.flip_byte(harness.segment_file(1), kFramesOffset);
  EXPECT_THAT(harness.open().error().message,
              HasSubstr("segment 1, offset 1024, frame 1: the segment's frames are gone"));
}

TEST(Recovery, ADamagedFooterRefusesTheStart) {
  Harness harness;
  harness.append_synced(10);
  ASSERT_TRUE(harness.log->stop().ok());
  const auto segment = harness.log->closed_segments()->front();
  harness.disk.flip_byte(harness.segment_file(1), segment->trailer->shards_offset() + 9);
  EXPECT_THAT(harness.open().error().message, HasSubstr("the checksum of the footer's shards is wrong"));
}

TEST(Verify, NamesEveryDamageAndCountsWhatIsHealthy) {
  Harness harness(5);
  harness.append_synced(4, 2, 40);
  ASSERT_TRUE(harness.log->stop().ok());
  const std::string contents = harness.disk.contents(harness.segment_file(1));
  ASSERT_EQ(verify_segment(harness.disk, SegmentNumber(1)).value().problem, "");
  for (std::size_t at = 0; at < contents.size(); ++at) {
    std::string damaged = contents;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x04);
    harness.disk.set_contents(harness.segment_file(1), damaged);
    const SegmentReport report = verify_segment(harness.disk, SegmentNumber(1)).value();
    EXPECT_NE(report.problem, "") << at;
    // Without its trailer a segment is one that is not sealed: its frames are all good.
    if (at >= contents.size() - kTrailerBytes) {
      EXPECT_FALSE(report.trailer);
      EXPECT_EQ(report.frame_count, 4);
    }
    if (at >= harness.frames[2].position.offset && at < harness.frames[3].position.offset) {
      EXPECT_EQ(report.frame_count, 2);
      EXPECT_THAT(report.problem, HasSubstr(place(harness.frames[2].position)));
    }
  }
}

}  // namespace
}  // namespace gyre::log
