// SPDX-License-Identifier: Apache-2.0
#include "consumers/shard_delivery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/item_codec.h"

namespace gyre::consumers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Notes what the delivery asks for; the test plays the region and the consumer.
class FakePort final : public DeliveryPort {
 public:
  void deliver(std::uint64_t token, Delivery delivery) override {
    deliveries.emplace_back(token, std::move(delivery));
  }
  void consumed(ShardId, std::uint64_t records, std::uint64_t) override { consumed_records += records; }
  void ack(ShardId, streams::ConsumerAck ack) override { acks.push_back(std::move(ack)); }
  void interrupt(ShardId) override { ++interrupts; }
  void resume(ShardId) override { ++resumes; }
  void finished(ShardId shard) override { ended = shard; }
  void stop(Error error) override { stopped = std::move(error); }

  std::vector<std::pair<std::uint64_t, Delivery>> deliveries;
  std::vector<streams::ConsumerAck> acks;
  std::uint64_t consumed_records = 0;
  int interrupts = 0;
  int resumes = 0;
  std::optional<ShardId> ended;
  std::optional<Error> stopped;
};

class ShardDeliveryTest : public testing::Test {
 protected:
  void opened(std::uint64_t checkpoint = 0, std::string state = "") {
    streams::Opened answer;
    answer.epoch = Epoch(3);
    answer.consumer_checkpoint = SequenceNumber(checkpoint);
    answer.consumer_state = std::move(state);
    delivery_.opened(answer);
  }
  void batch(std::initializer_list<std::uint64_t> sequences) {
    streams::RecordBatch batch;
    for (const std::uint64_t sequence : sequences) {
      storage::ChangeRecord record;
      record.shard = ShardId(5);
      record.sequence = SequenceNumber(sequence);
      record.ordinal = Ordinal(sequence);
      record.keys = record.new_image = encode_item({{"id", AttributeValue::string("a")}});
      batch.records.add(storage::encode_change_record(record));
      batch.scanned_through = {Epoch(3), ShardId(5), record.sequence, record.ordinal, 1};
    }
    delivery_.batch(std::move(batch));
  }
  std::vector<std::uint64_t> given() const {
    std::vector<std::uint64_t> sequences;
    for (const auto& record : port_.deliveries.back().second.records)
      sequences.push_back(record.sequence.value());
    return sequences;
  }
  void answer(Outcome outcome) {
    const auto [token, delivery] = port_.deliveries.back();
    delivery_.delivered(token, delivery, std::move(outcome));
  }
  void accept(std::uint64_t sequence) {
    Outcome outcome;
    outcome.accepted_through = SequenceNumber(sequence);
    outcome.state = "at " + std::to_string(sequence);
    answer(std::move(outcome));
  }
  void acked(Status status = {}) { delivery_.acked(port_.acks.back().accepted_through.sequence, status); }

  ManualClock clock_{1'000'000};
  FakePort port_;
  ShardDelivery delivery_{ShardId(5), {"cities", "counter"}, port_, clock_};
};

TEST_F(ShardDeliveryTest, CommitsEachBatchBehindTheOneBefore) {
  opened(7, "at 7");
  batch({8, 9});
  batch({10});
  EXPECT_THAT(given(), ElementsAre(8, 9));
  EXPECT_EQ(port_.deliveries[0].second.state, "at 7");
  accept(9);
  EXPECT_EQ(port_.acks[0].previous, SequenceNumber(7));
  EXPECT_EQ(port_.acks[0].accepted_through.sequence, SequenceNumber(9));
  EXPECT_EQ(port_.acks[0].state, "at 9");
  EXPECT_EQ(port_.deliveries.size(), 1u) << "nothing goes on before the commit";
  EXPECT_EQ(port_.consumed_records, 0u);
  acked();
  EXPECT_EQ(port_.consumed_records, 2u);
  EXPECT_THAT(given(), ElementsAre(10));
  EXPECT_EQ(port_.deliveries[1].second.state, "at 9");
}

