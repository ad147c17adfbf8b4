// SPDX-License-Identifier: Apache-2.0
#include "core/log/trimmer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/log/harness_test.h"

namespace gyre::log {
namespace {

struct Sealed : Harness {
  Sealed() : Harness(4) {
    append_synced(80);
    while (log->seal().value()) {
    }
  }
  const Segment& segment(std::size_t index) const { return *(*log->closed_segments())[index]; }
  std::size_t closed() const { return log->closed_segments()->size(); }
  // The number of the first frame that is kept, from 0.
  std::size_t first() const { return segment(0).summary.first_frame.value() - 1; }
  TrimPolicy everything() const { return {.bytes_max = 0, .flushed_through = FrameNumber(frames.size())}; }
};

TEST(Trimmer, NothingGoesThatIsYoungAndFits) {
  Sealed harness;
  EXPECT_EQ(harness.log->plan_trim({.flushed_through = FrameNumber(80)}).through, SegmentNumber());
}

TEST(Trimmer, WholeSegmentsGoPastTheirTime) {
  Sealed harness;
  const std::uint64_t time = harness.segment(1).summary.last_commit_ms + 1;
  const TrimPlan plan = harness.log->plan_trim({.keep_from_ms = time, .flushed_through = FrameNumber(80)});
  EXPECT_EQ(plan.through, SegmentNumber(2));
  ASSERT_TRUE(harness.log->trim(plan.through).ok());
  EXPECT_EQ(harness.segment(0).number(), SegmentNumber(3));
  harness.check(harness.first());
}

TEST(Trimmer, TheOldestGoBeyondTheBytes) {
  Sealed harness;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < harness.closed(); ++i) bytes += harness.segment(i).trailer->file_bytes;
  const TrimPlan plan = harness.log->plan_trim({.bytes_max = bytes - 1, .flushed_through = FrameNumber(80)});
  EXPECT_EQ(plan.through, SegmentNumber(1));
}

TEST(Trimmer, WhatTheEngineHasNotFlushedStays) {
  Sealed harness;
  TrimPolicy policy = harness.everything();
  policy.flushed_through = harness.segment(1).summary.last_frame;
  EXPECT_EQ(harness.log->plan_trim(policy).through, SegmentNumber(2));
  policy.flushed_through = FrameNumber(policy.flushed_through.value() - 1);
  EXPECT_EQ(harness.log->plan_trim(policy).through, SegmentNumber(1));
}

// Power may bring back what was removed last, and nothing before what stays.
TEST(Trimmer, AFailedRemovalIsTheLogsEndAndLeavesNoHole) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Sealed harness;
    const TrimPlan plan = harness.log->plan_trim(harness.everything());
    ASSERT_GT(plan.through, SegmentNumber(3));
    harness.disk.fail_sync_after(0);
    EXPECT_EQ(harness.log->trim(plan.through).error().code, ErrorCode::kOutcomeUnknown);
    EXPECT_EQ(harness.log->trim(plan.through).error().code, ErrorCode::kOutcomeUnknown);
    SeededRandom random(seed);
    harness.disk.crash(random);
    const auto opened = harness.open();
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    EXPECT_LE(harness.segment(0).number(), SegmentNumber(2));
  }
}

TEST(Trimmer, WhatIsNotArchivedStays) {
  Sealed harness;
  TrimPolicy policy = harness.everything();
  policy.may_go = [](const Segment& segment) { return segment.number() < SegmentNumber(3); };
  EXPECT_EQ(harness.log->plan_trim(policy).through, SegmentNumber(2));
}

TEST(Trimmer, TheNewestClosedSegmentStays) {
  Sealed harness;
  const TrimPlan plan = harness.log->plan_trim(harness.everything());
  EXPECT_EQ(plan.through.value(), harness.closed() - 1);
  ASSERT_TRUE(harness.log->trim(plan.through).ok());
  EXPECT_EQ(harness.closed(), 1);
  harness.check(harness.first());
  harness.disk.kill();
  EXPECT_TRUE(harness.open(harness.frames.back().position).ok());
  harness.check(harness.first());
  harness.append_synced(30);
  harness.check(harness.first());
}

TEST(Trimmer, WhatIsNotSealedStays) {
  Harness harness;
  harness.append_synced(60);
  ASSERT_TRUE(harness.log->seal().value());
  TrimPolicy policy{.bytes_max = 0, .flushed_through = FrameNumber(60)};
  EXPECT_EQ(harness.log->plan_trim(policy).through, SegmentNumber()) << "the chain goes on from its footer";
  ASSERT_TRUE(harness.log->seal().value());
  EXPECT_EQ(harness.log->plan_trim(policy).through, SegmentNumber(1));
}

