// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/expiry.h"

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <cstdio>
#include <iterator>
#include <mutex>
#include <set>
#include <thread>

#include "core/operations/forwarding_engine_test.h"
#include "core/operations/testing/test_region.h"
#include "core/storage/expiry_rows.h"

namespace gyre::operations {
namespace {

/// Counts the erased rows of indexes over which iterators have to step.
class CountingEngine final : public ForwardingEngine {
 public:
  std::unique_ptr<storage::Iterator> iterate(storage::Family family,
                                             const storage::IterateOptions& options) const override {
    if (family == storage::Family::kIndexes) {
      const std::lock_guard lock(mutex_);
      stepped_over_ += static_cast<std::size_t>(
          std::distance(erased_.lower_bound(options.lower), erased_.lower_bound(options.upper)));
    }
    return ForwardingEngine::iterate(family, options);
  }
  Status apply(std::span<const storage::RowChange> changes) override {
    {
      const std::lock_guard lock(mutex_);
      for (const storage::RowChange& change : changes) {
        const bool erases = change.kind == storage::ChangeOfRows::kErase;
        if (erases && change.family == storage::Family::kIndexes) erased_.insert(change.key.joined());
      }
    }
    return ForwardingEngine::apply(changes);
  }

  std::size_t stepped_over() const {
    const std::lock_guard lock(mutex_);
    return stepped_over_;
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::string> erased_;
  mutable std::size_t stepped_over_ = 0;
};

constexpr std::uint64_t kNow = 1'795'248'930;  // the second at which a TestRegion's time stands

std::unique_ptr<storage::Upkeep> expirer_of(storage::Store& store, ExpiryOptions options = {}) {
  auto expirer = storage::Upkeep::make(store);
  expirer->add(make_expiry(store, options));
  return expirer;
}

class Expiry : public testing::Test {
 protected:
  Expiry() { region_.create_table("sessions"); }

  std::string set(std::string_view enabled, std::string_view attribute = "ttl") {
    return region_.call(
        "UpdateTimeToLive",
        fmt::format(
            R"({{"TableName":"sessions","TimeToLiveSpecification":{{"AttributeName":"{}","Enabled":{}}}}})",
            attribute, enabled));
  }
  void enable() {
    ASSERT_EQ(set("true"), R"({"TimeToLiveSpecification":{"Enabled":true,"AttributeName":"ttl"}})");
  }
  void expect_status(std::string_view description) {
    region_.expect("DescribeTimeToLive", R"({"TableName":"sessions"})",
                   fmt::format(R"({{"TimeToLiveDescription":{}}})", description));
  }
  void put(std::string_view pk, std::uint64_t ttl) {
    region_.put("sessions", fmt::format(R"({{"pk":{{"S":"{}"}},"ttl":{{"N":"{}"}}}})", pk, ttl));
  }
  bool exists(std::string_view pk) {
    return region_.call("GetItem",
                        fmt::format(R"({{"TableName":"sessions","Key":{{"pk":{{"S":"{}"}}}}}})", pk)) != "{}";
  }
  bool is_queried(std::string_view pk) {
    return !read_page(region_, "Query",
                      fmt::format(R"({{"TableName":"sessions","KeyConditionExpression":"pk = :p",)"
                                  R"("ExpressionAttributeValues":{{":p":{{"S":"{}"}}}}}})",
                                  pk))
                .items.empty();
  }
  int count() {
    const std::string reply = region_.call("Scan", R"({"TableName":"sessions","Select":"COUNT"})");
    int count = -1;
    std::sscanf(reply.c_str(), R"({"Count":%d)", &count);
    return count;
  }
  ExpiryPlan plan() {
    auto plan = plan_expiry(*region_.store().catalog().snapshot(), region_.store().reads(),
                            region_.store().new_expiry_rows(), progress_, region_.clock().now_ms());
    EXPECT_TRUE(plan.ok());
    return *plan;
  }
  void carry_out(const ExpiryPlan& plan) {
    for (const ExpiryStep& step : plan.steps) EXPECT_TRUE(operations::carry_out(region_.store(), step).ok());
  }
  void tick() { expirer_of(region_.store())->tick(); }

