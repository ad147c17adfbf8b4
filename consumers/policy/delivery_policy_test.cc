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

// --- tumbling windows ---

DeliverySettings tumbling() {
  return {.tumbling_ms = 60'000};
}

TEST(TumblingWindow, CarriesItsStateAndEndsWithACallOfItsOwn) {
  PolicyHarness harness(tumbling());
  EXPECT_EQ(harness.add("ab"), "invoke 1 2 window 0 {}");
  EXPECT_EQ(harness.state("1"), "checkpoint 2");
  EXPECT_EQ(harness.add("c"), "invoke 3 window 0 1");
  EXPECT_EQ(harness.state("2"), "checkpoint 3");
  EXPECT_EQ(harness.reach(59'999), "");
  EXPECT_EQ(harness.reach(60'000), "invoke window 0 2 last");
  EXPECT_EQ(harness.add_at(60'000, "d"), "");
  EXPECT_EQ(harness.succeed(), "invoke 4 window 60 {}; checkpoint 3");
}

TEST(TumblingWindow, EndsWhenARecordOfALaterOneIsThere) {
  PolicyHarness harness(tumbling());
  EXPECT_EQ(harness.add("a"), "invoke 1 window 0 {}");
  harness.clock.advance_ms(60'000);
  EXPECT_EQ(harness.add("b"), "");
  EXPECT_EQ(harness.state("7"), "invoke window 0 7 last; checkpoint 1");
  EXPECT_EQ(harness.succeed(), "invoke 2 window 60 {}; checkpoint 1");
}

TEST(TumblingWindow, DoesNotEndByTheClock) {
  PolicyHarness harness(tumbling());
  EXPECT_EQ(harness.add("a"), "invoke 1 window 0 {}");
  EXPECT_EQ(harness.state("1"), "checkpoint 1");
  EXPECT_EQ(harness.policy.due_ns(), std::nullopt);
  EXPECT_EQ(harness.pass_ms(3'600'000), "") << "what comes may still be of this window";
  EXPECT_EQ(harness.add_at(59'000, "b"), "invoke 2 window 0 1");
  EXPECT_EQ(harness.state("2"), "checkpoint 2");
  EXPECT_EQ(harness.reach(1000), "") << "what was reached stays so";
  EXPECT_EQ(harness.reach(60'000), "invoke window 0 2 last");
}

TEST(TumblingWindow, IsTheSameForAConsumerThatIsBehind) {
  PolicyHarness harness(tumbling());
  harness.clock.advance_ms(3'600'000);
  EXPECT_EQ(harness.add_at(10'000, "a"), "invoke 1 window 0 {}");
  EXPECT_EQ(harness.state("1"), "checkpoint 1");
  EXPECT_EQ(harness.add_at(20'000, "b"), "invoke 2 window 0 1");
  EXPECT_EQ(harness.state("2"), "checkpoint 2");
  EXPECT_EQ(harness.add_at(70'000, "c"), "invoke window 0 2 last");
  EXPECT_EQ(harness.succeed(), "invoke 3 window 60 {}; checkpoint 2");
}

TEST(TumblingWindow, EndsByARecordThatIsNotWanted) {
  PolicyHarness harness(tumbling());
  EXPECT_EQ(harness.add("a"), "invoke 1 window 0 {}");
  EXPECT_EQ(harness.state("1"), "checkpoint 1");
  EXPECT_EQ(harness.add_at(60'000, "B"), "invoke window 0 1 last; checkpoint 2");
}

TEST(TumblingWindow, ItsLastRecordsDoNotWaitOnceItsTimeIsOver) {
  DeliverySettings settings = tumbling();
  settings.window_ms = 300'000;
  PolicyHarness harness(settings);
  EXPECT_EQ(harness.add("ab"), "");
  EXPECT_EQ(harness.reach(60'000), "invoke 1 2 window 0 {}");
  EXPECT_EQ(harness.state("1"), "invoke window 0 1 last; checkpoint 2");
}

TEST(TumblingWindow, ItsLastCallIsGivenUpByAge) {
  DeliverySettings settings = tumbling();
  settings.age_ms = 60'000;
  settings.pause_ms_min = settings.pause_ms_max = 30'000;
  PolicyHarness harness(settings);
  EXPECT_EQ(harness.add("a"), "invoke 1 window 0 {}");
  EXPECT_EQ(harness.state("1"), "checkpoint 1");
  harness.clock.advance_ms(60'000 + 59'000);
  EXPECT_EQ(harness.reach(60'000), "invoke window 0 1 last");
  EXPECT_EQ(harness.fail(), "");
  EXPECT_EQ(harness.wait(), 1001U) << "counted from the end of the window";
  EXPECT_EQ(harness.outputs(), "old after 1: broken; checkpoint 1");
  EXPECT_EQ(harness.policy.due_ns(), std::nullopt);
  EXPECT_EQ(harness.add("b"), "invoke 2 window 120 {}");
}

TEST(TumblingWindow, ItsLastCallIsTriedOnceHoweverOldItIs) {
  DeliverySettings settings = tumbling();
  settings.age_ms = 60'000;
  PolicyHarness harness(settings, {.window = TumblingWindow{.start_ms = PolicyHarness::kStartMs}});
  harness.clock.advance_ms(3'600'000);
  EXPECT_EQ(harness.reach(60'000), "invoke window 0 {} last");
  EXPECT_EQ(harness.throttle(), "old after 0: busy; checkpoint 0");
}

TEST(TumblingWindow, ItsLastCallIsNotGivenUpIfThatCouldNotBeKept) {
  DeliverySettings settings = tumbling();
  settings.age_ms = 60'000;
  PolicyHarness harness(settings, {.window = TumblingWindow{.start_ms = PolicyHarness::kStartMs}});
  harness.policy.set_room_for_failures(false);
  harness.clock.advance_ms(3'600'000);
  EXPECT_EQ(harness.reach(60'000), "invoke window 0 {} last");
  EXPECT_EQ(harness.throttle(), "");
  harness.policy.set_room_for_failures(true);
  EXPECT_EQ(harness.outputs(), "old after 0: busy; checkpoint 0");
}

TEST(TumblingWindow, BatchesDoNotReachIntoTheNextOne) {
  DeliverySettings settings = tumbling();
  settings.window_ms = 300'000;
  PolicyHarness harness(settings);
  EXPECT_EQ(harness.add("ab"), "");
  EXPECT_EQ(harness.add_at(60'000, "c"), "invoke 1 2 window 0 {}");
}

TEST(TumblingWindow, AnAnswerWithoutStateHasFailed) {
  PolicyHarness harness(tumbling());
  EXPECT_EQ(harness.add("a"), "invoke 1 window 0 {}");
  EXPECT_EQ(harness.succeed(), "");
  EXPECT_EQ(harness.after_wait(), "invoke 1 window 0 {}");
}

TEST(TumblingWindow, EndsEarlyIfItsStateIsTooLarge) {
  PolicyHarness harness(tumbling());
  EXPECT_EQ(harness.add("a"), "invoke 1 window 0 {}");
  const std::string large = '"' + std::string(limits::kTumblingStateBytesMax, 'x') + '"';
  EXPECT_EQ(harness.state(large), "invoke window 0 " + large + " last early; checkpoint 1");
  EXPECT_EQ(harness.succeed(), "checkpoint 1");
  EXPECT_EQ(harness.add("b"), "invoke 2 window 0 {}");
}

TEST(TumblingWindow, ItsLastCallIsTriedAgainAndGivenUpAsABatchIs) {
  DeliverySettings settings = tumbling();
  settings.retries = 1;
  PolicyHarness harness(settings);
  EXPECT_EQ(harness.add("a"), "invoke 1 window 0 {}");
  EXPECT_EQ(harness.state("1"), "checkpoint 1");
  harness.policy.end_shard();
  EXPECT_EQ(harness.outputs(), "invoke window 0 1 last");
  EXPECT_EQ(harness.fail(), "");
  EXPECT_EQ(harness.after_wait(), "invoke window 0 1 last");
  EXPECT_EQ(harness.fail(), "exhausted after 2: broken; checkpoint 1 done");
}

TEST(TumblingWindow, GoesOnWhereItWasStored) {
  PolicyHarness harness(tumbling(),
                        {.checkpoint = SequenceNumber(0),
                         .window = TumblingWindow{.start_ms = PolicyHarness::kStartMs, .state = "5"}});
  EXPECT_EQ(harness.add("a"), "invoke 1 window 0 5");
}

TEST(TumblingWindow, IsForgottenIfTheSettingsHaveNoneAnyMore) {
  PolicyHarness harness({}, {.window = TumblingWindow{.start_ms = PolicyHarness::kStartMs, .state = "5"}});
  EXPECT_EQ(harness.add("a"), "invoke 1");
  EXPECT_EQ(harness.succeed(), "checkpoint 1");
}

TEST(TumblingWindow, OnlyStoredStatesCountAfterACheckpoint) {
  PolicyHarness harness(tumbling());
  EXPECT_EQ(harness.add("a"), "invoke 1 window 0 {}");
  DeliveryAnswer answer;
  answer.response.state = "9";
  harness.policy.answer(harness.batch, answer);
  const auto outputs = harness.policy.take_outputs();
  const auto* checkpoint = std::get_if<Checkpoint>(&outputs.back());
  ASSERT_NE(checkpoint, nullptr);
  EXPECT_EQ(checkpoint->through, SequenceNumber(1));
  EXPECT_EQ(checkpoint->window, (TumblingWindow{PolicyHarness::kStartMs, "9"}));
}

// --- parking ---

DeliverySettings parking(std::size_t keys = 10) {
  return {.parked_keys = keys, .park_after = 2};
}

TEST(Parking, ARecordThatFailsHoldsUpItsOwnKeyAlone) {
  PolicyHarness harness(parking());
  EXPECT_EQ(harness.add("abab"), "invoke 1 2 3 4");
  EXPECT_EQ(harness.fail(), "invoke 1 2");
  EXPECT_EQ(harness.fail(), "invoke 1");
  EXPECT_EQ(harness.fail(), "invoke 2") << "1 waits for its next try";
  EXPECT_EQ(harness.succeed(), "invoke 4") << "3 waits behind 1";
  EXPECT_EQ(harness.add("ca"), "");
  EXPECT_EQ(harness.succeed(), "invoke 5") << "so does 6";
  EXPECT_EQ(harness.succeed(), "");
  EXPECT_EQ(harness.after_wait(), "invoke 1");
  EXPECT_EQ(harness.succeed(), "invoke 3 6; checkpoint 2");
  EXPECT_EQ(harness.succeed(), "checkpoint 6");
}

TEST(Parking, AKeyIsParkedWithAllThatComesBehind) {
  PolicyHarness harness(parking());
  EXPECT_EQ(harness.add("aba"), "invoke 1 2 3");
  EXPECT_EQ(harness.fail(), "invoke 1");
  EXPECT_EQ(harness.fail(), "invoke 2");
  EXPECT_EQ(harness.succeed(), "");
  EXPECT_EQ(harness.after_wait(), "invoke 1");
  EXPECT_EQ(harness.fail(), "park a 1 after 3: broken; park a 3; checkpoint 3");
  EXPECT_EQ(harness.add("ab"), "park a 4; invoke 5; checkpoint 4");
  EXPECT_EQ(harness.policy.parked_keys(), 1U);
}

TEST(Parking, ANamedRecordIsKnownAtOnce) {
  DeliverySettings settings = parking();
  settings.report_failures = true;
  PolicyHarness harness(settings);
  EXPECT_EQ(harness.add("abcb"), "invoke 1 2 3 4");
  EXPECT_EQ(harness.partial({2}), "invoke 3; checkpoint 1");
  EXPECT_EQ(harness.succeed(), "");
  EXPECT_EQ(harness.after_wait(), "invoke 2");
  EXPECT_EQ(harness.succeed(), "invoke 4; checkpoint 3");
}

// Keys that fail on and on, by calls that take longer than the pause between two.
class SlowFailures {
 public:
  SlowFailures() : harness(settings()) {
    harness.add("abc");
    for (const std::uint64_t record : {1, 2, 3}) {
      harness.clock.advance_ms(200);
      harness.partial({record});
    }
  }
  std::string next() {
    harness.clock.advance_ms(1000);
    return harness.fail();
  }

  PolicyHarness harness;

 private:
  static DeliverySettings settings() {
    return {.report_failures = true,
            .parked_keys = 10,
            .park_after = 10'000,
            .pause_ms_min = 100,
            .pause_ms_max = 100};
  }
};

TEST(Parking, KeysThatFailTakeTurns) {
  SlowFailures failures;
  for (int rounds = 0; rounds < 5; ++rounds) {
    EXPECT_EQ(failures.next(), "invoke 2");
    EXPECT_EQ(failures.next(), "invoke 3");
    EXPECT_EQ(failures.next(), "invoke 1");
  }
}

TEST(Parking, NewRecordsTakeTurnsWithKeysThatFail) {
  SlowFailures failures;
  EXPECT_EQ(failures.harness.add("d"), "");
  EXPECT_EQ(failures.next(), "invoke 4");
  EXPECT_EQ(failures.harness.add("e"), "");
  failures.harness.clock.advance_ms(1000);
  EXPECT_EQ(failures.harness.succeed(), "invoke 2") << "it is not the other way round either";
  EXPECT_EQ(failures.next(), "invoke 5");
}

TEST(Parking, AKeyOfWhichNothingIsParkedIsFree) {
  PolicyHarness harness(parking(), {.parked = {{"a", 0}}});
  EXPECT_EQ(harness.add("a"), "invoke 1");
}

TEST(Parking, ParkedRecordsComeBackInOrderAndFreeTheirKey) {
  PolicyHarness harness({.parked_keys = 10, .park_after = 1});
  EXPECT_EQ(harness.add("a"), "invoke 1");
  EXPECT_EQ(harness.fail(), "park a 1 after 1: broken; checkpoint 1");
  EXPECT_EQ(harness.add("aa"), "park a 2; park a 3; checkpoint 3");
  const auto record = [](std::uint64_t sequence) {
    return DeliveryRecord{SequenceNumber(sequence), "a", PolicyHarness::kStartMs, 10, true};
  };
  harness.policy.redrive({record(1), record(2)});
  EXPECT_EQ(harness.outputs(), "redrive 1 2");
  EXPECT_EQ(harness.add("ab"), "park a 4; checkpoint 4") << "still behind 3";
  EXPECT_EQ(harness.succeed(), "redriven a 1 2; invoke 5");
  EXPECT_EQ(harness.succeed(), "checkpoint 5");
  harness.policy.redrive({record(3), record(4)});
  EXPECT_EQ(harness.outputs(), "redrive 3 4");
  EXPECT_EQ(harness.succeed(), "redriven a 3 4 free");
  EXPECT_EQ(harness.add("a"), "invoke 6");
}

TEST(Parking, ARedriveThatFailsLeavesTheRestParked) {
  DeliverySettings settings{.batch_records = 2, .report_failures = true, .parked_keys = 10, .park_after = 2};
  PolicyHarness harness(settings, {.parked = {{"a", 5}}});
  std::vector<DeliveryRecord> records;
  for (std::uint64_t i = 1; i <= 5; ++i) {
    records.push_back({SequenceNumber(i), "a", PolicyHarness::kStartMs, 10, true});
  }
  harness.policy.redrive(records);
  EXPECT_EQ(harness.outputs(), "redrive 1 2");
  EXPECT_EQ(harness.partial({2}), "redriven a 1");
  EXPECT_EQ(harness.after_wait(), "redrive 2");
  EXPECT_EQ(harness.fail(), "redrive of a failed at 2 after 2: broken");
  EXPECT_EQ(harness.policy.due_ns(), std::nullopt);
  EXPECT_EQ(harness.policy.parked_keys(), 1U);
  records.erase(records.begin());
  harness.policy.redrive(records);
  EXPECT_EQ(harness.outputs(), "redrive 2 3") << "and it can be asked for again";
}

TEST(Parking, WithoutRoomTheShardHaltsAndNothingIsLost) {
  PolicyHarness harness(parking(1));
  EXPECT_EQ(harness.add("a"), "invoke 1");
  harness.fail();
  EXPECT_EQ(harness.after_wait(), "invoke 1");
  EXPECT_EQ(harness.fail(), "park a 1 after 2: broken; checkpoint 1");
  EXPECT_EQ(harness.add("b"), "invoke 2");
  for (int tries = 0; tries < 20; ++tries) {
    EXPECT_EQ(harness.fail(), "");
    EXPECT_EQ(harness.after_wait(), "invoke 2");
  }
  EXPECT_EQ(harness.succeed(), "checkpoint 2");
}

TEST(Parking, NothingIsParkedThatCouldNotBeKept) {
  DeliverySettings settings = parking();
  settings.park_after = 1;
  PolicyHarness harness(settings);
  EXPECT_EQ(harness.add("a"), "invoke 1");
  EXPECT_EQ(harness.fail(), "park a 1 after 1: broken; checkpoint 1");
  harness.policy.set_room_for_failures(false);
  EXPECT_EQ(harness.add("aab"), "invoke 4") << "2 and 3 wait";
  EXPECT_EQ(harness.fail(), "");
  EXPECT_EQ(harness.after_wait(), "invoke 4") << "it is not parked either";
  EXPECT_EQ(harness.fail(), "");
  harness.policy.set_room_for_failures(true);
  EXPECT_EQ(harness.outputs(), "park a 2; park a 3; checkpoint 3");
  EXPECT_EQ(harness.after_wait(), "invoke 4");
  EXPECT_EQ(harness.fail(), "park b 4 after 3: broken; checkpoint 4");
}

TEST(Parking, WhatCouldNotBeKeptGoesOnWhenItsKeyIsFree) {
  PolicyHarness harness(parking(), {.parked = {{"a", 1}}});
  harness.sequence = 1;
  harness.policy.set_room_for_failures(false);
  EXPECT_EQ(harness.add("a"), "");
  harness.policy.redrive({{SequenceNumber(1), "a", PolicyHarness::kStartMs, 10, true}});
  EXPECT_EQ(harness.outputs(), "redrive 1");
  EXPECT_EQ(harness.succeed(), "redriven a 1 free; invoke 2");
}

TEST(Parking, WhatCouldNotBeKeptTakesItsPlaceAmongLaterRecords) {
  DeliverySettings settings = parking();
  settings.window_ms = 1000;
  PolicyHarness harness(settings, {.parked = {{"a", 1}}});
  harness.sequence = 1;
  harness.policy.set_room_for_failures(false);
  EXPECT_EQ(harness.add("ab"), "");
  harness.policy.redrive({{SequenceNumber(1), "a", PolicyHarness::kStartMs, 10, true}});
  EXPECT_EQ(harness.outputs(), "redrive 1");
  EXPECT_EQ(harness.succeed(), "redriven a 1 free");
  EXPECT_EQ(harness.after_wait(), "invoke 2 3");
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

TEST(Parking, AConsumerThatIsNotThereParksNothing) {
  PolicyHarness harness(parking());
  EXPECT_EQ(harness.add("ab"), "invoke 1 2");
  for (int tries = 0; tries < 20; ++tries) {
    EXPECT_EQ(harness.throttle(), "");
    EXPECT_EQ(harness.after_wait(), "invoke 1 2");
  }
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
