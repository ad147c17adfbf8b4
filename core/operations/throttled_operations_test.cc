// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gmock/gmock.h>

#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Tables of one unit a second, so that a bucket holds 300; whatever is asked of them takes the same 300.
class ThrottledOperations : public testing::Test {
 protected:
  ThrottledOperations() {
    create("one");
    create("other");
  }

  void create(std::string_view name) {
    const std::string reply = region_.call("CreateTable", fmt::format(R"({{"TableName":"{}",
            "AttributeDefinitions":[{{"AttributeName":"pk","AttributeType":"S"}}],
            "KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}}],
            "ProvisionedThroughput":{{"ReadCapacityUnits":1,"WriteCapacityUnits":1}}}})",
                                                                      name));
    ASSERT_THAT(reply, StartsWith("{"));
  }
  // How many calls are answered before one is refused; the refusal is kept.
  int answered(std::string_view operation, std::string_view body) {
    for (int count = 0; count < 2000; ++count) {
      refusal_ = region_.call(operation, body);
      if (!refusal_.starts_with("{")) return count;
    }
    return 2000;
  }
  void expect_writes_refused() {
    EXPECT_EQ(
        refusal_,
        "throughput_exceeded: The level of configured provisioned throughput for the table was exceeded. "
        "Consider increasing your provisioning level with the UpdateTable API. "
        R"("ThrottlingReasons":[{"reason":"TableWriteProvisionedThroughputExceeded",)"
        R"("resource":"arn:aws:dynamodb:eu-west-1:000000000000:table/one"}])");
  }

  static constexpr std::string_view kPut = R"({"TableName":"one","Item":{"pk":{"S":"a"}}})";
  static constexpr std::string_view kGet =
      R"({"TableName":"one","Key":{"pk":{"S":"a"}},"ConsistentRead":true})";
  TestRegion region_{nullptr, nullptr, MessageStyle::kCurrent, true};
  std::string refusal_;
};

TEST_F(ThrottledOperations, WritesOfOneItemPayAndAreRefused) {
  EXPECT_EQ(answered("PutItem", kPut), 300);
  expect_writes_refused();
  EXPECT_EQ(answered("PutItem", R"({"TableName":"other","Item":{"pk":{"S":"a"}}})"), 300);
  region_.clock().advance_ms(2000);
  EXPECT_EQ(answered("DeleteItem", R"({"TableName":"one","Key":{"pk":{"S":"a"}}})"), 2);
  region_.clock().advance_ms(3000);
  EXPECT_EQ(answered("UpdateItem", R"({"TableName":"one","Key":{"pk":{"S":"b"}}})"), 3);
  expect_writes_refused();
}

TEST_F(ThrottledOperations, AConditionThatFailsIsPaidToo) {
  constexpr std::string_view kOnlyIfThere = R"-({"TableName":"one","Item":{"pk":{"S":"a"}},
      "ConditionExpression":"attribute_exists(pk)"})-";
  int failed = 0;
  while (failed < 2000 && region_.call("PutItem", kOnlyIfThere).starts_with("conditional_check_failed")) {
    ++failed;
  }
  EXPECT_EQ(failed, 300);
}

TEST_F(ThrottledOperations, AWritePaysForTheLargerItem) {
  region_.put("one",
              fmt::format(R"({{"pk":{{"S":"a"}},"v":{{"S":"{}"}}}})", std::string(100 * 1024 - 4, 'x')));
  EXPECT_EQ(answered("PutItem", kPut), 101);  // the first one replaces 100 KB
}

