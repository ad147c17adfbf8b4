// SPDX-License-Identifier: Apache-2.0
#include "consumers/consumer_progress.h"

#include <gtest/gtest.h>

namespace gyre::consumers {
namespace {

std::optional<Ordinal> ten_records(ShardId shard) {
  if (shard == ShardId(99)) return std::nullopt;
  return Ordinal(10);
}

TEST(ConsumerProgress, LagsByWhatItsShardsHoldBeyondItsCheckpoints) {
  ConsumerProgress progress;
  EXPECT_TRUE(progress.read(ten_records).empty());
  progress.loaded("b", ShardId(1), Ordinal(0));
  progress.loaded("b", ShardId(2), Ordinal(4));
  progress.loaded("a", ShardId(1), Ordinal(10));
  progress.committed("b", ShardId(1), Ordinal(7), false);
  progress.refused("b");
  const auto statuses = progress.read(ten_records);
  ASSERT_EQ(statuses.size(), 2u);
  EXPECT_EQ(statuses[0].name, "a");
  EXPECT_EQ(statuses[0].lag_records, 0u);
  EXPECT_EQ(statuses[1].name, "b");
  EXPECT_EQ(statuses[1].lag_records, 9u);
  EXPECT_EQ(statuses[1].commits, 1u);
  EXPECT_EQ(statuses[1].refused, 1u);
}

TEST(ConsumerProgress, ForgetsShardsThatAreDoneOrGone) {
  ConsumerProgress progress;
  progress.loaded("a", ShardId(1), Ordinal(2));
  progress.loaded("a", ShardId(99), Ordinal(1));
  EXPECT_EQ(progress.read(ten_records)[0].lag_records, 8u);
  progress.committed("a", ShardId(1), Ordinal(10), true);
  EXPECT_EQ(progress.read([](ShardId) { return Ordinal(1'000); })[0].lag_records, 0u);
}

TEST(ConsumerProgress, KeepsThoseThatWereHeardOfLast) {
  ConsumerProgress progress;
  progress.refused("first");
  for (std::size_t i = 1; i < ConsumerProgress::kConsumersMax; ++i) progress.refused("c" + std::to_string(i));
  progress.refused("first");
  progress.refused("one more");
  const auto statuses = progress.read(ten_records);
  ASSERT_EQ(statuses.size(), ConsumerProgress::kConsumersMax);
  const auto knows = [&](const std::string& name) {
    for (const ConsumerStatus& status : statuses) {
      if (status.name == name) return true;
    }
    return false;
  };
  EXPECT_TRUE(knows("first"));
  EXPECT_TRUE(knows("one more"));
  EXPECT_FALSE(knows("c1"));
}

TEST(ConsumerProgress, FollowsABoundedNumberOfShards) {
  ConsumerProgress progress;
  for (std::uint64_t shard = 1'000; shard < 1'010 + ConsumerProgress::kShardsMax; ++shard)
    progress.loaded("a", ShardId(shard), Ordinal(9));
  EXPECT_EQ(progress.read(ten_records)[0].lag_records, ConsumerProgress::kShardsMax);
}

}  // namespace
}  // namespace gyre::consumers
