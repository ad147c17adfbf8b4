// SPDX-License-Identifier: Apache-2.0
#include "core/log/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/log/harness_test.h"
#include "core/log/verify.h"

namespace gyre::log {
namespace {

using ::testing::HasSubstr;

TEST(Log, GivesBackWhatWasAppended) {
  Harness harness;
  harness.append_synced(60);
  harness.check();
  EXPECT_GT(harness.log->closed_segments()->size(), 2);
  EXPECT_EQ(harness.log->last(), harness.frames.back().position);
}

TEST(Log, NothingIsVisibleBeforeItIsDurable) {
  Harness harness;
  harness.append().value();
  EXPECT_EQ(harness.log->last().frame, FrameNumber());
  EXPECT_FALSE(harness.log->stream(FrameNumber(), Contents::kChecked).next().value());
  EXPECT_FALSE(harness.log->ends(ShardId(1)));
  ASSERT_TRUE(harness.log->sync().ok());
  harness.check();
}

TEST(Log, ComesBackAfterACleanStop) {
  Harness harness;
  harness.append_synced(20);
  ASSERT_TRUE(harness.log->stop().ok());
  for (const auto& segment : *harness.log->closed_segments()) EXPECT_TRUE(segment->is_sealed());
  EXPECT_EQ(harness.open(harness.frames.back().position).value(), harness.frames.back().position);
  harness.check();
  harness.append_synced(20);
  harness.check();
}

TEST(Log, EachLifeOpensTheNextSegment) {
  Harness harness;
  harness.append_synced(1);
  harness.disk.kill();
  harness.open().value();
  harness.append_synced(1);
  EXPECT_NE(harness.frames[0].position.segment, harness.frames[1].position.segment);
  harness.check();
}

TEST(Log, AppendsAreRefusedWhenTheNextSegmentIsNotReady) {
  Harness harness;
  harness.append_synced(1);
  harness.disk.set_capacity(0);
  EXPECT_EQ(harness.log->prepare().error().code, ErrorCode::kUnavailable);
  Result<FramePosition> refused = harness.append();
  while (refused.ok()) {
    ASSERT_TRUE(harness.log->sync().ok());
    refused = harness.append();
  }
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(harness.log->alive().ok());
  harness.check();
  harness.disk.set_capacity(UINT64_MAX);
  harness.append_synced(10);
  harness.check();
}

TEST(Log, SpaceThatIsNotWantedAnyMoreIsGivenUp) {
  files::MemoryDisk disk;
  bool wanted = true;
  LogOptions options = test_options(1);
  options.rest = [&wanted](std::chrono::nanoseconds) { return wanted; };
  const auto log = Log::recover(disk, options, std::nullopt).value();
  FrameBuilder builder;
  builder.put(1, {"key"}, {"value"});
  ASSERT_TRUE(log->append(builder, {}).ok() && log->sync().ok());
  const auto names = disk.list().value();
  wanted = false;
  EXPECT_EQ(log->prepare().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(disk.list().value(), names);
  EXPECT_TRUE(log->alive().ok());
  wanted = true;
  EXPECT_TRUE(log->prepare().ok());
}

TEST(Log, ARefusedFrameCanBeAppendedLater) {
  Harness harness;
  FrameBuilder builder;
  harness.append_synced(1);
  builder.put(1, {"key"}, {"value"});
  const std::uint64_t bytes = builder.frame_bytes();
  // The segment is full, and nothing prepared the next one.
  const std::string big(kTestSegmentBytes - kFramesOffset - 200, 'x');
  FrameBuilder filler;
  filler.put(1, {"key"}, {big});
  const CommitStamp stamp{harness.log->last().sequence, harness.log->last().stamp, 1};
  EXPECT_EQ(harness.log->append(filler, stamp).error().code, ErrorCode::kUnavailable);
  EXPECT_GT(filler.frame_bytes(), big.size());
  ASSERT_TRUE(harness.log->prepare().ok());
  EXPECT_TRUE(harness.log->append(filler, stamp).ok());
  EXPECT_TRUE(filler.empty());
  EXPECT_EQ(builder.frame_bytes(), bytes);
}

TEST(Log, AFrameThatIsLongerThanASegmentGetsOneOfItsOwn) {
  Harness harness;
  harness.append_synced(3);
  harness.append_synced(1, 4, 3 * kTestSegmentBytes);
  harness.append_synced(3);
  ASSERT_TRUE(harness.log->stop().ok());
  ASSERT_TRUE(harness.open().ok());
  harness.append_synced(3);
  FrameStream stream = harness.log->stream({}, Contents::kChecked);
  std::size_t frames = 0;
  while (stream.next().value()) ++frames;
  EXPECT_EQ(frames, harness.frames.size());
}

TEST(Log, AFrameThatIsTooLongIsRefused) {
  Harness harness;
  FrameBuilder builder;
  builder.put(1, {"key"}, {std::string(limits::kLogFrameBytesMax, 'x')});
  EXPECT_EQ(harness.log->append(builder, {}).error().code, ErrorCode::kRequestTooLarge);
  EXPECT_FALSE(builder.empty());
}

TEST(Log, AFailedSyncIsItsEnd) {
  Harness harness;
  harness.append_synced(2);
  harness.append().value();
  harness.disk.fail_sync_after(0);
  const Status failed = harness.log->sync();
  EXPECT_EQ(failed.error().code, ErrorCode::kOutcomeUnknown);
  const std::uint64_t syncs = harness.disk.sync_count();
  EXPECT_THAT(harness.log->sync().error().message, HasSubstr("the log is dead"));
  EXPECT_EQ(harness.append().error().code, ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(harness.log->seal().error().code, ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(harness.disk.sync_count(), syncs) << "a failed sync is not tried again";
  // Reading goes on, of what is durable.
  EXPECT_EQ(harness.log->last().frame, FrameNumber(2));
  const auto third = harness.frames.back();
  harness.frames.pop_back();
  harness.check();
}

TEST(Log, AFailedSyncOfTheNextSegmentEndsNothing) {
  Harness harness;
  harness.append_synced(1);
  harness.disk.fail_sync_after(0);
  EXPECT_FALSE(harness.log->prepare().ok());
  EXPECT_TRUE(harness.log->alive().ok());
  harness.append_synced(30);
  harness.check();
}

TEST(Log, SealedSegmentsReadAsBefore) {
  Harness harness;
  harness.append_synced(60);
  int sealed = 0;
  while (harness.log->seal().value()) {
    ++sealed;
    harness.check();
  }
  EXPECT_GT(sealed, 2);
  harness.disk.kill();
  harness.open().value();
  harness.check();
}

TEST(Log, TheChainOfSealsLeadsThroughAllSegments) {
  Harness harness;
  harness.append_synced(60);
  ASSERT_TRUE(harness.log->stop().ok());
  Hash before{};
  std::optional<SegmentReport> previous;
  const auto listed = list_segments(harness.disk).value();
  for (const SegmentNumber number : listed) {
    const SegmentReport report = verify_segment(harness.disk, number).value();
    EXPECT_EQ(report.problem, "");
    if (!report.opening) continue;  // the next one
    ASSERT_TRUE(report.trailer);
    EXPECT_EQ(report.trailer->chain_before, before);
    before = report.trailer->chain;
    if (previous) {
      EXPECT_EQ(why_not_continued(*previous, report), "");
    }
    previous = report;
  }
  EXPECT_EQ(previous->last_frame.value(), 60);
}

TEST(Log, ASealedSegmentIsAsLongAsItsContent) {
  Harness harness;
  harness.append_synced(2);
  ASSERT_TRUE(harness.log->stop().ok());
  const auto& segment = *harness.log->closed_segments()->front();
  EXPECT_EQ(harness.disk.contents(harness.segment_file(1)).size(), segment.trailer->file_bytes);
  EXPECT_LT(segment.trailer->file_bytes, kTestSegmentBytes);
}

TEST(Log, ADiskThatIsAlmostFullHasPlaceForASmallSegment) {
  constexpr std::uint64_t kLarge = 4 * limits::kLogFirstSpaceBytes;
  files::MemoryDisk disk;
  LogOptions options = test_options(1);
  options.segment_bytes = kLarge;
  const auto log = Log::recover(disk, options, std::nullopt).value();
  std::uint64_t sequence = 0;
  const auto append_and_prepare = [&] {
    FrameBuilder builder;
    builder.put(1, {"key"}, {"value"});
    ++sequence;
    ASSERT_TRUE(log->append(builder, {SequenceNumber(sequence), sequence, sequence}).ok() &&
                log->sync().ok());
    EXPECT_TRUE(log->prepare().ok());
    ASSERT_TRUE(log->close_segment().ok());
  };
  const auto prepared_bytes = [&] { return disk.contents(segment_name(SegmentNumber(sequence + 1))).size(); };
  append_and_prepare();
  EXPECT_EQ(prepared_bytes(), kLarge);
  std::uint64_t used = 0;
  const std::vector<std::string> names = disk.list().value();
  for (const std::string& name : names) used += disk.contents(name).size();
  disk.set_capacity(used + kLarge - 1);
  append_and_prepare();
  EXPECT_EQ(prepared_bytes(), limits::kLogFirstSpaceBytes);
  append_and_prepare();
  EXPECT_EQ(prepared_bytes(), limits::kLogFirstSpaceBytes);
  disk.set_capacity(used + 20 * kLarge);
  append_and_prepare();
  EXPECT_EQ(prepared_bytes(), kLarge);
}

TEST(Log, UpkeepIsAskedForWhenItIsDue) {
  files::MemoryDisk disk;
  int asked = 0;
  LogOptions options = test_options(1);
  options.upkeep_due = [&] { ++asked; };
  const auto log = Log::recover(disk, options, std::nullopt).value();
  FrameBuilder builder;
  builder.put(1, {"key"}, {"value"});
  ASSERT_TRUE(log->append(builder, {}).ok() && log->sync().ok());
  EXPECT_EQ(asked, 1) << "the next segment is due";
  ASSERT_TRUE(log->close_segment().ok());
  EXPECT_EQ(asked, 2) << "a segment can be sealed";
}

TEST(Log, AHomeWithoutPrewrittenSpaceGrowsAsItIsWritten) {
  files::MemoryDisk disk({.prewritten_space = false, .reads_are_durable = true});
  const auto log = Log::recover(disk, test_options(1), std::nullopt).value();
  EXPECT_EQ(disk.contents(segment_name(SegmentNumber(1))).size(), kFramesOffset);
  FrameBuilder builder;
  builder.put(1, {"key"}, {"value"});
  ASSERT_TRUE(log->append(builder, {}).ok() && log->stop().ok());
  const auto again = Log::recover(disk, test_options(2), log->last()).value();
  EXPECT_EQ(again->last(), log->last());
}

TEST(Log, FramesOfATermThatIsOverAreNotContinued) {
  Harness harness;
  harness.append_synced(1);
  harness.term = 0;
  EXPECT_THAT(harness.open().error().message, HasSubstr("term 1, not before 1"));
}

TEST(Log, AnotherLogsSegmentIsRefused) {
  Harness harness;
  harness.append_synced(1);
  LogOptions options = test_options(5);
  options.incarnation = LogIncarnation(10);
  EXPECT_THAT(Log::recover(harness.disk, options, std::nullopt).error().message,
              HasSubstr("segment 1, offset 0"));
}

}  // namespace
}  // namespace gyre::log
