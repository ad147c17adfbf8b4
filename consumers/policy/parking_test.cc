// SPDX-License-Identifier: Apache-2.0
#include "consumers/policy/delivery_policy.h"

#include <gtest/gtest.h>

#include <vector>

#include "consumers/policy/policy_harness_test.h"

namespace gyre::consumers {
namespace {

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

TEST(Parking, AConsumerThatIsNotThereParksNothing) {
  PolicyHarness harness(parking());
  EXPECT_EQ(harness.add("ab"), "invoke 1 2");
  for (int tries = 0; tries < 20; ++tries) {
    EXPECT_EQ(harness.throttle(), "");
    EXPECT_EQ(harness.after_wait(), "invoke 1 2");
  }
}

}  // namespace
}  // namespace gyre::consumers
