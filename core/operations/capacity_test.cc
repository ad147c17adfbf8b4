// SPDX-License-Identifier: Apache-2.0
#include "core/operations/capacity/capacity.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "core/operations/capacity/collection_metrics.h"
#include "core/operations/index_examples_test.h"
#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kItem = R"({"pk":{"S":"p"},"sk":{"N":"1"},"a":{"S":"a"},"b":{"N":"1"}})";
constexpr std::string_view kKey = R"({"pk":{"S":"p"},"sk":{"N":"1"}})";

/// ConsumedCapacity of "table" with ReturnConsumedCapacity=INDEXES; `parts` are those of its indexes.
std::string consumed(double total, double table, std::string_view parts = "") {
  return fmt::format(R"({{"TableName":"table","CapacityUnits":{},"Table":{{"CapacityUnits":{}}}{}}})", total,
                     table, parts);
}

class Capacity : public testing::Test {
 protected:
  Capacity() { EXPECT_TRUE(region_.call("CreateTable", kTableOfIndexes).starts_with("{")); }

  void expect_put(std::string_view item, const std::string& answer) {
    region_.expect(
        "PutItem",
        fmt::format(R"({{"TableName":"table","Item":{},"ReturnConsumedCapacity":"INDEXES"}})", item),
        fmt::format(R"({{"ConsumedCapacity":{}}})", answer));
  }
  void expect_update(std::string_view update, const std::string& answer) {
    region_.expect("UpdateItem",
                   fmt::format(R"({{"TableName":"table","Key":{},{},"ReturnConsumedCapacity":"INDEXES"}})",
                               kKey, update),
                   fmt::format(R"({{"ConsumedCapacity":{}}})", answer));
  }

  TestRegion region_;
};

