// SPDX-License-Identifier: Apache-2.0
#include "global-tables/table_progress.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace gyre::global_tables {
namespace {

storage::LogCursor cursor_at(std::uint64_t sequence) {
  return {Epoch(5), ShardId(7), SequenceNumber(sequence), Ordinal(sequence), sequence * 31};
}

ProgressStep shard_step(storage::LogCursor from, storage::LogCursor to) {
  ProgressStep step;
  step.kind = ProgressStep::Kind::kShard;
  step.shard = ShardId(7);
  step.from = from;
  step.to = to;
  return step;
}

TEST(TableProgress, RefusesAStepThatSkipsRecords) {
  TableProgress progress;
  EXPECT_TRUE(advance(progress, shard_step({}, cursor_at(3)), 1).ok());
  EXPECT_FALSE(advance(progress, shard_step(cursor_at(4), cursor_at(5)), 1).ok());
  EXPECT_FALSE(advance(progress, shard_step({}, cursor_at(3)), 1).ok());
  EXPECT_TRUE(advance(progress, shard_step(cursor_at(3), cursor_at(5)), 1).ok());
  EXPECT_EQ(progress.shards.at(ShardId(7)).cursor, cursor_at(5));
}

TEST(TableProgress, KnowsAShardFromItsListingAndAChildFromItsParentsEnd) {
  TableProgress progress;
  ProgressStep listed;
  listed.kind = ProgressStep::Kind::kListed;
  listed.shards = {ShardId(7), ShardId(8)};
  ASSERT_TRUE(advance(progress, listed, 1).ok());
  ASSERT_TRUE(advance(progress, shard_step({}, cursor_at(3)), 1).ok());
  ASSERT_TRUE(advance(progress, listed, 1).ok());
  EXPECT_EQ(progress.shards.at(ShardId(7)).cursor, cursor_at(3)) << "it is not forgotten";
  ProgressStep done;
  done.kind = ProgressStep::Kind::kShardDone;
  done.shard = ShardId(8);
  done.shards = {ShardId(9)};
  ASSERT_TRUE(advance(progress, done, 1).ok());
  EXPECT_EQ(progress.shards.size(), 3U);
  EXPECT_FALSE(progress.shards.at(ShardId(9)).done_ms.has_value());
}

TEST(TableProgress, ForgetsShardsThatWereDoneLongAgo) {
  TableProgress progress;
  ProgressStep done;
  done.kind = ProgressStep::Kind::kShardDone;
  done.shard = ShardId(1);
  ASSERT_TRUE(advance(progress, done, 10).ok());
  done.shard = ShardId(2);
  EXPECT_TRUE(long_finished(progress, 10 + limits::kFinishedShardKeptMs).empty());
  done.forgotten = long_finished(progress, 11 + limits::kFinishedShardKeptMs);
  ASSERT_TRUE(advance(progress, done, 11 + limits::kFinishedShardKeptMs).ok());
  EXPECT_FALSE(progress.shards.contains(ShardId(1)));
  EXPECT_TRUE(progress.shards.contains(ShardId(2)));
}

TEST(TableProgress, ResetForgetsEverythingAndAsksForACopy) {
  TableProgress progress;
  ASSERT_TRUE(advance(progress, shard_step({}, cursor_at(3)), 1).ok());
  ProgressStep reset;
  reset.kind = ProgressStep::Kind::kReset;
  reset.peer_incarnation = IncarnationId(4);
  reset.copy = true;
  reset.attempt = 1;
  ASSERT_TRUE(advance(progress, reset, 1).ok());
  EXPECT_FALSE(advance(progress, shard_step({}, cursor_at(3)), 1).ok()) << "decided before the reset";
  EXPECT_TRUE(progress.shards.empty());
  EXPECT_FALSE(progress.copied);
}

}  // namespace
}  // namespace gyre::global_tables
