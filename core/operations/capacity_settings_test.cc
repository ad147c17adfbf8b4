// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/capacity_settings.h"

#include <fmt/core.h>
#include <gmock/gmock.h>

#include "core/base/limits.h"
#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::uint64_t kHourMs = 3600ULL * 1000;

std::string invalid(std::string_view what) {
  return fmt::format("validation: One or more parameter values were invalid: {}", what);
}

class CapacitySettings : public testing::Test {
 protected:
  std::string create(std::string_view members) {
    return region_.call("CreateTable", fmt::format(R"({{"TableName":"one",
                            "AttributeDefinitions":[{{"AttributeName":"pk","AttributeType":"S"}}],
                            "KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}}],{}}})",
                                                   members));
  }
  std::string update(std::string_view members) {
    return region_.call("UpdateTable", fmt::format(R"({{"TableName":"one",{}}})", members));
  }
  std::string provision(int read, int write) {
    return update(fmt::format(R"("ProvisionedThroughput":{{"ReadCapacityUnits":{},"WriteCapacityUnits":{}}})",
                              read, write));
  }
  std::string describe() { return region_.call("DescribeTable", R"({"TableName":"one"})"); }
  void expect_described(std::string_view part) { EXPECT_THAT(describe(), HasSubstr(part)); }
  void expect_not_described(std::string_view part) { EXPECT_THAT(describe(), Not(HasSubstr(part))); }

  static constexpr std::string_view kOnDemand = R"("BillingMode":"PAY_PER_REQUEST")";
  static constexpr std::string_view kFive =
      R"("ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5})";
  TestRegion region_;
};

TEST_F(CapacitySettings, AnOnDemandTableSaysSinceWhen) {
  EXPECT_THAT(create(kOnDemand), testing::AllOf(HasSubstr(R"("BillingMode":"PAY_PER_REQUEST"})"),
                                                Not(HasSubstr("WarmThroughput"))));
  expect_described(
      R"("BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST","LastUpdateToPayPerRequestDateTime":1795248930.123})");
  expect_described(
      R"("WarmThroughput":{"ReadUnitsPerSecond":12000,"WriteUnitsPerSecond":4000,"Status":"ACTIVE"})");
  expect_not_described("OnDemandThroughput");
  expect_not_described("TableClassSummary");
}

TEST_F(CapacitySettings, AProvisionedTableHasNoSummaryUntilItWasOnDemand) {
  create(kFive);
  expect_not_described("BillingModeSummary");
  EXPECT_THAT(update(kOnDemand), HasSubstr(R"("TableStatus":"UPDATING")"));
  update(fmt::format(R"("BillingMode":"PROVISIONED",{})", kFive));
  expect_described(
      R"("BillingModeSummary":{"BillingMode":"PROVISIONED","LastUpdateToPayPerRequestDateTime":1795248930.123})");
}

TEST_F(CapacitySettings, TheModeItHasAlreadyIsNoChange) {
  create(kOnDemand);
  region_.clock().advance_ms(5000);
  EXPECT_THAT(update(kOnDemand), HasSubstr(R"("TableStatus":"UPDATING")"));
  expect_described(R"("LastUpdateToPayPerRequestDateTime":1795248930.123)");
}

