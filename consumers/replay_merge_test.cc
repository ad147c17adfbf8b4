// SPDX-License-Identifier: Apache-2.0
#include "consumers/replay_merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "consumers/record_filter.h"
#include "core/model/item_codec.h"

namespace gyre::consumers {
namespace {

using testing::ElementsAre;

// Sequences and commit times are the same here.
bool add(ReplayMerge& merge, std::uint64_t shard, std::uint64_t sequence) {
  ReplayMerge::Entry entry;
  entry.shard = ShardId(shard);
  entry.record.sequence = SequenceNumber(sequence);
  entry.record.commit_time = sequence;
  return merge.add_record(std::move(entry));
}

std::vector<std::uint64_t> take(ReplayMerge& merge) {
  std::vector<std::uint64_t> sequences;
  while (const auto entry = merge.next()) sequences.push_back(entry->record.sequence.value());
  return sequences;
}

TEST(ReplayMerge, WaitsUntilNoShardCanComeWithAnEarlierRecord) {
  ReplayMerge merge;
  merge.add_shard(ShardId(1), false);
  merge.add_shard(ShardId(2), false);
  merge.add_watermark(100);
  add(merge, 1, 10);
  add(merge, 1, 30);
  EXPECT_THAT(take(merge), ElementsAre());
  add(merge, 2, 20);
  EXPECT_THAT(take(merge), ElementsAre(10, 20));
  merge.caught_up(ShardId(2), 100);
  EXPECT_THAT(take(merge), ElementsAre(30));
  EXPECT_FALSE(merge.finished());
  merge.caught_up(ShardId(1), 101);
  EXPECT_TRUE(merge.finished());
}

TEST(ReplayMerge, EndsAtTheFirstWatermark) {
  ReplayMerge merge;
  merge.add_shard(ShardId(1), false);
  merge.add_watermark(20);
  merge.add_watermark(40);
  EXPECT_TRUE(add(merge, 1, 20));
  EXPECT_FALSE(add(merge, 1, 30));
  EXPECT_THAT(take(merge), ElementsAre(20));
  EXPECT_TRUE(merge.finished());
}

TEST(ReplayMerge, AClosedShardIsCompleteAtItsEndAlone) {
  ReplayMerge merge;
  merge.add_shard(ShardId(1), true);
  merge.add_watermark(100);
  merge.caught_up(ShardId(1), 100);
  EXPECT_FALSE(merge.finished());
  merge.add_shard(ShardId(2), false);  // its child
  merge.complete(ShardId(1));
  EXPECT_FALSE(merge.finished());
  merge.caught_up(ShardId(2), 100);
  EXPECT_TRUE(merge.finished());
}

storage::ChangeRecord record_of(const Item& keys, std::uint64_t ms) {
  storage::ChangeRecord record;
  record.keys = encode_item(keys);
  record.commit_time = hybrid_from_ms(ms);
  return record;
}

TEST(RecordFilter, KeepsCommitTimesFromToExcluded) {
  const RecordFilter filter(100, 200);
  EXPECT_FALSE(*filter.wants(record_of({}, 99)));
  EXPECT_TRUE(*filter.wants(record_of({}, 100)));
  EXPECT_TRUE(*filter.wants(record_of({}, 199)));
  EXPECT_FALSE(*filter.wants(record_of({}, 200)));
  EXPECT_TRUE(filter.is_past_end(record_of({}, 200)));
}

TEST(RecordFilter, TakesKeysAsJsonOrAsAPlainValue) {
  const auto record = record_of(
      {{"id", AttributeValue::string("a")}, {"sort", AttributeValue::number(Number::from_int(7))}}, 1);
  const auto wants = [&](const std::string& key, const std::string& partition_key = "id") {
    RecordFilter filter;
    EXPECT_TRUE(filter.set_key(key).ok());
    EXPECT_TRUE(filter.set_key_names({partition_key, "sort"}).ok());
    return *filter.wants(record);
  };
  EXPECT_TRUE(wants("a"));
  EXPECT_FALSE(wants("b"));
  EXPECT_TRUE(wants("7.0", "sort"));
  EXPECT_TRUE(wants(R"({"id":{"S":"a"}})"));
  EXPECT_TRUE(wants(R"({"id":{"S":"a"},"sort":{"N":"7"}})"));
  EXPECT_FALSE(wants(R"({"id":{"S":"a"},"sort":{"N":"8"}})"));
  RecordFilter filter;
  EXPECT_FALSE(filter.set_key(R"({"id":)").ok());
}

}  // namespace
}  // namespace gyre::consumers