TEST(Trimmer, ShardsThatLoseTheirLastRecordAreNamedWithTheirHeads) {
  Harness harness;
  FrameBuilder builder;
  const EntryHead head{.shard = ShardId(50),
                       .sequence = SequenceNumber(1),
                       .ordinal = Ordinal(7),
                       .time = 9,
                       .cumulative_bytes = 123};
  builder.add_entry(head, "record");
  const std::uint64_t checksum = builder.rows()[0].head.checksum;
  ASSERT_TRUE(harness.log->append(builder, {SequenceNumber(1), 900, 1}).ok() && harness.log->sync().ok());
  harness.maker.go_back_to({.sequence = 1, .stamp = 1000});
  for (int i = 0; i < 60; ++i) {
    const auto content = harness.maker.fill(builder, 4, 300);
    if (!harness.log->append(builder, content.stamp).ok()) {
      ASSERT_TRUE(harness.log->prepare().ok() && harness.log->append(builder, content.stamp).ok());
    }
    ASSERT_TRUE(harness.log->sync().ok());
  }
  while (harness.log->seal().value()) {
  }
  const TrimPlan plan = harness.log->plan_trim({.bytes_max = 0, .flushed_through = FrameNumber(61)});
  ASSERT_EQ(plan.leaving.size(), 1);
  EXPECT_EQ(plan.leaving[0].first, ShardId(50));
  EXPECT_EQ(plan.leaving[0].second, (ShardHead{SequenceNumber(1), Ordinal(7), 123, checksum, 9}));
  ASSERT_TRUE(harness.log->trim(plan.through).ok());
  EXPECT_FALSE(harness.log->ends(ShardId(50)));
  // It goes on where it was.
  builder.add_entry({.shard = ShardId(50), .sequence = SequenceNumber(5000), .ordinal = Ordinal(8)}, "more");
  ASSERT_TRUE(harness.log->append(builder, {SequenceNumber(5000), 900'000, 1}).ok() &&
              harness.log->sync().ok());
  EXPECT_EQ(harness.log->ends(ShardId(50))->first_ordinal, Ordinal(8));
}

TEST(Trimmer, CursorsBeforeTheOldestRecordAreTold) {
  Sealed harness;
  ASSERT_TRUE(harness.log->trim(SegmentNumber(2)).ok());
  const std::size_t kept =
      harness.records(ShardId(1)).size() - harness.records(ShardId(1), harness.first()).size();
  const auto records = harness.records(ShardId(1));
  const auto cursor = [&](std::size_t at) {
    return Cursor{Epoch(4), ShardId(1), records[at].head.sequence, records[at].head.ordinal,
                  records[at].head.checksum};
  };
  EXPECT_EQ(harness.log->reader().read(cursor(kept - 2), 1, 1).error().code, ErrorCode::kTrimmed);
  // The record that it saw has left, and none after it.
  EXPECT_EQ(harness.log->reader().read(cursor(kept - 1), 1, 1).value().entries[0].head, records[kept].head);
  EXPECT_EQ(harness.log->stream(FrameNumber(), Contents::kChecked).next().error().code, ErrorCode::kTrimmed);
}

TEST(Trimmer, AFileThatIsReadIsNotTakenAgainAndStaysReadable) {
  Sealed harness;
  const SegmentPointer held = (*harness.log->closed_segments())[0];
  ASSERT_TRUE(harness.log->trim(SegmentNumber(2)).ok());
  int spares = 0;
  const auto listed = harness.disk.list().value();
  for (const auto& name : listed) spares += is_spare_name(name) ? 1 : 0;
  EXPECT_EQ(spares, 1) << "the second one's alone";
  harness.append_synced(40);
  FrameWalk walk(*held->file, held->header, held->opening, start_of(held->opening), held->summary.frames_end,
                 Contents::kChecked);
  std::uint64_t count = 0;
  while (walk.next().value()) ++count;
  EXPECT_EQ(count, held->trailer->frame_count);
}

TEST(Trimmer, ACrashAtAnySyncLeavesNoHole) {
  for (std::uint64_t syncs = 0; syncs < 8; ++syncs) {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      Sealed harness;
      const TrimPlan plan = harness.log->plan_trim(harness.everything());
      harness.disk.fail_sync_after(syncs);
      (void)harness.log->trim(plan.through);
      SeededRandom random(seed * 100 + syncs);
      harness.disk.crash(random);
      ASSERT_TRUE(harness.open(harness.frames.back().position).ok());
      harness.check(harness.first());
    }
  }
}

}  // namespace
}  // namespace gyre::log
