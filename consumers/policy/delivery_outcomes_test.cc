// SPDX-License-Identifier: Apache-2.0
// Every outcome of a batch of three records of three keys: what is checkpointed, what is tried again, and
// what the destination of failures is told.
#include <gtest/gtest.h>

#include <functional>

#include "consumers/policy/policy_harness_test.h"

namespace gyre::consumers {
namespace {

struct Case {
  const char* name;
  DeliverySettings settings;
  std::function<std::string(PolicyHarness&)> outcome;
  std::string at_once;  ///< what comes out with the answer
  std::string later;    ///< what comes out after the next wait; "" = there is no wait
};

DeliverySettings reporting(DeliverySettings settings = {}) {
  settings.report_failures = true;
  return settings;
}
DeliverySettings bisecting(DeliverySettings settings = {}) {
  settings.bisect = true;
  return settings;
}
DeliverySettings retrying(std::uint32_t retries, DeliverySettings settings = {}) {
  settings.retries = retries;
  return settings;
}
DeliverySettings aging(std::uint64_t age_ms, DeliverySettings settings = {}) {
  settings.age_ms = age_ms;
  return settings;
}

std::string succeed(PolicyHarness& harness) {
  return harness.succeed();
}
std::string fail(PolicyHarness& harness) {
  return harness.fail();
}
std::string throttle(PolicyHarness& harness) {
  return harness.throttle();
}
std::string nonsense(PolicyHarness& harness) {
  return harness.nonsense();
}
std::function<std::string(PolicyHarness&)> partial(std::vector<std::uint64_t> failures) {
  return [failures](PolicyHarness& harness) { return harness.partial(failures); };
}

TEST(DeliveryOutcomes, EachIsCheckpointedRetriedAndGivenUpAsAwsDoes) {
  const std::vector<Case> cases = {
      {"success", {}, succeed, "checkpoint 3", ""},
      {"success while failures may be named", reporting(), succeed, "checkpoint 3", ""},
      {"an empty list", reporting(), partial({}), "checkpoint 3", ""},
      // Names are looked at only if the mapping says so.
      {"named without being asked", {}, partial({2}), "checkpoint 3", ""},
      {"nonsense without being asked", {}, nonsense, "checkpoint 3", ""},
      {"the second named", reporting(), partial({2}), "checkpoint 1", "invoke 2 3"},
      {"several named: the lowest counts", reporting(), partial({3, 2}), "checkpoint 1", "invoke 2 3"},
      {"the first named", reporting(), partial({1}), "", "invoke 1 2 3"},
      {"the last named", reporting(), partial({3}), "checkpoint 2", "invoke 3"},
      {"a name that is none of them", reporting(), partial({2, 9}), "", "invoke 1 2 3"},
      {"a name that is null, empty or misspelt", reporting(), nonsense, "", "invoke 1 2 3"},
      {"error, time-out, crash", {}, fail, "", "invoke 1 2 3"},
      {"throttled", {}, throttle, "", "invoke 1 2 3"},
      {"error, bisecting", bisecting(), fail, "invoke 1", ""},
      {"nonsense, bisecting", bisecting(reporting()), nonsense, "invoke 1", ""},
      {"the second named, bisecting: split there", bisecting(reporting()), partial({2}), "checkpoint 1",
       "invoke 2 3"},
      {"the first named, bisecting: halved", bisecting(reporting()), partial({1}), "invoke 1", ""},
      {"throttled, bisecting: not split", bisecting(), throttle, "", "invoke 1 2 3"},
      {"error without retries", retrying(0), fail, "exhausted 1 2 3 after 1: broken; checkpoint 3", ""},
      {"error, one retry left", retrying(1), fail, "", "invoke 1 2 3"},
      {"the second named, without retries", retrying(0, reporting()), partial({2}),
       "exhausted 2 3 after 1: the answer names it as failed; checkpoint 3", ""},
      {"throttled without retries", retrying(0), throttle, "", "invoke 1 2 3"},
      {"error without retries, bisecting: splitting is none", retrying(0, bisecting()), fail, "invoke 1", ""},
      {"the second named, without retries, bisecting", retrying(0, bisecting(reporting())), partial({2}),
       "checkpoint 1", "invoke 2 3"},
      {"error, and old meanwhile", aging(60'000),
       [](PolicyHarness& harness) {
         harness.clock.advance_ms(60'001);
         return harness.fail();
       },
       "old 1 2 3 after 1: broken; checkpoint 3", ""},
      {"throttled, and old meanwhile", aging(60'000),
       [](PolicyHarness& harness) {
         harness.clock.advance_ms(60'001);
         return harness.throttle();
       },
       "old 1 2 3 after 0: busy; checkpoint 3", ""},
      {"success, and old meanwhile", aging(60'000),
       [](PolicyHarness& harness) {
         harness.clock.advance_ms(60'001);
         return harness.succeed();
       },
       "checkpoint 3", ""},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    PolicyHarness harness(one.settings);
    EXPECT_EQ(harness.add("abc"), "invoke 1 2 3");
    EXPECT_EQ(one.outcome(harness), one.at_once);
    if (!one.later.empty()) {
      const std::uint64_t waited = harness.wait();
      EXPECT_GE(waited, limits::kConsumerPauseMsMin / 2);
      EXPECT_LE(waited, limits::kConsumerPauseMsMin);
      EXPECT_EQ(harness.outputs(), one.later);
    } else {
      EXPECT_EQ(harness.policy.due_ns(), std::nullopt);
    }
  }
}

// Of the call that has come out.
std::uint32_t invocation_of(PolicyHarness& harness) {
  const std::vector<PolicyOutput> outputs = harness.policy.take_outputs();
  const auto* invoke = std::get_if<Invoke>(&outputs.at(0));
  harness.batch = invoke->batch;
  return invoke->invocation;
}

TEST(DeliveryOutcomes, RetriesCountTriesAfterTheFirst) {
  PolicyHarness harness(retrying(2));
  EXPECT_EQ(harness.add("ab"), "invoke 1 2");
  EXPECT_EQ(harness.fail(), "");
  EXPECT_EQ(harness.after_wait(), "invoke 1 2");
  EXPECT_EQ(harness.throttle(), "");
  EXPECT_EQ(harness.after_wait(), "invoke 1 2");
  EXPECT_EQ(harness.fail(), "");
  EXPECT_EQ(harness.after_wait(), "invoke 1 2");
  EXPECT_EQ(harness.fail(), "exhausted 1 2 after 3: broken; checkpoint 2");
}

TEST(DeliveryOutcomes, CallsThatDoNotReachTheConsumerAreNoInvocations) {
  PolicyHarness harness({});
  EXPECT_EQ(harness.add("a"), "invoke 1");
  for (const auto kind : {DeliveryAnswer::Kind::kThrottled, DeliveryAnswer::Kind::kNotCalled}) {
    EXPECT_EQ(harness.answer({.kind = kind}), "");
    harness.wait();
    EXPECT_EQ(invocation_of(harness), 1U);
  }
  EXPECT_EQ(harness.fail(), "");
  harness.wait();
  EXPECT_EQ(invocation_of(harness), 2U);
}

TEST(DeliveryOutcomes, ARecordThatComesFirstHasItsTriesBeforeIt) {
  PolicyHarness harness(retrying(1, reporting()));
  EXPECT_EQ(harness.add("abc"), "invoke 1 2 3");
  EXPECT_EQ(harness.partial({1}), "");
  EXPECT_EQ(harness.after_wait(), "invoke 1 2 3");
  EXPECT_EQ(harness.partial({2}), "checkpoint 1");
  EXPECT_EQ(harness.after_wait(), "invoke 2 3");
  EXPECT_EQ(harness.partial({2}), "exhausted 2 3 after 3: the answer names it as failed; checkpoint 3");
}

TEST(DeliveryOutcomes, BisectingFindsTheRecordAndGivesUpNoOther) {
  PolicyHarness harness(retrying(1, bisecting()));
  EXPECT_EQ(harness.add("abcd"), "invoke 1 2 3 4");
  EXPECT_EQ(harness.fail(), "invoke 1 2");
  EXPECT_EQ(harness.succeed(), "invoke 3 4; checkpoint 2");
  EXPECT_EQ(harness.fail(), "invoke 3");
  EXPECT_EQ(harness.fail(), "");
  EXPECT_EQ(harness.after_wait(), "invoke 3");
  EXPECT_EQ(harness.fail(), "exhausted 3 after 4: broken; invoke 4; checkpoint 3");
  EXPECT_EQ(harness.succeed(), "checkpoint 4");
}

TEST(DeliveryOutcomes, OldRecordsAreGivenUpBeforeTheyAreTried) {
  PolicyHarness harness(aging(60'000, {.batch_records = 2}));
  EXPECT_EQ(harness.add("ab"), "invoke 1 2");
  EXPECT_EQ(harness.add("cd"), "");
  harness.clock.advance_ms(50'000);
  EXPECT_EQ(harness.add("e"), "");
  harness.clock.advance_ms(10'001);
  EXPECT_EQ(harness.succeed(), "old 3 4 after 0: ; invoke 5; checkpoint 4");
}

TEST(DeliveryOutcomes, ABatchThatWaitsIsGivenUpWhenItHasGrownOld) {
  DeliverySettings settings = aging(60'000);
  settings.pause_ms_min = settings.pause_ms_max = 30'000;
  PolicyHarness harness(settings);
  EXPECT_EQ(harness.add("a"), "invoke 1");
  harness.clock.advance_ms(59'000);
  EXPECT_EQ(harness.fail(), "");
  EXPECT_EQ(harness.wait(), 1001U);
  EXPECT_EQ(harness.outputs(), "old 1 after 1: broken; checkpoint 1");
}

}  // namespace
}  // namespace gyre::consumers
