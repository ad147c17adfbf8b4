// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "core/operations/forwarding_engine_test.h"
#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

TEST(Batches, WriteAndReadAcrossTables) {
  TestRegion region;
  region.create_table("one");
  region.create_table("two", "N");
  region.put("one", R"({"pk":{"S":"old"}})");
  region.expect("BatchWriteItem",
                R"({"RequestItems":{
                      "one":[{"PutRequest":{"Item":{"pk":{"S":"a"},"v":{"N":"1"}}}},
                             {"DeleteRequest":{"Key":{"pk":{"S":"old"}}}}],
                      "two":[{"PutRequest":{"Item":{"pk":{"S":"b"},"sk":{"N":"7"}}}}]},
                    "ReturnConsumedCapacity":"TOTAL"})",
                R"({"UnprocessedItems":{},"ConsumedCapacity":[{"TableName":"one","CapacityUnits":2},
                                                              {"TableName":"two","CapacityUnits":1}]})");
  region.expect(
      "BatchGetItem",
      R"({"RequestItems":{
                      "one":{"Keys":[{"pk":{"S":"old"}},{"pk":{"S":"a"}}],"ProjectionExpression":"v"},
                      "two":{"Keys":[{"pk":{"S":"b"},"sk":{"N":"7.0"}}],"ConsistentRead":true}},
                    "ReturnConsumedCapacity":"TOTAL"})",
      R"({"Responses":{"one":[{"v":{"N":"1"}}],"two":[{"pk":{"S":"b"},"sk":{"N":"7"}}]},"UnprocessedKeys":{},
                    "ConsumedCapacity":[{"TableName":"one","CapacityUnits":1},{"TableName":"two","CapacityUnits":1}]})");
}

class LargestBatch final : public ForwardingEngine {
 public:
  explicit LargestBatch(std::atomic<std::size_t>& bytes) : bytes_(bytes) {}
  Status apply(std::span<const storage::RowChange> changes) override {
    std::size_t bytes = 0;
    for (const storage::RowChange& change : changes) bytes += change.key.size() + change.value.size();
    bytes_ = std::max(bytes_.load(), bytes);
    return ForwardingEngine::apply(changes);
  }

 private:
  std::atomic<std::size_t>& bytes_;
};

