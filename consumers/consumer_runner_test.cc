// SPDX-License-Identifier: Apache-2.0
#include "consumers/consumer_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "consumers/scripted_region_test.h"

namespace gyre::consumers {
namespace {

using streams::RefusedReason;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Accepts everything, and notes it: "3/8" for the record at 8 of shard 3, "3/end".
class NotingConsumer final : public BatchConsumer {
 public:
  explicit NotingConsumer(std::vector<std::string>& seen) : seen_(seen) {}
  Result<Outcome> deliver(const Delivery& delivery) override {
    const std::string shard = std::to_string(delivery.shard.value()) + "/";
    Outcome outcome;
    if (delivery.shard_end) seen_.push_back(shard + "end");
    for (const storage::ChangeRecord& record : delivery.records) {
      seen_.push_back(shard + std::to_string(record.sequence.value()));
      outcome.accepted_through = record.sequence;
    }
    return outcome;
  }

 private:
  std::vector<std::string>& seen_;
};

class ConsumerRunnerTest : public testing::Test {
 protected:
  /// Until the script is done, or the consumer cannot go on.
  Status run() {
    region_.then([this] { return stop_ = true; });
    ConsumerRunner runner({.table = "T", .consumer = "counter"}, region_, clock_);
    return runner.run(
        [this](const std::string&) -> Result<std::unique_ptr<BatchConsumer>> {
          return std::unique_ptr<BatchConsumer>(std::make_unique<NotingConsumer>(seen_));
        },
        stop_);
  }
  void then_open(std::uint64_t shard, std::uint64_t checkpoint) {
    region_.then_answer(shard, [checkpoint](auto& handler) { handler.on_opened(opened_at(checkpoint)); });
  }
  void then_bring(std::uint64_t shard, std::uint64_t place) {
    region_.then_answer(shard, [=](auto& handler) { handler.on_batch(scripted_batch(shard, place)); });
  }

  ManualClock clock_{1'000'000};
  ScriptedRegion region_{clock_};
  std::atomic<bool> stop_ = false;
  std::vector<std::string> seen_;
};

TEST_F(ConsumerRunnerTest, ReadsAShardToItsEndAndThenItsChildren) {
  region_.then_refuse(0, RefusedReason::kNoSuchTable);
  region_.then_list({listed_shard(1)});
  then_open(1, 0);
  then_bring(1, 8);
  region_.then_take_ack(1);
  region_.then_answer(1, [](auto& handler) { handler.on_shard_end({ShardId(2)}); });
  region_.then_take_ack(1);
  then_open(2, 0);
  then_bring(2, 9);
  region_.then_take_ack(2);
  EXPECT_TRUE(run().ok());
  EXPECT_THAT(seen_, ElementsAre("1/8", "1/end", "2/9"));
  EXPECT_THAT(region_.asked, ElementsAre("list", "list", "1@0", "close 1", "2@0", "close 2"));
  EXPECT_EQ(region_.credit[1], 1U);
}

TEST_F(ConsumerRunnerTest, ABusyRegionIsAskedAgainAndSaysWhereTheConsumerCameTo) {
  region_.then_list({listed_shard(1)});
  then_open(1, 0);
  then_bring(1, 8);
  region_.then_take_ack(1);
  region_.then_refuse(1, RefusedReason::kBusy);
  then_open(1, 8);
  then_bring(1, 9);
  region_.then_take_ack(1);
  EXPECT_TRUE(run().ok());
  EXPECT_THAT(seen_, ElementsAre("1/8", "1/9"));
}

TEST_F(ConsumerRunnerTest, AShardThatWentWithItsTableIsLeftBehind) {
  region_.then_list({listed_shard(1)});
  region_.then_refuse(1, RefusedReason::kNoSuchShard);
  region_.then_list({listed_shard(5)});
  then_open(5, 0);
  EXPECT_TRUE(run().ok());
  EXPECT_THAT(region_.asked, ElementsAre("list", "1@0", "list", "5@0", "close 5"));
}

TEST_F(ConsumerRunnerTest, OfATrimTheOldestRecordThatIsKeptIsSaid) {
  region_.then_list({listed_shard(1)});
  region_.then_refuse(1, RefusedReason::kTrimmed, 77);
  const Status outcome = run();
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kTrimmed);
  EXPECT_THAT(outcome.error().message, HasSubstr("consumer counter on shardId-"));
  EXPECT_THAT(outcome.error().message, HasSubstr("trimmed (the oldest kept is 77)"));
}

TEST_F(ConsumerRunnerTest, NoOldestRecordIsMadeUp) {
  region_.then_list({listed_shard(1)});
  region_.then_refuse(1, RefusedReason::kTrimmed);
  const Status outcome = run();
  ASSERT_FALSE(outcome.ok());
  EXPECT_THAT(outcome.error().message, HasSubstr("trimmed: no"));
}

TEST_F(ConsumerRunnerTest, WhatWasNotTrimmedIsNotCalledSo) {
  for (const RefusedReason reason :
       {RefusedReason::kWrongEpoch, RefusedReason::kAheadOfHead, RefusedReason::kRecordDiffers}) {
    region_.then_list({listed_shard(1)});
    region_.then_refuse(1, reason);
    const Status outcome = run();
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.error().code, ErrorCode::kTrimmed);
    EXPECT_THAT(outcome.error().message, Not(HasSubstr("trimmed")));
    EXPECT_THAT(outcome.error().message, HasSubstr("no longer has the place that it came to: no"));
    region_.forget_script();
  }
}

TEST_F(ConsumerRunnerTest, ARegionThatRefusesForGoodStopsTheConsumer) {
  region_.then_list({listed_shard(1)});
  region_.then_refuse(1, RefusedReason::kNotAllowed);
  const Status outcome = run();
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace gyre::consumers
