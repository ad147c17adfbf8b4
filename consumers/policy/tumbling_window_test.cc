// SPDX-License-Identifier: Apache-2.0
#include "consumers/policy/delivery_policy.h"

#include <gtest/gtest.h>

#include <variant>

#include "consumers/policy/policy_harness_test.h"

namespace gyre::consumers {
namespace {

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

}  // namespace
}  // namespace gyre::consumers