TEST_F(ThrottledOperations, ReadsPayByConsistency) {
  EXPECT_EQ(answered("GetItem", kGet), 300);
  EXPECT_THAT(refusal_, HasSubstr("TableReadProvisionedThroughputExceeded"));
  region_.clock().advance_ms(10'000);
  EXPECT_EQ(answered("GetItem", R"({"TableName":"one","Key":{"pk":{"S":"a"}}})"), 20);
  region_.clock().advance_ms(10'000);
  EXPECT_EQ(answered("Scan", R"({"TableName":"one"})"), 20);
  region_.clock().advance_ms(10'000);
  EXPECT_EQ(answered("Query", R"({"TableName":"one","KeyConditionExpression":"pk = :a",
                        "ExpressionAttributeValues":{":a":{"S":"a"}},"ConsistentRead":true})"),
            10);
  region_.clock().advance_ms(10'000);
  EXPECT_EQ(answered("ExecuteStatement", R"({"Statement":"SELECT * FROM one WHERE pk = 'a'"})"), 20);
}

TEST_F(ThrottledOperations, TransactionsPayTwiceAndAreCancelled) {
  constexpr std::string_view kWrite =
      R"({"TransactItems":[{"Put":{"TableName":"one","Item":{"pk":{"S":"a"}}}},
      {"Put":{"TableName":"other","Item":{"pk":{"S":"a"}}}}]})";
  EXPECT_EQ(answered("TransactWriteItems", kWrite), 150);
  EXPECT_THAT(refusal_, HasSubstr("[ProvisionedThroughputExceeded, ProvisionedThroughputExceeded]"));
  constexpr std::string_view kRead =
      R"({"TransactItems":[{"Get":{"TableName":"one","Key":{"pk":{"S":"a"}}}}]})";
  EXPECT_EQ(answered("TransactGetItems", kRead), 150);
  EXPECT_THAT(refusal_, HasSubstr("[ProvisionedThroughputExceeded]"));
}

TEST_F(ThrottledOperations, ABatchWritesWhatThereIsCapacityFor) {
  for (int i = 0; i < 298; ++i) region_.call("PutItem", kPut);
  constexpr std::string_view kBatch = R"({"RequestItems":{"one":[
      {"PutRequest":{"Item":{"pk":{"S":"b"},"v":{"N":"1"}}}},{"DeleteRequest":{"Key":{"pk":{"S":"a"}}}},
      {"PutRequest":{"Item":{"pk":{"S":"c"},"v":{"N":"3"}}}},{"DeleteRequest":{"Key":{"pk":{"S":"d"}}}}]}})";
  region_.expect("BatchWriteItem", kBatch, R"({"UnprocessedItems":{"one":[
      {"PutRequest":{"Item":{"pk":{"S":"c"},"v":{"N":"3"}}}},{"DeleteRequest":{"Key":{"pk":{"S":"d"}}}}]}})");
  region_.expect("Scan", R"({"TableName":"one","Select":"COUNT"})", R"({"Count":1,"ScannedCount":1})");
  EXPECT_THAT(region_.call("BatchWriteItem", kBatch), StartsWith("throughput_exceeded"));
  region_.clock().advance_ms(4000);
  region_.expect("BatchWriteItem", kBatch, R"({"UnprocessedItems":{}})");
}

TEST_F(ThrottledOperations, ABatchReadsWhatThereIsCapacityFor) {
  region_.put("one", R"({"pk":{"S":"a"}})");
  region_.put("one", R"({"pk":{"S":"b"}})");
  for (int i = 0; i < 299; ++i) region_.call("GetItem", kGet);
  constexpr std::string_view kBatch = R"({"RequestItems":{"one":{"ConsistentRead":true,
      "Keys":[{"pk":{"S":"a"}},{"pk":{"S":"b"}}]}}})";
  region_.expect("BatchGetItem", kBatch, R"({"Responses":{"one":[{"pk":{"S":"a"}}]},
      "UnprocessedKeys":{"one":{"ConsistentRead":true,"Keys":[{"pk":{"S":"b"}}]}}})");
  EXPECT_THAT(region_.call("BatchGetItem", kBatch), StartsWith("throughput_exceeded"));
  region_.clock().advance_ms(2000);
  EXPECT_THAT(region_.call("BatchGetItem", kBatch), HasSubstr(R"("UnprocessedKeys":{})"));
}

TEST_F(ThrottledOperations, StatementsOfABatchFailEachForItself) {
  EXPECT_EQ(answered("PutItem", kPut), 300);
  const std::string reply = region_.call("BatchExecuteStatement", R"({"Statements":[
      {"Statement":"DELETE FROM one WHERE pk = 'a'"},{"Statement":"DELETE FROM other WHERE pk = 'a'"}]})");
  EXPECT_THAT(reply, HasSubstr(R"("Code":"ProvisionedThroughputExceeded")"));
  EXPECT_THAT(reply, HasSubstr(R"({"TableName":"other"})"));
}