TEST_F(ShardDeliveryTest, ARetryComesAgainAfterAPauseThatGrows) {
  opened();
  batch({1, 2, 3});
  Outcome outcome;
  outcome.accepted_through = SequenceNumber(1);
  outcome.failures = {{SequenceNumber(2), FailureClass::kRetry, "not now"}};
  answer(outcome);
  EXPECT_EQ(port_.acks[0].accepted_through.ordinal, Ordinal(1));
  acked();
  EXPECT_EQ(port_.deliveries.size(), 1u);
  clock_.advance_ms(limits::kConsumerPauseMsMin);
  delivery_.tick();
  EXPECT_THAT(given(), ElementsAre(2, 3));
  EXPECT_TRUE(port_.deliveries.back().second.redelivered);
  Outcome failed;
  failed.call_failed = true;
  answer(failed);
  clock_.advance_ms(limits::kConsumerPauseMsMin);
  delivery_.tick();
  EXPECT_EQ(port_.deliveries.size(), 2u) << "the second pause is longer";
  clock_.advance_ms(limits::kConsumerPauseMsMin);
  delivery_.tick();
  EXPECT_EQ(port_.deliveries.size(), 3u);
}

TEST_F(ShardDeliveryTest, ARefusedCommitStartsOverAtTheStoredCheckpoint) {
  opened();
  batch({1, 2});
  accept(2);
  acked(Error::internal("another reader has moved it"));
  EXPECT_EQ(port_.interrupts, 1);
  EXPECT_EQ(port_.resumes, 0);
  clock_.advance_ms(limits::kConsumerPauseMsMin);
  delivery_.tick();
  ASSERT_EQ(port_.resumes, 1);
  opened(2, "of the other");
  batch({3});
  EXPECT_THAT(given(), ElementsAre(3));
  EXPECT_EQ(port_.deliveries.back().second.state, "of the other");
  EXPECT_FALSE(port_.deliveries.back().second.redelivered);
}

TEST_F(ShardDeliveryTest, ACommitThatNobodyAnswersStartsOver) {
  opened();
  batch({1});
  accept(1);
  clock_.advance_ms(limits::kConsumerAckTimeoutMs);
  delivery_.tick();
  clock_.advance_ms(limits::kConsumerPauseMsMin);
  delivery_.tick();
  EXPECT_EQ(port_.resumes, 1);
  acked();  // the late answer to the old one
  EXPECT_EQ(port_.deliveries.size(), 1u);
}

TEST_F(ShardDeliveryTest, AnOutcomeThatCameTooLateIsDropped) {
  opened();
  batch({1});
  delivery_.interrupted("too many sessions");
  accept(1);
  EXPECT_TRUE(port_.acks.empty());
}

TEST_F(ShardDeliveryTest, TheEndIsCommittedBeforeChildrenBegin) {
  opened();
  batch({1});
  delivery_.ended();
  accept(1);
  acked();
  ASSERT_TRUE(port_.deliveries.back().second.shard_end);
  answer({});
  EXPECT_FALSE(port_.ended.has_value());
  EXPECT_TRUE(port_.acks.back().shard_done);
  EXPECT_EQ(port_.acks.back().previous, SequenceNumber(1));
  acked();
  EXPECT_EQ(port_.ended, ShardId(5));
}

TEST_F(ShardDeliveryTest, AnEndThatWasCommittedInAnEarlierLifeIsFine) {
  opened(1);
  delivery_.ended();
  answer({});
  acked(Error::internal("refused: the shard is done already"));
  EXPECT_TRUE(port_.ended.has_value());
}

TEST_F(ShardDeliveryTest, StopsOnAFatalFailureAfterCommittingWhatCameBefore) {
  opened();
  batch({1, 2});
  Outcome outcome;
  outcome.accepted_through = SequenceNumber(1);
  outcome.failures = {{SequenceNumber(2), FailureClass::kFatal, "cannot go on"}};
  answer(outcome);
  EXPECT_FALSE(port_.stopped.has_value());
  acked();
  EXPECT_THAT(port_.stopped->message, HasSubstr("cannot go on"));
}

TEST_F(ShardDeliveryTest, ALostSessionIsOpenedAgainAfterAPauseAndKeepsNothing) {
  opened();
  batch({1});
  batch({2});
  delivery_.interrupted("too many sessions");
  delivery_.tick();
  EXPECT_EQ(port_.resumes, 0);
  clock_.advance_ms(limits::kConsumerPauseMsMin);
  delivery_.tick();
  EXPECT_EQ(port_.resumes, 1);
  EXPECT_EQ(port_.interrupts, 0) << "there is no session to give up";
  opened(1, "at 1");
  batch({2});
  EXPECT_THAT(given(), ElementsAre(2));
}

}  // namespace
}  // namespace gyre::consumers
