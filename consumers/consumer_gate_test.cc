// SPDX-License-Identifier: Apache-2.0
#include "consumers/consumer_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "consumers/consumer_writes.h"
#include "consumers/region_fixture_test.h"
#include "core/base/limits.h"

namespace gyre::consumers {
namespace {

using testing::HasSubstr;

class ConsumerGateTest : public testing::Test {
 protected:
  ConsumerGateTest() {
    region_.create_table("cities");
    region_.create_table("counts");
    shard_ = region_.table("cities")->shards.front().id;
  }

  streams::ConsumerAck ack(std::uint64_t previous, std::uint64_t sequence) {
    streams::ConsumerAck ack;
    ack.consumer = "counter";
    ack.table_name = "cities";
    ack.accepted_through = {region_.store().epoch(), shard_, SequenceNumber(sequence), Ordinal(sequence), 99};
    ack.previous = SequenceNumber(previous);
    ack.state = "state " + std::to_string(sequence);
    return ack;
  }
  static streams::ConsumerWrite add_one(const std::string& table = "counts",
                                        const std::string& attribute = "n") {
    streams::ConsumerWrite write;
    write.kind = streams::ConsumerWrite::Kind::kAdd;
    write.table_name = table;
    write.item = encode_item({{"id", AttributeValue::string("all")}});
    write.attribute = attribute;
    write.amount = "1";
    return write;
  }
  Status commit(streams::ConsumerAck ack) {
    std::promise<Status> answer;
    region_.gate().commit(std::move(ack), [&](Status status) { answer.set_value(std::move(status)); });
    return answer.get_future().get();
  }
  std::string total() { return region_.number("counts", "all", "n"); }

  RegionFixture region_;
  ShardId shard_;
};

TEST_F(ConsumerGateTest, StoresCursorStateAndEffectsTogether) {
  EXPECT_FALSE(region_.gate().load("counter", shard_)->has_value());
  auto progress = ack(0, 10);
  progress.writes = {add_one(), add_one()};
  ASSERT_TRUE(commit(progress).ok());
  const auto stored = region_.gate().load("counter", shard_);
  ASSERT_TRUE(stored.ok() && stored->has_value());
  EXPECT_EQ((*stored)->cursor, progress.accepted_through);
  EXPECT_EQ((*stored)->state, "state 10");
  EXPECT_FALSE((*stored)->shard_done);
  EXPECT_EQ(total(), "2");
  EXPECT_FALSE(region_.gate().load("another", shard_)->has_value()) << "each consumer has its own";
}

TEST_F(ConsumerGateTest, TellsWhereConsumersAre) {
  EXPECT_TRUE(region_.gate().status().empty());
  EXPECT_TRUE(region_.gate().load("counter", shard_).ok());
  ASSERT_TRUE(commit(ack(0, 10)).ok());
  ASSERT_FALSE(commit(ack(0, 10)).ok());
  auto nameless = ack(0, 10);
  nameless.consumer = "";
  ASSERT_FALSE(commit(nameless).ok());
  const auto statuses = region_.gate().status();
  ASSERT_EQ(statuses.size(), 1u);
  EXPECT_EQ(statuses[0].name, "counter");
  EXPECT_EQ(statuses[0].commits, 1u);
  EXPECT_EQ(statuses[0].refused, 1u);
  EXPECT_EQ(statuses[0].lag_records, 0u);
}

TEST_F(ConsumerGateTest, ARepeatedCommitIsRefusedAndChangesNothing) {
  auto progress = ack(0, 10);
  progress.writes = {add_one()};
  ASSERT_TRUE(commit(progress).ok());
  const Status again = commit(progress);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::kResourceInUse);
  EXPECT_THAT(again.error().message, HasSubstr("stands at sequence 10"));
  EXPECT_EQ(total(), "1");
}

TEST_F(ConsumerGateTest, OfTwoReadersAtOnePlaceOneIsFencedOff) {
  auto first = ack(0, 10);
  auto second = ack(0, 12);
  first.writes = second.writes = {add_one()};
  ASSERT_TRUE(commit(first).ok());
  EXPECT_FALSE(commit(second).ok());
  EXPECT_EQ(total(), "1");
  EXPECT_EQ((*region_.gate().load("counter", shard_))->cursor.sequence, SequenceNumber(10));
}

TEST_F(ConsumerGateTest, AnAcknowledgementMustMoveForward) {
  ASSERT_TRUE(commit(ack(0, 10)).ok());
  EXPECT_FALSE(commit(ack(10, 10)).ok());
  EXPECT_FALSE(commit(ack(10, 9)).ok());
  ASSERT_TRUE(commit(ack(10, 11)).ok());
}

TEST_F(ConsumerGateTest, TheEndOfAShardIsCommittedOnce) {
  ASSERT_TRUE(commit(ack(0, 10)).ok());
  auto end = ack(10, 10);
  end.accepted_through.ordinal = Ordinal(0);
  end.accepted_through.checksum = 0;
  end.shard_done = true;
  end.writes = {add_one()};
  ASSERT_TRUE(commit(end).ok());
  const auto stored = region_.gate().load("counter", shard_);
  EXPECT_TRUE((*stored)->shard_done);
  EXPECT_EQ((*stored)->cursor.checksum, 99u) << "the full cursor is kept";
  const Status again = commit(end);
  ASSERT_FALSE(again.ok());
  EXPECT_THAT(again.error().message, HasSubstr(std::string(kShardDoneMessage)));
  EXPECT_EQ(total(), "1");
}

TEST_F(ConsumerGateTest, OneImpossibleWriteUndoesAll) {
  auto progress = ack(0, 10);
  progress.writes = {add_one(), add_one("missing")};
  const Status refused = commit(progress);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kResourceNotFound);
  EXPECT_THAT(refused.error().message, HasSubstr("table missing"));
  EXPECT_EQ(total(), "");
  EXPECT_FALSE(region_.gate().load("counter", shard_)->has_value());