// A table of 10 and 10 units, whose index over "n" has `units` of each.
class ThrottledIndex : public ThrottledOperations {
 protected:
  ThrottledIndex() {
    const std::string reply = region_.call("CreateTable", R"({"TableName":"indexed",
        "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"n","AttributeType":"N"}],
        "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
        "ProvisionedThroughput":{"ReadCapacityUnits":10,"WriteCapacityUnits":10},
        "GlobalSecondaryIndexes":[{"IndexName":"by-n","KeySchema":[{"AttributeName":"n","KeyType":"HASH"}],
            "Projection":{"ProjectionType":"KEYS_ONLY"},
            "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}}]})");
    EXPECT_THAT(reply, StartsWith("{"));
  }
  // Of at most 500.
  int puts(bool moves_in_index) {
    for (int i = 0; i < 500; ++i) {
      const int n = moves_in_index ? i : 0;
      refusal_ = region_.call("PutItem", fmt::format(R"({{"TableName":"indexed",
          "Item":{{"pk":{{"S":"a"}},"n":{{"N":"{}"}},"v":{{"N":"{}"}}}}}})",
                                                     n, i));
      if (!refusal_.starts_with("{")) return i;
    }
    return 500;
  }
};

TEST_F(ThrottledIndex, WritesThatChangeTheIndexPayThereAsWell) {
  // The first put writes one entry, each of the others removes one and writes another.
  EXPECT_EQ(puts(true), 151);
  EXPECT_THAT(refusal_,
              HasSubstr(R"("reason":"IndexWriteProvisionedThroughputExceeded",)"
                        R"("resource":"arn:aws:dynamodb:eu-west-1:000000000000:table/indexed/index/by-n")"));
}

TEST_F(ThrottledIndex, WritesThatLeaveTheEntryAlonePayTheTableOnly) {
  EXPECT_EQ(puts(false), 500);
}

TEST_F(ThrottledIndex, ReadsOfTheIndexPayThere) {
  EXPECT_EQ(answered("Scan", R"({"TableName":"indexed","IndexName":"by-n"})"), 600);
  EXPECT_THAT(refusal_, HasSubstr("IndexReadProvisionedThroughputExceeded"));
  EXPECT_THAT(region_.call("Scan", R"({"TableName":"indexed"})"), StartsWith("{"));
}

TEST_F(ThrottledOperations, ThroughputThatIsRaisedCountsAtOnce) {
  EXPECT_EQ(answered("PutItem", kPut), 300);
  region_.call("UpdateTable", R"({"TableName":"one",
      "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":100}})");
  region_.clock().advance_ms(1000);
  EXPECT_EQ(answered("PutItem", kPut), 100);
}

TEST(Throttling, IsOffUnlessItIsAskedFor) {
  TestRegion region;
  region.call("CreateTable",
              R"({"TableName":"one","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
      "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}})");
  for (int i = 0; i < 400; ++i) region.put("one", R"({"pk":{"S":"a"}})");
}

TEST_F(ThrottledOperations, AnIndexIsHeldToItsOwnCaps) {
  const std::string reply =
      region_.call("CreateTable", R"({"TableName":"capped","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"a","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
      "GlobalSecondaryIndexes":[{"IndexName":"idx","KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],
        "Projection":{"ProjectionType":"ALL"},"OnDemandThroughput":{"MaxReadRequestUnits":1}}]})");
  ASSERT_THAT(reply, StartsWith("{"));
  EXPECT_EQ(answered("Scan", R"({"TableName":"capped","IndexName":"idx"})"), 600);
  EXPECT_EQ(refusal_,
            "throttled: Throughput exceeds the maximum OnDemandThroughput configured on table or index "
            R"("throttlingReasons":[{"reason":"IndexReadMaxOnDemandThroughputExceeded",)"
            R"("resource":"arn:aws:dynamodb:eu-west-1:000000000000:table/capped/index/idx"}])");
  EXPECT_EQ(answered("Scan", R"({"TableName":"capped"})"), 2000);
  region_.call("UpdateTable",
               R"({"TableName":"capped","GlobalSecondaryIndexUpdates":[{"Update":{"IndexName":"idx",
      "OnDemandThroughput":{"MaxReadRequestUnits":-1,"MaxWriteRequestUnits":1}}}]})");
  EXPECT_EQ(answered("Scan", R"({"TableName":"capped","IndexName":"idx"})"), 2000);
  int written = 0;
  while (
      written < 2000 &&
      region_.call("PutItem",
                   fmt::format(R"({{"TableName":"capped","Item":{{"pk":{{"S":"{0}"}},"a":{{"S":"{0}"}}}}}})",
                               written)) == "{}") {
    ++written;
  }
  EXPECT_EQ(written, 300) << "the writes of a table wait for its indexes";
}

}  // namespace
}  // namespace gyre::operations