TEST_F(Capacity, AWritePaysForEachIndexThatTheItemComesInto) {
  expect_put(kItem, consumed(4, 1,
                             R"(,"LocalSecondaryIndexes":{"local":{"CapacityUnits":1}},
                                 "GlobalSecondaryIndexes":{"plain":{"CapacityUnits":1},"sorted":{"CapacityUnits":1}})"));
  expect_put(R"({"pk":{"S":"p"},"sk":{"N":"2"}})", consumed(1, 1));
}

TEST_F(Capacity, AnIndexPaysForWhatItHolds) {
  const std::string item =
      fmt::format(R"({{"pk":{{"S":"p"}},"sk":{{"N":"1"}},"a":{{"S":"a"}},"b":{{"N":"1"}},"w":{{"S":"{}"}}}})",
                  std::string(2048, 'w'));
  expect_put(item, consumed(8, 3,
                            R"(,"LocalSecondaryIndexes":{"local":{"CapacityUnits":1}},
                                "GlobalSecondaryIndexes":{"plain":{"CapacityUnits":3},"sorted":{"CapacityUnits":1}})"));
  // The larger of both sizes counts.
  expect_put(kItem, consumed(6, 3, R"(,"GlobalSecondaryIndexes":{"plain":{"CapacityUnits":3}})"));
}

TEST_F(Capacity, AnIndexWhoseEntryStaysAsItIsPaysNothing) {
  expect_put(kItem, consumed(4, 1,
                             R"(,"LocalSecondaryIndexes":{"local":{"CapacityUnits":1}},
                                 "GlobalSecondaryIndexes":{"plain":{"CapacityUnits":1},"sorted":{"CapacityUnits":1}})"));
  expect_put(kItem, consumed(1, 1));
  expect_update(R"("UpdateExpression":"SET w = :w","ExpressionAttributeValues":{":w":{"S":"w"}})",
                consumed(2, 1, R"(,"GlobalSecondaryIndexes":{"plain":{"CapacityUnits":1}})"));
}

TEST_F(Capacity, AnEntryThatMovesPaysTwice) {
  region_.put("table", kItem);
  expect_update(
      R"("UpdateExpression":"SET a = :a","ExpressionAttributeValues":{":a":{"S":"z"}})",
      consumed(5, 1,
               R"(,"GlobalSecondaryIndexes":{"plain":{"CapacityUnits":2},"sorted":{"CapacityUnits":2}})"));
  expect_update(
      R"("UpdateExpression":"REMOVE a")",
      consumed(3, 1,
               R"(,"GlobalSecondaryIndexes":{"plain":{"CapacityUnits":1},"sorted":{"CapacityUnits":1}})"));
}

TEST_F(Capacity, TotalIsOfTheTableAndItsIndexes) {
  region_.expect("PutItem",
                 fmt::format(R"({{"TableName":"table","Item":{},"ReturnConsumedCapacity":"TOTAL"}})", kItem),
                 R"({"ConsumedCapacity":{"TableName":"table","CapacityUnits":4}})");
  region_.expect("DeleteItem",
                 fmt::format(R"({{"TableName":"table","Key":{},"ReturnConsumedCapacity":"TOTAL"}})", kKey),
                 R"({"ConsumedCapacity":{"TableName":"table","CapacityUnits":4}})");
}

TEST_F(Capacity, BatchesAndTransactionsTellItByTable) {
  region_.expect(
      "BatchWriteItem",
      fmt::format(
          R"({{"RequestItems":{{"table":[{{"PutRequest":{{"Item":{}}}}}]}},"ReturnConsumedCapacity":"INDEXES"}})",
          kItem),
      fmt::format(R"({{"UnprocessedItems":{{}},"ConsumedCapacity":[{}]}})",
                  consumed(4, 1,
                           R"(,"LocalSecondaryIndexes":{"local":{"CapacityUnits":1}},
                       "GlobalSecondaryIndexes":{"plain":{"CapacityUnits":1},"sorted":{"CapacityUnits":1}})")));
  region_.expect(
      "TransactWriteItems",
      fmt::format(
          R"({{"TransactItems":[{{"Delete":{{"TableName":"table","Key":{}}}}}],"ReturnConsumedCapacity":"INDEXES"}})",
          kKey),
      R"({"ConsumedCapacity":[{"TableName":"table","CapacityUnits":5,"WriteCapacityUnits":5,
            "Table":{"CapacityUnits":2,"WriteCapacityUnits":2},
            "LocalSecondaryIndexes":{"local":{"CapacityUnits":1,"WriteCapacityUnits":1}},
            "GlobalSecondaryIndexes":{"plain":{"CapacityUnits":1,"WriteCapacityUnits":1},
                                      "sorted":{"CapacityUnits":1,"WriteCapacityUnits":1}}}]})");
}

// Twice at the table, once at each index: an entry that moves to another key costs two units, and no more.
TEST_F(Capacity, TransactionsPayOnceAtTheirIndexes) {
  region_.put("table", R"({"pk":{"S":"p"},"sk":{"N":"1"},"a":{"S":"a"}})");
  const std::string_view bill =
      R"("ConsumedCapacity":[{"TableName":"table","CapacityUnits":4,"WriteCapacityUnits":4,
          "Table":{"CapacityUnits":2,"WriteCapacityUnits":2},
          "GlobalSecondaryIndexes":{"plain":{"CapacityUnits":2,"WriteCapacityUnits":2}}}])";
  region_.expect(
      "TransactWriteItems",
      fmt::format(
          R"({{"TransactItems":[{{"Update":{{"TableName":"table","Key":{},"UpdateExpression":"SET a = :a",
          "ExpressionAttributeValues":{{":a":{{"S":"b"}}}}}}}}],"ReturnConsumedCapacity":"INDEXES"}})",
          kKey),
      fmt::format("{{{}}}", bill));
  region_.expect(
      "ExecuteTransaction",
      R"({"TransactStatements":[{"Statement":"UPDATE \"table\" SET a = 'c' WHERE pk = 'p' AND sk = 1"}],
                     "ReturnConsumedCapacity":"INDEXES"})",
      fmt::format(R"({{"Responses":[],{}}})", bill));
}

TEST_F(Capacity, PartiQlPaysTheSame) {
  region_.expect(
      "ExecuteStatement",
      R"({"Statement":"INSERT INTO \"table\" VALUE {'pk':'p','sk':1,'a':'a'}","ReturnConsumedCapacity":"INDEXES"})",
      fmt::format(R"({{"Items":[],"ConsumedCapacity":{}}})",
                  consumed(2, 1, R"(,"GlobalSecondaryIndexes":{"plain":{"CapacityUnits":1}})")));
}

TEST_F(Capacity, ReadsOfAnIndexPayThere) {
  region_.put("table", kItem);
  region_.expect(
      "Query",
      R"({"TableName":"table","IndexName":"plain","Select":"COUNT","KeyConditionExpression":"a = :a",
          "ExpressionAttributeValues":{":a":{"S":"a"}},"ReturnConsumedCapacity":"INDEXES"})",
      fmt::format(R"({{"Count":1,"ScannedCount":1,"ConsumedCapacity":{}}})",
                  consumed(0.5, 0, R"(,"GlobalSecondaryIndexes":{"plain":{"CapacityUnits":0.5}})")));
  region_.expect(
      "Scan",
      R"({"TableName":"table","IndexName":"local","Select":"COUNT","ConsistentRead":true,
                     "ReturnConsumedCapacity":"TOTAL"})",
      R"({"Count":1,"ScannedCount":1,"ConsumedCapacity":{"TableName":"table","CapacityUnits":1}})");
}