  progress.writes = {add_one("counts", "id")};
  EXPECT_THAT(commit(progress).error().message, HasSubstr("part of the key"));
}

TEST_F(ConsumerGateTest, PutsAndDeletesItems) {
  streams::ConsumerWrite put;
  put.table_name = "counts";
  put.item =
      encode_item({{"id", AttributeValue::string("x")}, {"n", AttributeValue::number(Number::from_int(5))}});
  auto progress = ack(0, 10);
  progress.writes = {put};
  ASSERT_TRUE(commit(progress).ok());
  EXPECT_EQ(region_.number("counts", "x", "n"), "5");
  streams::ConsumerWrite erase;
  erase.kind = streams::ConsumerWrite::Kind::kDelete;
  erase.table_name = "counts";
  erase.item = encode_item({{"id", AttributeValue::string("x")}});
  progress = ack(10, 11);
  progress.writes = {erase};
  ASSERT_TRUE(commit(progress).ok());
  EXPECT_FALSE(region_.get("counts", "x").has_value());
}

TEST_F(ConsumerGateTest, RefusesWhatIsOutOfBounds) {
  auto progress = ack(0, 10);
  progress.accepted_through.epoch = Epoch(1234);
  EXPECT_EQ(commit(progress).error().code, ErrorCode::kWrongEpoch);
  progress = ack(0, 10);
  progress.state = std::string(limits::kConsumerStateBytesMax + 1, 'x');
  EXPECT_EQ(commit(progress).error().code, ErrorCode::kValidation);
  progress = ack(0, 10);
  progress.consumer = "a/b";
  EXPECT_EQ(commit(progress).error().code, ErrorCode::kValidation);
  progress = ack(0, 10);
  progress.accepted_through.shard = ShardId(12345);
  EXPECT_EQ(commit(progress).error().code, ErrorCode::kResourceNotFound);
}

TEST_F(ConsumerGateTest, AShardTrimmedBeforeItWasDoneIsSaidToItsDescendants) {
  ASSERT_TRUE(commit(ack(0, 10)).ok());
  region_.roll("cities");
  ASSERT_TRUE(region_
                  .write([&](storage::WriteTransaction& transaction) {
                    return transaction.catalog().trim_shard(shard_);
                  })
                  .ok());
  const ShardId child = region_.table("cities")->open_shards().front().id;
  const auto lost = region_.gate().load("counter", child);
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().code, ErrorCode::kTrimmed);
  EXPECT_TRUE(region_.gate().load("newcomer", child).ok()) << "who had not begun has lost nothing";
}

TEST_F(ConsumerGateTest, AChildThatCameAndWentUnreadIsSaidToItsDescendants) {
  ASSERT_TRUE(commit(ack(0, 10)).ok());
  region_.roll("cities");
  auto end = ack(10, 10);
  end.shard_done = true;
  ASSERT_TRUE(commit(end).ok());
  const ShardId child = region_.table("cities")->open_shards().front().id;
  region_.roll("cities");  // while the consumer is away
  for (const ShardId trimmed : {shard_, child}) {
    ASSERT_TRUE(region_
                    .write([&](storage::WriteTransaction& transaction) {
                      return transaction.catalog().trim_shard(trimmed);
                    })
                    .ok());
  }
  const ShardId grandchild = region_.table("cities")->open_shards().front().id;
  const auto lost = region_.gate().load("counter", grandchild);
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().code, ErrorCode::kTrimmed);
}

TEST_F(ConsumerGateTest, AChildBeginsWithoutStateBeforeItsFirstRecord) {
  ASSERT_TRUE(commit(ack(0, 10)).ok());
  region_.roll("cities");
  auto end = ack(10, 10);
  end.shard_done = true;
  ASSERT_TRUE(commit(end).ok());
  shard_ = region_.table("cities")->open_shards().front().id;
  const auto stored = region_.gate().load("counter", shard_);
  ASSERT_TRUE(stored.ok() && stored->has_value());
  EXPECT_EQ((*stored)->cursor.sequence, SequenceNumber());
  EXPECT_EQ((*stored)->state, "");
  EXPECT_TRUE(commit(ack(0, 20)).ok());
}

TEST(AddToAttribute, StartsAtNothingAndKeepsAllDigits) {
  const KeySchema schema{{"id", ScalarType::kString}, std::nullopt};
  const AttributeMap key{{"id", AttributeValue::string("a")}};
  const auto created = add_to_attribute(schema, key, "n", "-0.1");
  ASSERT_TRUE(created.ok());
  const auto sum = add_to_attribute(schema, *created, "n", "12345678901234567890123456789");
  ASSERT_TRUE(sum.ok());
  EXPECT_EQ(sum->find("n")->as_number().to_string(), "12345678901234567890123456788.9");
  EXPECT_FALSE(add_to_attribute(schema, {{"n", AttributeValue::string("text")}}, "n", "1").ok());
  EXPECT_FALSE(add_to_attribute(schema, key, "n", "one").ok());
}

}  // namespace
}  // namespace gyre::consumers