// 25 items of 390 KB, each in 20 indexes: all at once would be 220 MB.
TEST(Batches, LargeWritesAreSpreadOverBatchesOfTheWriter) {
  std::atomic<std::size_t> bytes = 0;
  TestRegion region(nullptr, std::make_unique<LargestBatch>(bytes));
  std::string indexes;
  std::string attributes;
  std::string keys;
  for (int i = 0; i < 20; ++i) {
    indexes +=
        fmt::format(R"({}{{"IndexName":"index{}","KeySchema":[{{"AttributeName":"k{}","KeyType":"HASH"}}],)"
                    R"("Projection":{{"ProjectionType":"ALL"}}}})",
                    i == 0 ? "" : ",", i, i);
    attributes += fmt::format(R"(,{{"AttributeName":"k{}","AttributeType":"S"}})", i);
    keys += fmt::format(R"("k{}":{{"S":"x"}},)", i);
  }
  region.call("CreateTable",
              fmt::format(R"({{"TableName":"wide","BillingMode":"PAY_PER_REQUEST",)"
                          R"("KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}}],)"
                          R"("AttributeDefinitions":[{{"AttributeName":"pk","AttributeType":"S"}}{}],)"
                          R"("GlobalSecondaryIndexes":[{}]}})",
                          attributes, indexes));
  std::string puts;
  for (int i = 0; i < 25; ++i) {
    puts += fmt::format(R"({}{{"PutRequest":{{"Item":{{{}"pk":{{"S":"{}"}},"v":{{"S":"{}"}}}}}}}})",
                        i == 0 ? "" : ",", keys, i, std::string(390'000, 'v'));
  }
  region.expect("BatchWriteItem", fmt::format(R"({{"RequestItems":{{"wide":[{}]}}}})", puts),
                R"({"UnprocessedItems":{}})");
  EXPECT_LT(bytes, 4 * limits::kWriterBatchBytesMax);
  for (int i = 0; i < 25; ++i) {
    region.expect(
        "GetItem",
        fmt::format(R"({{"TableName":"wide","Key":{{"pk":{{"S":"{}"}}}},"ProjectionExpression":"k0"}})", i),
        R"({"Item":{"k0":{"S":"x"}}})");
  }
}

TEST(Batches, BelowTheDiskFloorDeletesAreDone) {
  auto engine = std::make_unique<ForwardingEngine>();
  storage::MemoryEngine& memory = engine->memory();
  TestRegion region(nullptr, std::move(engine));
  region.create_table("full");
  for (const char* pk : {"a", "b", "c", "d"}) region.put("full", fmt::format(R"({{"pk":{{"S":"{}"}}}})", pk));
  memory.set_free_bytes(limits::kDiskFloorBytes / 4);
  region.clock().advance_ms(limits::kDiskCheckMs);
  const std::string refused =
      "unavailable: the store is almost full: writes are refused until space is freed";
  region.expect("PutItem", R"({"TableName":"full","Item":{"pk":{"S":"new"}}})", refused);
  region.expect("DeleteItem", R"({"TableName":"full","Key":{"pk":{"S":"a"}}})", "{}");
  region.expect("BatchWriteItem",
                R"({"RequestItems":{"full":[{"PutRequest":{"Item":{"pk":{"S":"new"}}}},
                                            {"DeleteRequest":{"Key":{"pk":{"S":"b"}}}}]}})",
                refused);
  region.expect("BatchWriteItem", R"({"RequestItems":{"full":[{"DeleteRequest":{"Key":{"pk":{"S":"c"}}}}]}})",
                R"({"UnprocessedItems":{}})");
  region.expect("Scan", R"({"TableName":"full","Select":"COUNT"})", R"({"Count":1,"ScannedCount":1})");
  region.expect("TransactWriteItems",
                R"({"TransactItems":[{"Delete":{"TableName":"full","Key":{"pk":{"S":"d"}}}}],
                    "ClientRequestToken":"token"})",
                "{}");
  region.expect("Scan", R"({"TableName":"full","Select":"COUNT"})", R"({"Count":0,"ScannedCount":0})");
  EXPECT_EQ(region.call("DeleteTable", R"({"TableName":"full"})").find("unavailable"), std::string::npos);
  region.expect("ListTables", "{}", R"({"TableNames":[]})");
}

TEST(Batches, KeysBeyond16MegabytesComeBackUnprocessed) {
  TestRegion region;
  region.create_table("big");
  const std::string text(400'000, 'x');
  std::string keys;
  for (int i = 0; i < 45; ++i) {
    region.put("big", fmt::format(R"({{"pk":{{"S":"{:02}"}},"v":{{"S":"{}"}}}})", i, text));
    keys += fmt::format(R"({}{{"pk":{{"S":"{:02}"}}}})", i == 0 ? "" : ",", i);
  }
  const std::string reply = region.call(
      "BatchGetItem",
      R"({"RequestItems":{"big":{"Keys":[)" + keys +
          R"(],"ConsistentRead":true,"ProjectionExpression":"#p","ExpressionAttributeNames":{"#p":"pk"}}}})");
  // The 42nd item would be more than 16 MB, as items are before the projection.
  const std::size_t unprocessed = reply.find("UnprocessedKeys");
  ASSERT_NE(unprocessed, std::string::npos) << reply.substr(0, 200);
  EXPECT_LT(reply.find(R"("S":"40")"), unprocessed);
  EXPECT_EQ(
      normal_json("{\"" + reply.substr(unprocessed)),
      normal_json(
          R"({"UnprocessedKeys":{"big":{"Keys":[{"pk":{"S":"41"}},{"pk":{"S":"42"}},{"pk":{"S":"43"}},{"pk":{"S":"44"}}],
                "ConsistentRead":true,"ProjectionExpression":"#p","ExpressionAttributeNames":{"#p":"pk"}}}})"));
}