TEST_F(Capacity, WhatALocalIndexFetchesIsPaidItemByItem) {
  for (const int sk : {1, 2, 3}) {
    region_.put("table",
                fmt::format(R"({{"pk":{{"S":"p"}},"sk":{{"N":"{}"}},"b":{{"N":"1"}},"w":{{"S":"{}"}}}})", sk,
                            std::string(5000, 'w')));
  }
  region_.expect(
      "Query",
      R"({"TableName":"table","IndexName":"local","KeyConditionExpression":"pk = :p","FilterExpression":"w = :p",
          "ExpressionAttributeValues":{":p":{"S":"p"}},"ReturnConsumedCapacity":"INDEXES","ConsistentRead":true})",
      fmt::format(R"({{"Items":[],"Count":0,"ScannedCount":3,"ConsumedCapacity":{}}})",
                  consumed(7, 6, R"(,"LocalSecondaryIndexes":{"local":{"CapacityUnits":1}})")));
}

// --- ReturnItemCollectionMetrics ---

constexpr std::string_view kCollection =
    R"({"ItemCollectionKey":{"pk":{"S":"p"}},"SizeEstimateRangeGB":[0,1]})";

TEST_F(Capacity, WritesTellOfTheItemCollection) {
  region_.expect(
      "PutItem",
      fmt::format(R"({{"TableName":"table","Item":{},"ReturnItemCollectionMetrics":"SIZE"}})", kItem),
      fmt::format(R"({{"ItemCollectionMetrics":{}}})", kCollection));
  region_.expect(
      "DeleteItem",
      fmt::format(R"({{"TableName":"table","Key":{},"ReturnItemCollectionMetrics":"SIZE"}})", kKey),
      fmt::format(R"({{"ItemCollectionMetrics":{}}})", kCollection));
  region_.expect(
      "UpdateItem",
      fmt::format(R"({{"TableName":"table","Key":{},"ReturnItemCollectionMetrics":"NONE"}})", kKey), "{}");
}

TEST_F(Capacity, WritesOfManyItemsTellOfEachCollectionOnce) {
  region_.expect(
      "BatchWriteItem",
      fmt::format(R"({{"ReturnItemCollectionMetrics":"SIZE","RequestItems":{{"table":[
                     {{"PutRequest":{{"Item":{}}}}},{{"DeleteRequest":{{"Key":{{"pk":{{"S":"p"}},"sk":{{"N":"2"}}}}}}}}]}}}})",
                  kItem),
      fmt::format(R"({{"UnprocessedItems":{{}},"ItemCollectionMetrics":{{"table":[{}]}}}})", kCollection));
  region_.expect("TransactWriteItems",
                 fmt::format(R"-({{"ReturnItemCollectionMetrics":"SIZE","TransactItems":[
          {{"ConditionCheck":{{"TableName":"table","Key":{{"pk":{{"S":"q"}},"sk":{{"N":"1"}}}},
                               "ConditionExpression":"attribute_not_exists(pk)"}}}},
          {{"Delete":{{"TableName":"table","Key":{}}}}}]}})-",
                             kKey),
                 fmt::format(R"({{"ItemCollectionMetrics":{{"table":[{}]}}}})", kCollection));
}

TEST_F(Capacity, OnlyTablesWithLocalIndexesHaveCollections) {
  region_.create_table("plain");
  region_.expect("PutItem",
                 R"({"TableName":"plain","Item":{"pk":{"S":"a"}},"ReturnItemCollectionMetrics":"SIZE"})",
                 "{}");
}

TEST(CollectionSizes, AreToldInWholeGigabytes) {
  using Range = std::pair<std::uint64_t, std::uint64_t>;
  EXPECT_EQ(size_range_gb(0), Range(0, 1));
  EXPECT_EQ(size_range_gb((std::uint64_t{1} << 30) - 1), Range(0, 1));
  EXPECT_EQ(size_range_gb(std::uint64_t{7} << 30), Range(7, 8));
}

}  // namespace
}  // namespace gyre::operations
