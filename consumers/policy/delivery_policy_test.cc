// SPDX-License-Identifier: Apache-2.0
#include "consumers/policy/delivery_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "consumers/policy/policy_harness_test.h"

namespace gyre::consumers {
namespace {

using ::testing::HasSubstr;

TEST(DeliveryBatches, TakeUpToTheirRecordsAndBytes) {
  PolicyHarness by_records({.batch_records = 3});
  EXPECT_EQ(by_records.add("abcdefg"), "invoke 1 2 3");
  EXPECT_EQ(by_records.succeed(), "invoke 4 5 6; checkpoint 3");
  EXPECT_EQ(by_records.succeed(), "invoke 7; checkpoint 6");

  PolicyHarness by_bytes({.batch_bytes = 25});
  EXPECT_EQ(by_bytes.add("abcde"), "invoke 1 2");
  EXPECT_EQ(by_bytes.succeed(), "invoke 3 4; checkpoint 2");

  PolicyHarness small({.batch_bytes = 5});
  EXPECT_EQ(small.add("ab"), "invoke 1") << "a record that is larger than a batch goes alone";
}

TEST(DeliveryBatches, FillForTheirWindowUnlessTheyAreFullBefore) {
  PolicyHarness harness({.batch_records = 3, .window_ms = 1000});
  EXPECT_EQ(harness.add("a"), "");
  EXPECT_EQ(harness.pass_ms(600), "");
  EXPECT_EQ(harness.add("b"), "");
  EXPECT_EQ(harness.wait(), 400U);
  EXPECT_EQ(harness.outputs(), "invoke 1 2");
  EXPECT_EQ(harness.succeed(), "checkpoint 2");
  EXPECT_EQ(harness.add("abc"), "invoke 3 4 5");
  EXPECT_EQ(harness.add("a"), "");
  EXPECT_EQ(harness.succeed(), "checkpoint 5") << "the window of the next batch has begun";
  EXPECT_EQ(harness.wait(), 1000U);
  EXPECT_EQ(harness.outputs(), "invoke 6");

  PolicyHarness bytes({.batch_bytes = 25, .window_ms = 1000});
  EXPECT_EQ(bytes.add("ab"), "");
  EXPECT_EQ(bytes.add("c"), "invoke 1 2");
}

TEST(DeliveryBatches, WaitNoLongerOnceTheShardHasEnded) {
  PolicyHarness harness({.window_ms = 1000});
  EXPECT_EQ(harness.add("a"), "");
  harness.policy.end_shard();
  EXPECT_EQ(harness.outputs(), "invoke 1");
  EXPECT_EQ(harness.succeed(), "checkpoint 1 done");
  harness.policy.tick();
  EXPECT_EQ(harness.outputs(), "") << "the end is told once";

  PolicyHarness empty({});
  empty.policy.end_shard();
  EXPECT_EQ(empty.outputs(), "checkpoint 0 done");
}

TEST(DeliveryFilter, WhatIsNotWantedMovesTheCheckpointOnly) {
  PolicyHarness harness({});
  EXPECT_EQ(harness.add("ABC"), "checkpoint 3");
  EXPECT_EQ(harness.add("aBcD"), "invoke 4 6");
  EXPECT_EQ(harness.add("E"), "") << "not past what is under way";
  EXPECT_EQ(harness.succeed(), "checkpoint 8");
}

TEST(DeliveryStartPosition, RecordsBeforeTheStartAreNotWanted) {
  PolicyHarness harness({.start_ms = PolicyHarness::kStartMs + 5});
  EXPECT_EQ(harness.add("ab"), "checkpoint 2");
  harness.clock.advance_ms(5);
  EXPECT_EQ(harness.add("c"), "invoke 3");
}

// Enough keys for every lane to have some.
std::vector<DeliveryRecord> many_keys(const Clock& clock, std::uint64_t records) {
  std::vector<DeliveryRecord> made;
  for (std::uint64_t i = 1; i <= records; ++i) {
    made.push_back({SequenceNumber(i), std::to_string(i % 50), clock.now_ms(), 1, true});
  }
  return made;
}

std::vector<Invoke> invokes_of(DeliveryPolicy& policy) {
  std::vector<Invoke> invokes;
  for (PolicyOutput& output : policy.take_outputs()) {
    if (auto* invoke = std::get_if<Invoke>(&output)) invokes.push_back(std::move(*invoke));
  }
  return invokes;
}

TEST(DeliveryLanes, BatchesRunSideBySideButNotThoseOfOneKey) {
  PolicyHarness harness({.batch_records = 1, .parallel_batches = 10});
  harness.policy.add(many_keys(harness.clock, 200));
  const auto first = invokes_of(harness.policy);
  EXPECT_EQ(first.size(), 10U) << "one batch in each lane";
  harness.policy.answer(first[3].batch, {});
  const auto next = invokes_of(harness.policy);
  ASSERT_EQ(next.size(), 1U) << "the next one of this lane";

  PolicyHarness one_key({.batch_records = 1, .parallel_batches = 10});
  EXPECT_EQ(one_key.add("aaa"), "invoke 1");
}

TEST(DeliveryLanes, ABlockedLaneHoldsUpTheCheckpointButNoOtherLane) {
  PolicyHarness harness({.parallel_batches = 10});
  harness.policy.add(many_keys(harness.clock, 200));
  std::optional<std::uint64_t> blocked;
  for (const Invoke& invoke : invokes_of(harness.policy)) {
    const bool has_first = invoke.records.front() == SequenceNumber(1);
    if (has_first) blocked = invoke.batch;
    harness.policy.answer(
        invoke.batch, {.kind = has_first ? DeliveryAnswer::Kind::kFailed : DeliveryAnswer::Kind::kAnswered});
  }
  ASSERT_TRUE(blocked);
  EXPECT_EQ(harness.policy.checkpoint(), SequenceNumber(0));
  harness.outputs();
  EXPECT_THAT(harness.after_wait(), HasSubstr("invoke 1 "));
  EXPECT_EQ(harness.succeed(), "checkpoint 200");
}

TEST(DeliveryAnswers, ToBatchesThatAreNotUnderWayAreIgnored) {
  PolicyHarness harness({});
  EXPECT_EQ(harness.add("ab"), "invoke 1 2");
  harness.policy.answer(99, {});
  EXPECT_EQ(harness.outputs(), "");
  EXPECT_EQ(harness.succeed(), "checkpoint 2");
  EXPECT_EQ(harness.succeed(), "") << "a second answer";
}

TEST(DeliveryPauses, DoubleUpToTheLongest) {
  PolicyHarness harness({.pause_ms_min = 100, .pause_ms_max = 1000});
  EXPECT_EQ(harness.add("a"), "invoke 1");
  for (const std::uint64_t whole : {100, 200, 400, 800, 1000, 1000, 1000}) {
    EXPECT_EQ(harness.fail(), "");
    const std::uint64_t waited = harness.wait();
    EXPECT_GE(waited, whole / 2);
    EXPECT_LE(waited, whole);
    EXPECT_EQ(harness.outputs(), "invoke 1");
  }
}

TEST(DeliveryMemory, IsBoundedByWhatIsHeld) {
  PolicyHarness harness({.batch_records = 10'000});
  std::vector<DeliveryRecord> records;
  for (std::uint64_t i = 1; i <= limits::kDeliveryHeldRecordsMax; ++i) {
    records.push_back({SequenceNumber(i), "a", harness.clock.now_ms(), 1, true});
  }
  EXPECT_TRUE(harness.policy.wants_records());
  harness.policy.add(records);
  harness.outputs();
  EXPECT_FALSE(harness.policy.wants_records());
  harness.succeed();
  EXPECT_TRUE(harness.policy.wants_records());
}

TEST(DeliveryFailures, NothingIsGivenUpThatCouldNotBeKept) {
  PolicyHarness harness({.retries = 0, .age_ms = 60'000});
  harness.policy.set_room_for_failures(false);
  EXPECT_EQ(harness.add("a"), "invoke 1");
  EXPECT_EQ(harness.fail(), "");
  EXPECT_EQ(harness.after_wait(), "invoke 1");
  harness.clock.advance_ms(70'000);
  EXPECT_EQ(harness.fail(), "");
  EXPECT_GT(harness.wait(), 0U);
  EXPECT_EQ(harness.outputs(), "invoke 1");
  EXPECT_EQ(harness.fail(), "");
  harness.policy.set_room_for_failures(true);
  EXPECT_EQ(harness.outputs(), "old 1 after 3: broken; checkpoint 1");
}

TEST(DeliverySettings, AreCheckedAgainstAwsRanges) {
  EXPECT_TRUE(check(DeliverySettings{}).ok());
  const auto wrong = [](auto change) {
    DeliverySettings settings;
    change(settings);
    return !check(settings).ok();
  };
  EXPECT_TRUE(wrong([](auto& s) { s.batch_records = 0; }));
  EXPECT_TRUE(wrong([](auto& s) { s.batch_records = 10'001; }));
  EXPECT_TRUE(wrong([](auto& s) { s.window_ms = 300'001; }));
  EXPECT_TRUE(wrong([](auto& s) { s.parallel_batches = 11; }));
  EXPECT_TRUE(wrong([](auto& s) { s.retries = 10'001; }));
  EXPECT_TRUE(wrong([](auto& s) { s.age_ms = 59'999; }));
  EXPECT_TRUE(wrong([](auto& s) { s.age_ms = 604'800'001; }));
  EXPECT_TRUE(wrong([](auto& s) { s.tumbling_ms = 900'001; }));
  EXPECT_TRUE(wrong([](auto& s) { s.tumbling_ms = 1000, s.parallel_batches = 2; }));
  EXPECT_TRUE(wrong([](auto& s) { s.tumbling_ms = 1000, s.parked_keys = 1; }));
}

}  // namespace
}  // namespace gyre::consumers