// Smaller items behind the one that had no room wait with it, also those of another table.
TEST(Batches, WhatFollowsAnItemWithoutRoomIsUnprocessed) {
  TestRegion region;
  region.create_table("big");
  region.create_table("small");
  region.put("small", R"({"pk":{"S":"a"}})");
  const std::string text(400'000, 'x');
  std::string keys;
  for (int i = 0; i < 42; ++i) {
    region.put("big", fmt::format(R"({{"pk":{{"S":"{:02}"}},"v":{{"S":"{}"}}}})", i, text));
    keys += fmt::format(R"({{"pk":{{"S":"{:02}"}}}},)", i);
  }
  region.put("big", R"({"pk":{"S":"tiny"}})");
  const std::string reply =
      region.call("BatchGetItem", R"({"RequestItems":{"big":{"Keys":[)" + keys +
                                      R"({"pk":{"S":"tiny"}}]},"small":{"Keys":[{"pk":{"S":"a"}}]}},
                          "ReturnConsumedCapacity":"TOTAL"})");
  const std::size_t unprocessed = reply.find("UnprocessedKeys");
  ASSERT_NE(unprocessed, std::string::npos) << reply.substr(0, 200);
  EXPECT_LT(unprocessed, limits::kBatchGetBytesMax);
  // 41 items of 98 blocks of 4 KB, half a unit each; what was not answered costs nothing.
  EXPECT_EQ(normal_json("{\"" + reply.substr(unprocessed)),
            normal_json(R"({"UnprocessedKeys":{"big":{"Keys":[{"pk":{"S":"41"}},{"pk":{"S":"tiny"}}]},
                "small":{"Keys":[{"pk":{"S":"a"}}]}},"ConsumedCapacity":[
                {"TableName":"big","CapacityUnits":2009},{"TableName":"small","CapacityUnits":0}]})"));
}

TEST(Batches, MoreThan25WritesOr100ReadsAreRefused) {
  TestRegion region;
  region.create_table("one");
  std::string writes;
  std::string keys;
  for (int i = 0; i < 101; ++i) {
    const std::string key = fmt::format(R"({{"pk":{{"S":"{}"}}}})", i);
    if (i < 26) writes += fmt::format(R"({}{{"DeleteRequest":{{"Key":{}}}}})", i == 0 ? "" : ",", key);
    keys += (i == 0 ? "" : ",") + key;
  }
  region.expect(
      "BatchWriteItem", R"({"RequestItems":{"one":[)" + writes + "]}}",
      "validation: 1 validation error detected: Value at 'RequestItems.one.member' failed to satisfy "
      "constraint: Member must have length less than or equal to 25");
  region.expect(
      "BatchGetItem", R"({"RequestItems":{"one":{"Keys":[)" + keys + "]}}}",
      "validation: 1 validation error detected: Value at 'RequestItems.one.member.Keys' failed to satisfy "
      "constraint: Member must have length less than or equal to 100");
}

TEST(Batches, OneBadElementRefusesTheWholeBatch) {
  TestRegion region;
  region.create_table("one");
  region.expect("BatchWriteItem",
                R"({"RequestItems":{"one":[{"PutRequest":{"Item":{"pk":{"S":"a"}}}},
                                           {"PutRequest":{"Item":{"pk":{"N":"1"}}}}]}})",
                "validation: The provided key element does not match the schema");
  region.expect("GetItem", R"({"TableName":"one","Key":{"pk":{"S":"a"}}})", "{}");
}

}  // namespace
}  // namespace gyre::operations
