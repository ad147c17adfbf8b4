// SPDX-License-Identifier: Apache-2.0
#include "core/operations/capacity/throttle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "core/base/limits.h"

namespace gyre::operations {
namespace {

constexpr auto kRead = CapacityKind::kRead;
constexpr auto kWrite = CapacityKind::kWrite;

TableSchema provisioned(std::uint64_t read_units, std::uint64_t write_units) {
  TableSchema table;
  table.id = TableId(7);
  table.name = "orders";
  table.billing_mode = BillingMode::kProvisioned;
  table.throughput.read_units = read_units;
  table.throughput.write_units = write_units;
  return table;
}

IndexSchema index_of(std::string name, std::uint64_t write_units) {
  IndexSchema index;
  index.id = IndexId(write_units + 100);
  index.name = std::move(name);
  index.throughput.write_units = write_units;
  return index;
}

class ThrottleTest : public testing::Test {
 protected:
  // How many requests of `units` are admitted now.
  int admitted(const TableSchema& table, CapacityKind kind, double units,
               const IndexSchema* index = nullptr) {
    int count = 0;
    while (count < 10'000 && throttle_.admit(table, index, kind).ok()) {
      throttle_.consume(table, index, kind, units);
      ++count;
    }
    return count;
  }

  ManualClock clock_{1'795'248'930'123};
  Throttle throttle_{clock_, RegionId("eu-west-1")};
};

TEST_F(ThrottleTest, ABucketHoldsThreeHundredSecondsAndFillsByTheSecond) {
  const TableSchema table = provisioned(2, 5);
  EXPECT_EQ(admitted(table, kWrite, 1), 1500);
  EXPECT_EQ(admitted(table, kRead, 0.5), 1200);
  EXPECT_EQ(admitted(table, kWrite, 1), 0);
  clock_.advance_ms(1000);
  EXPECT_EQ(admitted(table, kWrite, 1), 5);
  clock_.advance_ms(10'000);
  EXPECT_EQ(admitted(table, kWrite, 1), 50);
  clock_.advance_ms(1'000'000);
  EXPECT_EQ(admitted(table, kWrite, 1), 1500);
}

TEST_F(ThrottleTest, AnExpensiveRequestIsPaidBackBeforeTheNext) {
  const TableSchema table = provisioned(1, 1);
  throttle_.consume(table, nullptr, kWrite, 299.5);
  EXPECT_EQ(admitted(table, kWrite, 400), 1);
  clock_.advance_ms(399'000);
  EXPECT_EQ(admitted(table, kWrite, 1), 0);
  clock_.advance_ms(1000);
  EXPECT_EQ(admitted(table, kWrite, 1), 1);
}

TEST_F(ThrottleTest, WallTimeDoesNotMatter) {
  const TableSchema table = provisioned(1, 1);
  admitted(table, kWrite, 1);
  clock_.jump_to_ms(2'000'000'000'000);
  EXPECT_EQ(admitted(table, kWrite, 1), 0);
}

TEST_F(ThrottleTest, ARefusalNamesItsReasons) {
  const TableSchema table = provisioned(1, 1);
  admitted(table, kWrite, 1);
  const Error error = throttle_.admit(table, nullptr, kWrite).error();
  EXPECT_EQ(error.code, ErrorCode::kThroughputExceeded);
  EXPECT_EQ(error.message,
            "The level of configured provisioned throughput for the table was exceeded. Consider increasing "
            "your provisioning level with the UpdateTable API.");
  EXPECT_EQ(error.reply_members,
            R"("ThrottlingReasons":[{"reason":"TableWriteProvisionedThroughputExceeded",)"
            R"("resource":"arn:aws:dynamodb:eu-west-1:000000000000:table/orders"}])");
}

TEST_F(ThrottleTest, OnDemandTablesHaveCapsOrNothing) {
  TableSchema table = provisioned(0, 0);
  table.billing_mode = BillingMode::kPayPerRequest;
  EXPECT_EQ(admitted(table, kRead, 1000), 10'000);
  table.on_demand.read_units_max = 2;
  EXPECT_EQ(admitted(table, kRead, 1), 600);
  EXPECT_EQ(admitted(table, kWrite, 1000), 10'000);
  const Error error = throttle_.admit(table, nullptr, kRead).error();
  EXPECT_EQ(error.code, ErrorCode::kThrottled);
  EXPECT_EQ(error.message, "Throughput exceeds the maximum OnDemandThroughput configured on table or index");
  EXPECT_EQ(error.reply_members, R"("throttlingReasons":[{"reason":"TableReadMaxOnDemandThroughputExceeded",)"
                                 R"("resource":"arn:aws:dynamodb:eu-west-1:000000000000:table/orders"}])");
  table.on_demand = {};
  EXPECT_TRUE(throttle_.admit(table, nullptr, kRead).ok());
}

TEST_F(ThrottleTest, AChangeOfThroughputCountsAtOnce) {
  admitted(provisioned(1, 5), kWrite, 1);
  clock_.advance_ms(1000);
  EXPECT_EQ(admitted(provisioned(1, 100), kWrite, 1), 100);
  clock_.advance_ms(1'000'000);
  EXPECT_TRUE(throttle_.admit(provisioned(1, 100), nullptr, kWrite).ok());
  EXPECT_EQ(admitted(provisioned(1, 1), kWrite, 1), 300);
}

TEST_F(ThrottleTest, AGlobalIndexHoldsUpTheWritesOfItsTable) {
  TableSchema table = provisioned(10, 10);
  table.indexes = {index_of("slow", 1), index_of("fast", 10)};
  throttle_.consume(table, &table.indexes[0], kWrite, 300);
  const Error error = throttle_.admit(table, nullptr, kWrite).error();
  EXPECT_THAT(error.message, testing::StartsWith("The level of configured provisioned throughput for one or "
                                                 "more global secondary indexes of the table was exceeded."));
  EXPECT_EQ(error.reply_members,
            R"("ThrottlingReasons":[{"reason":"IndexWriteProvisionedThroughputExceeded",)"
            R"("resource":"arn:aws:dynamodb:eu-west-1:000000000000:table/orders/index/slow"}])");
  EXPECT_TRUE(throttle_.admit(table, nullptr, kRead).ok());
}

TEST_F(ThrottleTest, ALocalIndexIsPaidByItsTable) {
  TableSchema table = provisioned(1, 1);
  table.indexes = {index_of("local", 0)};
  table.indexes[0].local = true;
  EXPECT_EQ(admitted(table, kRead, 1, &table.indexes[0]), 300);
  EXPECT_FALSE(throttle_.admit(table, nullptr, kRead).ok());
}

TEST_F(ThrottleTest, IdleBucketsAreForgottenBeforeTheyBecomeTooMany) {
  TableSchema table = provisioned(1, 1);
  for (std::size_t i = 0; i < limits::kThrottleBucketsMax; ++i) {
    table.id = TableId(100 + i);
    throttle_.consume(table, nullptr, kWrite, 300);
  }
  clock_.advance_ms(limits::kBurstSeconds * 1000);
  EXPECT_EQ(admitted(provisioned(1, 1), kWrite, 1), 300);
  EXPECT_EQ(admitted(table, kWrite, 1), 300);
}

TEST_F(ThrottleTest, ThreadsShareABucket) {
  const TableSchema table = provisioned(10, 10);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 500; ++n) throttle_.consume(table, nullptr, kWrite, 1);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(admitted(table, kWrite, 1), 1000);
}

}  // namespace
}  // namespace gyre::operations