  TestRegion region_;
  ExpiryProgress progress_;
};

TEST_F(Expiry, StatusFollowsTheIndex) {
  expect_status(R"({"TimeToLiveStatus":"DISABLED"})");
  enable();
  expect_status(R"({"TimeToLiveStatus":"ENABLING","AttributeName":"ttl"})");
  tick();
  expect_status(R"({"TimeToLiveStatus":"ENABLED","AttributeName":"ttl"})");
  region_.clock().advance_ms(limits::kTimeToLiveChangeMs);
  EXPECT_EQ(set("false"), R"({"TimeToLiveSpecification":{"Enabled":false,"AttributeName":"ttl"}})");
  expect_status(R"({"TimeToLiveStatus":"DISABLED"})");
}

TEST_F(Expiry, ItemsGoWhenTheirSecondHasPassed) {
  enable();
  put("gone", kNow - 1);
  put("this second", kNow);
  put("later", kNow + 60);
  put("five years ago", kNow - limits::kExpiryAgeSecondsMax - 1);
  region_.put("sessions", fmt::format(R"({{"pk":{{"S":"text"}},"ttl":{{"S":"{}"}}}})", kNow - 1));
  region_.put("sessions", R"({"pk":{"S":"none"}})");
  for (const char* pk : {"gone", "this second", "later"}) EXPECT_TRUE(is_queried(pk));
  tick();
  EXPECT_FALSE(exists("gone"));
  EXPECT_FALSE(is_queried("gone"));
  EXPECT_EQ(count(), 5);
  region_.clock().advance_ms(1000);
  tick();
  EXPECT_FALSE(exists("this second"));
  EXPECT_FALSE(is_queried("this second"));
  EXPECT_EQ(count(), 4);
  region_.clock().advance_ms(60'000);
  tick();
  EXPECT_FALSE(exists("later"));
  EXPECT_EQ(count(), 3);
}

TEST_F(Expiry, ItemsFromBeforeItWasEnabledGoToo) {
  constexpr int kItems = static_cast<int>(limits::kExpiryStepItems) * 2 + 10;
  for (int i = 0; i < kItems; ++i) put(fmt::format("item {}", i), kNow - 10);
  put("later", kNow + 60);
  tick();
  EXPECT_EQ(count(), kItems + 1);
  enable();
  tick();
  EXPECT_EQ(count(), 1);
  region_.clock().advance_ms(61'000);
  tick();
  EXPECT_EQ(count(), 0);
}

TEST_F(Expiry, StepsAreBoundedByItemsAndByBytes) {
  enable();
  tick();
  const std::string large(300'000, 'x');
  for (int i = 0; i < 8; ++i) {
    region_.put("sessions", fmt::format(R"({{"pk":{{"S":"{}"}},"ttl":{{"N":"{}"}},"v":{{"S":"{}"}}}})", i,
                                        kNow - 1, large));
  }
  carry_out(plan());
  EXPECT_EQ(count(), 4);  // the fourth goes beyond 1 MB
  carry_out(plan());
  EXPECT_EQ(count(), 0);
  EXPECT_TRUE(plan().steps.empty());
  EXPECT_FALSE(plan().more);
}

TEST_F(Expiry, AnItemThatWasRefreshedAfterThePlanStays) {
  enable();
  tick();
  put("refreshed", kNow - 1);
  put("without", kNow - 1);
  put("deleted", kNow - 1);
  put("gone", kNow - 1);
  const ExpiryPlan late = plan();
  put("refreshed", kNow + 60);
  region_.put("sessions", R"({"pk":{"S":"without"}})");
  region_.call("DeleteItem", R"({"TableName":"sessions","Key":{"pk":{"S":"deleted"}}})");
  carry_out(late);
  EXPECT_TRUE(exists("refreshed"));
  EXPECT_TRUE(exists("without"));
  EXPECT_FALSE(exists("gone"));
  EXPECT_TRUE(plan().steps.empty());
}

TEST_F(Expiry, NothingGoesOnceItIsDisabled) {
  enable();
  tick();
  put("a", kNow - 1);
  const ExpiryPlan late = plan();
  region_.clock().advance_ms(limits::kTimeToLiveChangeMs);
  set("false");
  carry_out(late);
  tick();
  EXPECT_TRUE(exists("a"));
}

TEST_F(Expiry, TheRecordNamesTheServiceAndTheSameVersionInEveryRegion) {
  enable();
  put("a", kNow - 1);
  const storage::TablePointer table = region_.store().catalog().snapshot()->find("sessions");
  tick();
  for (const auto& shard : table->shards) {
    storage::LogCursor from_start;
    from_start.epoch = region_.store().epoch();
    from_start.shard = shard.id;
    const auto entries = region_.store().change_log().read(from_start, 100, 1 << 20, storage::ReadTier::kAll);
    ASSERT_TRUE(entries.ok());
    if (entries->empty()) continue;
    ASSERT_EQ(entries->size(), 2U);
    const auto put = storage::decode_change_record((*entries)[0].bytes);
    const auto expiry = storage::decode_change_record((*entries)[1].bytes);
    ASSERT_TRUE(put.ok() && expiry.ok());
    EXPECT_EQ(expiry->kind, storage::ChangeKind::kRemove);
    EXPECT_EQ(expiry->version, (Version{put->version.clock + 1, RegionId("expiry")}));
    EXPECT_EQ(expiry->vector, put->vector);
    EXPECT_EQ(expiry->audit.principal, "dynamodb.amazonaws.com");
    EXPECT_EQ(expiry->origin.region, RegionId("eu-west-1"));
    return;
  }
  FAIL() << "no record";
}

TEST_F(Expiry, NoPlanStepsAgainOverWhatEarlierOnesErased) {
  auto counting = std::make_unique<CountingEngine>();
  const CountingEngine& engine = *counting;
  TestRegion region(nullptr, std::move(counting));
  region.create_table("sessions");
  region.call("UpdateTimeToLive",
              R"({"TableName":"sessions","TimeToLiveSpecification":{"AttributeName":"ttl","Enabled":true}})");
  const auto expirer = expirer_of(region.store());
  expirer->tick();
  const auto put = [&](const std::string& pk, std::uint64_t ttl) {
    region.put("sessions", fmt::format(R"({{"pk":{{"S":"{}"}},"ttl":{{"N":"{}"}}}})", pk, ttl));
  };
  const auto left = [&] { return read_page(region, "Scan", R"({"TableName":"sessions"})").items.size(); };
  constexpr std::size_t kItems = 4 * limits::kExpiryStepItems;
  for (std::size_t i = 0; i < kItems; ++i) put(fmt::format("item {}", i), kNow - 1000 + i % 500);
  expirer->tick();
  EXPECT_EQ(left(), 0U);
  for (int i = 0; i < 10; ++i) expirer->tick();
  EXPECT_LE(engine.stepped_over(), kItems);
  // What comes later, and is due before what was erased, goes as well.
  put("late", kNow - 2000);
  put("later", kNow - 1);
  expirer->tick();
  EXPECT_EQ(left(), 0U);
}

TEST_F(Expiry, TheThreadExpiresAndStopWaits) {
  enable();
  put("a", kNow - 1);
  const auto expirer = expirer_of(region_.store(), {.interval_ms = 1});
  expirer->start();
  while (exists("a")) std::this_thread::yield();
  expirer->stop();
  expirer->stop();
}

TEST_F(Expiry, ChangesAreCheckedInAwsWords) {
  const auto expect_change = [&](std::string_view specification, std::string_view answer) {
    region_.expect("UpdateTimeToLive",
                   fmt::format(R"({{"TableName":"sessions","TimeToLiveSpecification":{}}})", specification),
                   answer);
  };
  const std::string_view too_early =
      "validation: Time to live has been modified multiple times within a fixed interval";
  region_.expect(
      "UpdateTimeToLive", R"({"TableName":"sessions"})",
      "validation: 1 validation error detected: Value null at 'timeToLiveSpecification' failed to satisfy "
      "constraint: Member must not be null");
  expect_change(
      "{}",
      "validation: 1 validation error detected: Value null at 'timeToLiveSpecification.attributeName' "
      "failed to satisfy constraint: Member must not be null");
  expect_change(
      R"({"AttributeName":"ttl"})",
      "validation: 1 validation error detected: Value null at 'timeToLiveSpecification.enabled' failed to "
      "satisfy constraint: Member must not be null");
  expect_change(
      R"({"AttributeName":"","Enabled":true})",
      "validation: 1 validation error detected: Value '' at 'timeToLiveSpecification.attributeName' failed "
      "to satisfy constraint: Member must have length greater than or equal to 1");
  EXPECT_THAT(set("true", std::string(256, 'a')),
              testing::HasSubstr("Member must have length less than or equal to 255"));
  region_.expect("UpdateTimeToLive",
                 R"({"TableName":"none","TimeToLiveSpecification":{"AttributeName":"ttl","Enabled":true}})",
                 "resource_not_found: Requested resource not found: Table: none not found");
  region_.expect("DescribeTimeToLive", R"({"TableName":"none"})",
                 "resource_not_found: Requested resource not found: Table: none not found");
  EXPECT_EQ(set("false"), "validation: TimeToLive is already disabled");
  enable();
  EXPECT_EQ(set("true"), "validation: TimeToLive is already enabled");
  EXPECT_EQ(set("true", "other"),
            "validation: TimeToLive is active on a different AttributeName: current AttributeName is ttl");
  EXPECT_EQ(set("false", "other"),
            "validation: TimeToLive is active on a different AttributeName: current AttributeName is ttl");
  EXPECT_EQ(set("false"), too_early);
  region_.clock().advance_ms(limits::kTimeToLiveChangeMs - 1);
  EXPECT_EQ(set("false"), too_early);
  region_.clock().advance_ms(1);
  EXPECT_THAT(set("false"), testing::StartsWith("{"));
  EXPECT_EQ(set("true", "other"), too_early);
}

TEST_F(Expiry, AKeyAttributeMayBeTheSecond) {
  region_.create_table("events", "N");
  region_.expect("UpdateTimeToLive",
                 R"({"TableName":"events","TimeToLiveSpecification":{"AttributeName":"sk","Enabled":true}})",
                 R"({"TimeToLiveSpecification":{"Enabled":true,"AttributeName":"sk"}})");
  region_.put("events", fmt::format(R"({{"pk":{{"S":"a"}},"sk":{{"N":"{}"}}}})", kNow - 1));
  tick();
  EXPECT_THAT(region_.call("Scan", R"({"TableName":"events","Select":"COUNT"})"),
              testing::HasSubstr(R"("Count":0)"));
}

}  // namespace
}  // namespace gyre::operations
