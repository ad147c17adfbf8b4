// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gmock/gmock.h>

#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kOnDemand = R"("BillingMode":"PAY_PER_REQUEST")";

std::string invalid(std::string_view what) {
  return fmt::format("validation: One or more parameter values were invalid: {}", what);
}
std::string units(int read, int write) {
  return fmt::format(R"("ProvisionedThroughput":{{"ReadCapacityUnits":{},"WriteCapacityUnits":{}}})", read,
                     write);
}
std::string caps(std::string_view members) {
  return fmt::format(R"("OnDemandThroughput":{{{}}})", members);
}
std::string warm(std::string_view members) {
  return fmt::format(R"("WarmThroughput":{{{}}})", members);
}

/// A table "table" with a global index "idx".
class IndexCapacity : public testing::Test {
 protected:
  /// `index`: members of its definition.
  std::string create(std::string_view table, std::string_view index = "") {
    return region_.call("CreateTable", fmt::format(R"({{"TableName":"table",{},
            "AttributeDefinitions":[{{"AttributeName":"pk","AttributeType":"S"}}],
            "KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}}],
            "GlobalSecondaryIndexes":[{{"IndexName":"idx","KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}}],
              "Projection":{{"ProjectionType":"ALL"}}{}{}}}]}})",
                                                   table, index.empty() ? "" : ",", index));
  }
  std::string update(std::string_view members) {
    return region_.call("UpdateTable", fmt::format(R"({{"TableName":"table",{}}})", members));
  }
  /// `change`: members of what is asked of the index.
  std::string update_index(std::string_view change, std::string_view more = "") {
    return update(fmt::format(R"("GlobalSecondaryIndexUpdates":[{{"Update":{{"IndexName":"idx"{}{}}}}}]{}{})",
                              change.empty() ? "" : ",", change, more.empty() ? "" : ",", more));
  }
  std::string provision(int read, int write) { return update_index(units(read, write)); }
  std::string create_another(std::string_view members) {
    return update(fmt::format(
        R"("AttributeDefinitions":[{{"AttributeName":"pk","AttributeType":"S"}}],
           "GlobalSecondaryIndexUpdates":[{{"Create":{{"IndexName":"two","Projection":{{"ProjectionType":"ALL"}},
             "KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}}],{}}}}}])",
        members));
  }
  /// What DescribeTable says of the index, from its status on.
  std::string index() { return part_from(region_.call("DescribeTable", R"({"TableName":"table"})")); }
  static std::string part_from(std::string_view reply) {
    const std::size_t start = reply.find(R"("IndexStatus")");
    return std::string(start == std::string_view::npos ? reply : reply.substr(start));
  }

  TestRegion region_;
};

TEST_F(IndexCapacity, AnIndexHasCapsOfItsOwn) {
  EXPECT_THAT(part_from(create(fmt::format("{},{}", kOnDemand, caps(R"("MaxReadRequestUnits":10)")),
                               caps(R"("MaxReadRequestUnits":100)"))),
              HasSubstr(R"("OnDemandThroughput":{"MaxReadRequestUnits":100})"));
  EXPECT_THAT(
      update_index(caps(R"("MaxWriteRequestUnits":50)")),
      AllOf(HasSubstr(R"("TableStatus":"ACTIVE")"), HasSubstr(R"("IndexStatus":"UPDATING")"),
            HasSubstr(R"("OnDemandThroughput":{"MaxReadRequestUnits":100,"MaxWriteRequestUnits":50})")));
  EXPECT_THAT(index(), AllOf(StartsWith(R"("IndexStatus":"ACTIVE")"),
                             HasSubstr(R"({"MaxReadRequestUnits":100,"MaxWriteRequestUnits":50})")));
  EXPECT_THAT(update_index(caps(R"("MaxWriteRequestUnits":50)")), StartsWith("{")) << "no change is none";
  update_index(caps(R"("MaxReadRequestUnits":-1)"));
  EXPECT_THAT(index(), HasSubstr(R"("OnDemandThroughput":{"MaxWriteRequestUnits":50})"));
  update_index(caps(R"("MaxReadRequestUnits":-1,"MaxWriteRequestUnits":-1)"));
  EXPECT_THAT(index(), Not(HasSubstr("OnDemandThroughput")));
}

TEST_F(IndexCapacity, CapsThatCannotBeAreRefused) {
  const std::string range = invalid(
      "Requested MaxReadRequestUnits for OnDemandThroughput for index : idx is outside of valid range");
  for (const int read : {0, -1, -2}) {
    EXPECT_EQ(create(kOnDemand, caps(fmt::format(R"("MaxReadRequestUnits":{})", read))), range);
  }
  EXPECT_EQ(
      create(units(5, 5), units(5, 5) + "," + caps(R"("MaxWriteRequestUnits":1)")),
      invalid("MaxWriteRequestUnits for OnDemandThroughput for index: idx cannot be specified when table "
              "BillingMode is PROVISIONED."));
  EXPECT_THAT(create(kOnDemand, caps("")), StartsWith("{")) << "says nothing";
  EXPECT_EQ(update_index(caps(R"("MaxReadRequestUnits":0)")), range);
  EXPECT_EQ(
      update_index(caps(R"("MaxWriteRequestUnits":40001)")),
      "limit_exceeded: Subscriber limit exceeded: Requested MaxWriteRequestUnits for OnDemandThroughput for "
      "index : idx exceeds TableMaxWriteCapacityUnits of the account in region eu-west-1");
  const std::string only = invalid(
      "The only Updates for index: idx when TableThroughputMode is PAY_PER_REQUEST can be to "
      "OnDemandThroughput, "
      "WarmThroughput");
  EXPECT_EQ(update_index(caps("")), only);
  EXPECT_EQ(update_index(""), only);
  EXPECT_EQ(update_index(units(1, 1) + "," + caps(R"("MaxReadRequestUnits":9)")), only);
}

TEST_F(IndexCapacity, CapsGoWithTheModeThatHasThem) {
  create(kOnDemand, caps(R"("MaxReadRequestUnits":100)"));
  update_index(units(5, 5), fmt::format(R"("BillingMode":"PROVISIONED",{})", units(5, 5)));
  EXPECT_THAT(index(), Not(HasSubstr("OnDemandThroughput")));
  EXPECT_EQ(
      update_index(caps(R"("MaxReadRequestUnits":9)")),
      invalid("MaxReadRequestUnits for OnDemandThroughput for index : idx cannot be specified when the table "
              "BillingMode is PROVISIONED"));
  update_index(caps(R"("MaxReadRequestUnits":9)"), kOnDemand);
  EXPECT_THAT(index(), HasSubstr(R"("OnDemandThroughput":{"MaxReadRequestUnits":9})"));
}

TEST_F(IndexCapacity, WarmThroughputNeverFalls) {
  EXPECT_THAT(part_from(create(units(5, 5), units(5, 5))), Not(HasSubstr("WarmThroughput")));
  EXPECT_THAT(index(), HasSubstr(R"("WarmThroughput":{"ReadUnitsPerSecond":5,"WriteUnitsPerSecond":5,)"));
  provision(30, 5);
  provision(5, 5);
  EXPECT_THAT(index(), HasSubstr(R"("ReadUnitsPerSecond":30,"WriteUnitsPerSecond":5,"Status":"ACTIVE")"));
  EXPECT_EQ(update_index(warm(R"("ReadUnitsPerSecond":29)")),
            invalid("Requested ReadUnitsPerSecond for WarmThroughput for index idx is lower than current "
                    "WarmThroughput, decreasing WarmThroughput is not supported"));
  EXPECT_THAT(update_index(warm(R"("WriteUnitsPerSecond":50)")),
              AllOf(HasSubstr(R"("TableStatus":"ACTIVE")"), HasSubstr(R"("IndexStatus":"ACTIVE")"),
                    HasSubstr(R"("ReadUnitsPerSecond":30,"WriteUnitsPerSecond":5,"Status":"UPDATING")")));
  EXPECT_THAT(index(), HasSubstr(R"("ReadUnitsPerSecond":30,"WriteUnitsPerSecond":50,"Status":"ACTIVE")"));
  update(kOnDemand);
  EXPECT_THAT(index(), HasSubstr(R"("ReadUnitsPerSecond":12000,"WriteUnitsPerSecond":4000,)"));
  EXPECT_EQ(
      update_index(warm(R"("WriteUnitsPerSecond":40001)")),
      "limit_exceeded: Subscriber limit exceeded: Requested WriteUnitsPerSecond for WarmThroughput for index "
      "idx exceeds TableMaxWriteCapacityUnits of the account in region eu-west-1");
}

TEST_F(IndexCapacity, ANewIndexIsAtLeastAsWarmAsItMustBe) {
  EXPECT_THAT(
      create(kOnDemand, warm(R"("ReadUnitsPerSecond":11999)")),
      StartsWith(invalid("Requested ReadUnitsPerSecond for WarmThroughput for index idx is lower than "
                         "initial throughput for OnDemand. See: https://docs.aws.amazon.com/")));
  EXPECT_EQ(create(units(5, 5), units(5, 5) + "," + warm(R"("WriteUnitsPerSecond":4)")),
            invalid("Requested WriteUnitsPerSecond for WarmThroughput for index idx is lower than "
                    "WriteCapacityUnits of ProvisionedThroughput"));
  create(kOnDemand, warm(R"("ReadUnitsPerSecond":13000)"));
  EXPECT_THAT(index(),
              HasSubstr(R"("ReadUnitsPerSecond":13000,"WriteUnitsPerSecond":4000,"Status":"ACTIVE")"));
}

TEST_F(IndexCapacity, WarmThroughputMustSayHowMuch) {
  const std::string empty = invalid(
      "WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified for "
      "index: "
      "idx");
  EXPECT_EQ(update_index(warm("")), empty) << "whether there is a table or not";
  EXPECT_THAT(create(kOnDemand, warm("")), StartsWith("{"));
  EXPECT_EQ(update_index(warm("")), empty);
}

TEST_F(IndexCapacity, AnIndexThatIsAddedHasItsCapacityAtOnce) {
  create(kOnDemand);
  EXPECT_EQ(
      create_another(caps(R"("MaxReadRequestUnits":0)")),
      invalid("Requested MaxReadRequestUnits for OnDemandThroughput for index : two is outside of valid "
              "range"));
  EXPECT_THAT(
      create_another(caps(R"("MaxReadRequestUnits":7)") + "," + warm(R"("ReadUnitsPerSecond":12500)")),
      AllOf(
          HasSubstr(R"("TableStatus":"UPDATING")"),
          HasSubstr(
              R"("OnDemandThroughput":{"MaxReadRequestUnits":7},)"
              R"("WarmThroughput":{"ReadUnitsPerSecond":12500,"WriteUnitsPerSecond":4000,"Status":"UPDATING"})")));
  EXPECT_EQ(
      update(caps(R"("MaxReadRequestUnits":7)")),
      "resource_in_use: Attempt to change a resource which is still in use: OnDemandThroughput cannot be "
      "updated while index creation is in progress for indexes: [two]");
  region_.build_indexes();
  EXPECT_THAT(region_.call("DescribeTable", R"({"TableName":"table"})"),
              HasSubstr(R"("ReadUnitsPerSecond":12500,"WriteUnitsPerSecond":4000,"Status":"ACTIVE")"));
  update(R"("GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"two"}}])");
  EXPECT_EQ(
      update(caps(R"("MaxReadRequestUnits":7)")),
      "resource_in_use: Attempt to change a resource which is still in use: OnDemandThroughput cannot be "
      "updated while index deletion is in progress for indexes: [two]");
}

TEST_F(IndexCapacity, TheQuotaOfATableHoldsForEachIndex) {
  const std::string_view beyond =
      "limit_exceeded: The requested ReadCapacityUnits for index idx, 40001, is above the per index maximum "
      "for "
      "the account in eu-west-1. Per table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for "
      "current limits and how to request higher limits.";
  EXPECT_EQ(create(units(5, 5), units(40'001, 5)), beyond);
  EXPECT_THAT(create(units(40'000, 5), units(40'000, 5)), StartsWith("{")) << "not added up";
  EXPECT_EQ(provision(40'001, 5), beyond);
  EXPECT_THAT(create_another(units(5, 40'001)),
              StartsWith("limit_exceeded: The requested WriteCapacityUnits for index two, 40001, is above"));
}

TEST_F(IndexCapacity, DecreasesAreCountedForEachIndex) {
  create(units(100, 100), units(100, 100));
  for (int n = 99; n > 95; --n) EXPECT_THAT(provision(n, n), StartsWith("{"));
  EXPECT_THAT(
      provision(50, 200),
      StartsWith("limit_exceeded: Subscriber limit exceeded: Provisioned throughput decreases are limited "
                 "within a given UTC day. After the first 4 decreases,"));
  EXPECT_THAT(index(), HasSubstr(R"("NumberOfDecreasesToday":4,"ReadCapacityUnits":96)"));
  EXPECT_THAT(update(units(50, 50)), StartsWith("{")) << "the table has its own";
  EXPECT_THAT(update_index(units(10, 10), units(40, 40)), StartsWith("limit_exceeded"))
      << "and then nothing is done";
  EXPECT_THAT(region_.call("DescribeTable", R"({"TableName":"table"})"),
              HasSubstr(R"("ReadCapacityUnits":50)"));
  EXPECT_THAT(provision(200, 200), StartsWith("{"));
}

TEST_F(IndexCapacity, TheReplyShowsTheThroughputAsItWasBefore) {
  create(units(5, 5), units(5, 5));
  EXPECT_EQ(
      provision(5, 5),
      "validation: The provisioned throughput for the index idx will not change. The requested value equals "
      "the current value. Current ReadCapacityUnits provisioned for index idx: 5. Requested "
      "ReadCapacityUnits: 5. Current WriteCapacityUnits provisioned for index idx: 5. Requested "
      "WriteCapacityUnits: 5. Refer to the Amazon DynamoDB Developer Guide for current limits and how to "
      "request higher limits.");
  const std::string reply = provision(7, 4);
  EXPECT_THAT(reply, HasSubstr(R"("TableStatus":"ACTIVE")"));
  EXPECT_THAT(part_from(reply), AllOf(StartsWith(R"("IndexStatus":"UPDATING")"),
                                      HasSubstr(R"("ReadCapacityUnits":5,"WriteCapacityUnits":5)")));
  EXPECT_THAT(index(),
              AllOf(StartsWith(R"("IndexStatus":"ACTIVE")"),
                    HasSubstr(R"("NumberOfDecreasesToday":1,"ReadCapacityUnits":7,"WriteCapacityUnits":4)")));
}

}  // namespace
}  // namespace gyre::operations