TEST_F(CapacitySettings, ThroughputGoesWithItsMode) {
  create(kOnDemand);
  EXPECT_EQ(provision(5, 5), invalid("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                                     "BillingMode is PAY_PER_REQUEST"));
  EXPECT_EQ(update(fmt::format("{},{}", kOnDemand, kFive)),
            invalid("ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST"));
  const std::string missing =
      invalid("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  EXPECT_EQ(update(R"("BillingMode":"PROVISIONED")"), missing);
  update(fmt::format(R"("BillingMode":"PROVISIONED",{})", kFive));
  EXPECT_EQ(update(R"("BillingMode":"PROVISIONED")"), missing);
}

TEST_F(CapacitySettings, TheQuotaOfATableHolds) {
  EXPECT_EQ(
      create(R"("ProvisionedThroughput":{"ReadCapacityUnits":40001,"WriteCapacityUnits":5})"),
      "limit_exceeded: The requested ReadCapacityUnits, 40001, is above the per table maximum for the "
      "account in eu-west-1. Per table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for "
      "current limits and how to request higher limits.");
  create(kFive);
  EXPECT_THAT(provision(40'000, 40'001),
              StartsWith("limit_exceeded: The requested WriteCapacityUnits, 40001"));
}

TEST_F(CapacitySettings, IncreasesAndDecreasesAreRemembered) {
  create(kFive);
  EXPECT_THAT(provision(5, 5),
              StartsWith("validation: The provisioned throughput for the table will not change."));
  region_.clock().advance_ms(1000);
  provision(10, 5);
  region_.clock().advance_ms(1000);
  provision(10, 4);
  expect_described(
      R"("ProvisionedThroughput":{"LastIncreaseDateTime":1795248931.123,"LastDecreaseDateTime":1795248932.123,"NumberOfDecreasesToday":1,"ReadCapacityUnits":10,"WriteCapacityUnits":4})");
}

TEST_F(CapacitySettings, AfterFourDecreasesADayThereIsOneAnHour) {
  create(R"("ProvisionedThroughput":{"ReadCapacityUnits":100,"WriteCapacityUnits":100})");
  for (int units = 99; units > 95; --units) EXPECT_THAT(provision(units, units), StartsWith("{"));
  const std::string refusal =
      "limit_exceeded: Subscriber limit exceeded: Provisioned throughput decreases are limited within a "
      "given "
      "UTC day. After the first 4 decreases, each subsequent decrease in the same UTC day can be performed "
      "at "
      "most once every 3600 seconds. Number of decreases today: 4. Last decrease at Saturday, November 21, "
      "2026 at 8:15:30 AM Coordinated Universal Time. Next decrease can be made at Saturday, November 21, "
      "2026 "
      "at 9:15:30 AM Coordinated Universal Time";
  EXPECT_EQ(provision(50, 50), refusal);
  EXPECT_THAT(provision(200, 200), StartsWith("{"));
  region_.clock().advance_ms(kHourMs - 1);
  EXPECT_EQ(provision(50, 50), refusal);
  region_.clock().advance_ms(1);
  EXPECT_THAT(provision(50, 50), StartsWith("{"));
  expect_described(R"("NumberOfDecreasesToday":5)");
  EXPECT_THAT(provision(49, 49), StartsWith("limit_exceeded"));
}

TEST_F(CapacitySettings, ADayBringsFourDecreasesMore) {
  create(R"("ProvisionedThroughput":{"ReadCapacityUnits":100,"WriteCapacityUnits":100})");
  region_.clock().advance_ms(15 * kHourMs);  // 23:15:30
  for (int units = 99; units > 95; --units) provision(units, units);
  EXPECT_THAT(provision(50, 50),
              HasSubstr("Next decrease can be made at Sunday, November 22, 2026 at 12:00:00 AM"));
  region_.clock().advance_ms(kHourMs - 15 * 60'000);
  expect_described(R"("NumberOfDecreasesToday":0)");
  EXPECT_THAT(provision(50, 50), StartsWith("{"));
}

TEST_F(CapacitySettings, CapsOfOnDemandTablesMergeAndGo) {
  create(fmt::format(R"({},"OnDemandThroughput":{{"MaxReadRequestUnits":100}})", kOnDemand));
  expect_described(R"("OnDemandThroughput":{"MaxReadRequestUnits":100})");
  EXPECT_THAT(update(R"("OnDemandThroughput":{"MaxWriteRequestUnits":50})"),
              HasSubstr(R"("TableStatus":"ACTIVE")"));
  expect_described(R"("OnDemandThroughput":{"MaxReadRequestUnits":100,"MaxWriteRequestUnits":50})");
  update(R"("OnDemandThroughput":{"MaxReadRequestUnits":-1})");
  expect_described(R"("OnDemandThroughput":{"MaxWriteRequestUnits":50})");
  update(R"("OnDemandThroughput":{"MaxWriteRequestUnits":-1})");
  expect_not_described("OnDemandThroughput");
}

TEST_F(CapacitySettings, CapsThatCannotBeAreRefused) {
  const std::string range =
      invalid("Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range");
  for (const int units : {0, -1, -2}) {
    EXPECT_EQ(
        create(fmt::format(R"({},"OnDemandThroughput":{{"MaxReadRequestUnits":{}}})", kOnDemand, units)),
        range);
  }
  EXPECT_EQ(
      create(fmt::format(R"({},"OnDemandThroughput":{{"MaxReadRequestUnits":5}})", kFive)),
      invalid("MaxReadRequestUnits for OnDemandThroughput cannot be specified when table BillingMode is "
              "PROVISIONED."));
  create(kFive);
  EXPECT_EQ(update(R"("OnDemandThroughput":{"MaxWriteRequestUnits":5})"),
            invalid("MaxWriteRequestUnits for OnDemandThroughput cannot be specified when the table "
                    "BillingMode is PROVISIONED"));
  update(kOnDemand);
  EXPECT_EQ(update(R"("OnDemandThroughput":{"MaxReadRequestUnits":-2})"), range);
  EXPECT_EQ(update(R"("OnDemandThroughput":{"MaxReadRequestUnits":40001})"),
            "limit_exceeded: Subscriber limit exceeded: Requested MaxReadRequestUnits for OnDemandThroughput "
            "for table exceeds TableMaxReadCapacityUnits of the account in region eu-west-1");
}

TEST_F(CapacitySettings, CapsGoWithTheModeThatHasThem) {
  create(fmt::format(R"({},"OnDemandThroughput":{{"MaxReadRequestUnits":100}})", kOnDemand));
  update(fmt::format(R"("BillingMode":"PROVISIONED",{})", kFive));
  expect_not_described("OnDemandThroughput");
  update(fmt::format(R"({},"OnDemandThroughput":{{"MaxReadRequestUnits":7}})", kOnDemand));
  expect_described(R"("OnDemandThroughput":{"MaxReadRequestUnits":7})");
}

TEST_F(CapacitySettings, WarmThroughputNeverFalls) {
  create(kFive);
  expect_described(R"("WarmThroughput":{"ReadUnitsPerSecond":5,"WriteUnitsPerSecond":5,"Status":"ACTIVE"})");
  provision(30, 5);
  provision(5, 5);
  expect_described(R"("WarmThroughput":{"ReadUnitsPerSecond":30,"WriteUnitsPerSecond":5,)");
  EXPECT_EQ(update(R"("WarmThroughput":{"ReadUnitsPerSecond":29})"),
            invalid("Requested ReadUnitsPerSecond for WarmThroughput for table is lower than current "
                    "WarmThroughput, decreasing WarmThroughput is not supported"));
  EXPECT_THAT(
      update(R"("WarmThroughput":{"ReadUnitsPerSecond":30,"WriteUnitsPerSecond":50})"),
      testing::AllOf(HasSubstr(R"("TableStatus":"ACTIVE")"),
                     HasSubstr(R"("ReadUnitsPerSecond":30,"WriteUnitsPerSecond":5,"Status":"UPDATING")")));
  expect_described(R"("ReadUnitsPerSecond":30,"WriteUnitsPerSecond":50,"Status":"ACTIVE")");
  update(kOnDemand);
  expect_described(R"("WarmThroughput":{"ReadUnitsPerSecond":12000,"WriteUnitsPerSecond":4000,)");
  update(fmt::format(R"("BillingMode":"PROVISIONED",{})", kFive));
  expect_described(R"("WarmThroughput":{"ReadUnitsPerSecond":12000,"WriteUnitsPerSecond":4000,)");
}

TEST_F(CapacitySettings, ANewTableIsAtLeastAsWarmAsItMustBe) {
  EXPECT_EQ(create(fmt::format(R"({},"WarmThroughput":{{"ReadUnitsPerSecond":11999}})", kOnDemand)),
            invalid("Requested ReadUnitsPerSecond for WarmThroughput for table is lower than initial "
                    "throughput for OnDemand. See: "
                    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
                    "on-demand-capacity-mode.html#on-demand-capacity-mode-initial"));
  EXPECT_EQ(create(fmt::format(R"({},"WarmThroughput":{{"WriteUnitsPerSecond":4}})", kFive)),
            invalid("Requested WriteUnitsPerSecond for WarmThroughput for table is lower than "
                    "WriteCapacityUnits of ProvisionedThroughput"));
  EXPECT_THAT(create(fmt::format(R"({},"WarmThroughput":{{"ReadUnitsPerSecond":12001}})", kOnDemand)),
              HasSubstr(R"("ReadUnitsPerSecond":12001,"WriteUnitsPerSecond":4000)"));
}

TEST_F(CapacitySettings, TheTableClassChangesTwiceInThirtyDays) {
  const auto set_class = [&](std::string_view name) {
    return update(fmt::format(R"("TableClass":"{}")", name));
  };
  create(kOnDemand);
  EXPECT_THAT(set_class("STANDARD"), Not(HasSubstr("TableClassSummary")));
  EXPECT_EQ(set_class("GLACIER"),
            "validation: Invalid table-class parameter provided. Please try again with a valid table-class "
            "value: [STANDARD, STANDARD_INFREQUENT_ACCESS].");
  EXPECT_THAT(set_class("STANDARD_INFREQUENT_ACCESS"), HasSubstr(R"("TableStatus":"UPDATING")"));
  expect_described(
      R"("TableClassSummary":{"TableClass":"STANDARD_INFREQUENT_ACCESS","LastUpdateDateTime":1795248930.123})");
  region_.clock().advance_ms(1000);
  set_class("STANDARD");
  expect_described(R"("TableClassSummary":{"TableClass":"STANDARD","LastUpdateDateTime":1795248931.123})");
  EXPECT_EQ(set_class("STANDARD_INFREQUENT_ACCESS"),
            "limit_exceeded: Subscriber limit exceeded: Updates to TableClass are limited to 2 times in 30 "
            "day(s).");
  region_.clock().advance_ms(limits::kTableClassChangesMs - 1000);
  EXPECT_THAT(set_class("STANDARD_INFREQUENT_ACCESS"), StartsWith("{"));
}

TEST_F(CapacitySettings, TheReplyShowsWhatTakesTimeAsItWasBefore) {
  create(R"("ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5})");
  region_.clock().advance_ms(1000);
  EXPECT_THAT(
      provision(10, 4),
      testing::AllOf(
          HasSubstr(R"("TableStatus":"UPDATING")"),
          HasSubstr(
              R"("ProvisionedThroughput":{"LastIncreaseDateTime":1795248931.123,"LastDecreaseDateTime":1795248931.123,"NumberOfDecreasesToday":1,"ReadCapacityUnits":5,"WriteCapacityUnits":5})"),
          HasSubstr(
              R"("WarmThroughput":{"ReadUnitsPerSecond":5,"WriteUnitsPerSecond":5,"Status":"ACTIVE"})")));
  EXPECT_THAT(update(R"("TableClass":"STANDARD_INFREQUENT_ACCESS")"), Not(HasSubstr("TableClassSummary")));
  EXPECT_THAT(update(R"("TableClass":"STANDARD")"),
              HasSubstr(R"("TableClassSummary":{"TableClass":"STANDARD_INFREQUENT_ACCESS",)"));
}

TEST_F(CapacitySettings, TheReplyShowsANewBillingModeButNotItsTime) {
  create(kFive);
  EXPECT_THAT(update(kOnDemand),
              testing::AllOf(HasSubstr(R"("BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST"})"),
                             HasSubstr(R"("ReadCapacityUnits":0,"WriteCapacityUnits":0)")));
  region_.clock().advance_ms(1000);
  EXPECT_THAT(
      update(fmt::format(R"("BillingMode":"PROVISIONED",{})", kFive)),
      testing::AllOf(
          HasSubstr(
              R"("BillingModeSummary":{"BillingMode":"PROVISIONED","LastUpdateToPayPerRequestDateTime":1795248930.123})"),
          HasSubstr(R"("ReadCapacityUnits":5,"WriteCapacityUnits":5)")));
  region_.clock().advance_ms(1000);
  EXPECT_THAT(update(kOnDemand), HasSubstr(R"("LastUpdateToPayPerRequestDateTime":1795248930.123)"));
  expect_described(R"("LastUpdateToPayPerRequestDateTime":1795248932.123)");
}

TEST_F(CapacitySettings, TheReplyShowsWhatIsDoneAtOnceAsItIs) {
  create(kOnDemand);
  EXPECT_THAT(update(R"("OnDemandThroughput":{"MaxReadRequestUnits":9})"),
              testing::AllOf(HasSubstr(R"("TableStatus":"ACTIVE")"),
                             HasSubstr(R"("OnDemandThroughput":{"MaxReadRequestUnits":9})")));
  EXPECT_THAT(update(R"("DeletionProtectionEnabled":true)"),
              testing::AllOf(HasSubstr(R"("TableStatus":"ACTIVE")"),
                             HasSubstr(R"("DeletionProtectionEnabled":true)")));
  EXPECT_THAT(update(R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"})"),
              testing::AllOf(HasSubstr(R"("TableStatus":"UPDATING")"),
                             HasSubstr(R"("StreamEnabled":true,"StreamViewType":"NEW_IMAGE")")));
}

TEST_F(CapacitySettings, ATableMayBeBornInAnotherClass) {
  EXPECT_THAT(create(fmt::format(R"({},"TableClass":"STANDARD_INFREQUENT_ACCESS")", kOnDemand)),
              HasSubstr(R"("TableClassSummary":{"TableClass":"STANDARD_INFREQUENT_ACCESS"})"));
}

TEST_F(CapacitySettings, OneCallChangesOneConcern) {
  create(kFive);
  const std::string_view protect = R"("DeletionProtectionEnabled":true)";
  const std::string_view stream =
      R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"})";
  const std::string_view warm = R"("WarmThroughput":{"ReadUnitsPerSecond":50})";
  const auto expect_refused = [&](std::string_view one, std::string_view other, std::string_view what) {
    EXPECT_EQ(update(fmt::format("{},{}", one, other)), invalid(what));
  };
  expect_refused(protect, stream,
                 "DeletionProtection modification must be the only operation in the request");
  expect_refused(R"("TableClass":"STANDARD")", kOnDemand,
                 "TableClass modification must be the only operation in the request");
  expect_refused(warm, kOnDemand, "WarmThroughput must be the only operation in the request");
  expect_refused(R"("OnDemandThroughput":{"MaxReadRequestUnits":9})", stream,
                 "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request");
  expect_refused(R"("ProvisionedThroughput":{"ReadCapacityUnits":6,"WriteCapacityUnits":6})", stream,
                 "You cannot modify stream status while updating table IOPS");
  EXPECT_THAT(update(fmt::format("{},{}", kOnDemand, stream)), StartsWith("{"));
  EXPECT_THAT(update(protect), HasSubstr(R"("TableStatus":"ACTIVE")"));
}

}  // namespace
}  // namespace gyre::operations
