// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

class Items : public testing::Test {
 protected:
  Items() { region_.create_table("music"); }

  void expect_item(std::string_view pk, std::string_view item) {
    region_.expect("GetItem", R"({"TableName":"music","Key":{"pk":{"S":")" + std::string(pk) + R"("}}})",
                   item);
  }

  TestRegion region_;
};

TEST_F(Items, PutItemIsReadBackWithEveryType) {
  const std::string item =
      R"({"pk":{"S":"a"},"n":{"N":"12.5"},"b":{"B":"AAEC"},"t":{"BOOL":true},"z":{"NULL":true},"e":{"S":""},)"
      R"("m":{"M":{"x":{"L":[{"N":"1"},{"S":"ü"}]}}},"ss":{"SS":["a","b"]},"ns":{"NS":["1","2"]},"bs":{"BS":["AA=="]}})";
  region_.put("music", item);
  expect_item("a", R"({"Item":)" + item + "}");
}

TEST_F(Items, GetItemOfNothingAnswersAnEmptyObject) {
  expect_item("nobody", "{}");
}

TEST_F(Items, TablesMayBeNamedByArn) {
  region_.put("arn:aws:dynamodb:eu-west-1:000000000000:table/music", R"({"pk":{"S":"a"}})");
  expect_item("a", R"({"Item":{"pk":{"S":"a"}}})");
}

TEST_F(Items, PutItemReplacesTheWholeItemAndMayAnswerTheOldOne) {
  region_.put("music", R"({"pk":{"S":"a"},"old":{"N":"1"}})");
  region_.expect("PutItem",
                 R"({"TableName":"music","Item":{"pk":{"S":"a"},"new":{"N":"2"}},"ReturnValues":"ALL_OLD"})",
                 R"({"Attributes":{"pk":{"S":"a"},"old":{"N":"1"}}})");
  expect_item("a", R"({"Item":{"pk":{"S":"a"},"new":{"N":"2"}}})");
}

TEST_F(Items, AllOldOfANewItemAnswersNoAttributes) {
  region_.expect("PutItem", R"({"TableName":"music","Item":{"pk":{"S":"a"}},"ReturnValues":"ALL_OLD"})",
                 "{}");
}

TEST_F(Items, FailedConditionWritesNothingAndMayAnswerTheItem) {
  region_.put("music", R"({"pk":{"S":"a"},"v":{"N":"1"}})");
  const std::string put = R"("TableName":"music","Item":{"pk":{"S":"a"},"v":{"N":"2"}},)"
                          R"-("ConditionExpression":"attribute_not_exists(pk)")-";
  region_.expect("PutItem", "{" + put + "}", "conditional_check_failed: The conditional request failed");
  region_.expect(
      "PutItem", "{" + put + R"(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD"})",
      R"(conditional_check_failed: The conditional request failed "Item":{"pk":{"S":"a"},"v":{"N":"1"}})");
  expect_item("a", R"({"Item":{"pk":{"S":"a"},"v":{"N":"1"}}})");
}

TEST_F(Items, ConditionsSeeTheOldItem) {
  region_.put("music", R"({"pk":{"S":"a"},"v":{"N":"1"}})");
  region_.expect(
      "PutItem",
      R"({"TableName":"music","Item":{"pk":{"S":"a"},"v":{"N":"2"}},"ConditionExpression":"#v = :one",
                     "ExpressionAttributeNames":{"#v":"v"},"ExpressionAttributeValues":{":one":{"N":"1"}}})",
      "{}");
  expect_item("a", R"({"Item":{"pk":{"S":"a"},"v":{"N":"2"}}})");
}

TEST_F(Items, DeleteItemAnswersTheOldItemOnceAndIsIdempotent) {
  region_.put("music", R"({"pk":{"S":"a"},"v":{"N":"1"}})");
  const std::string_view remove = R"({"TableName":"music","Key":{"pk":{"S":"a"}},"ReturnValues":"ALL_OLD"})";
  region_.expect("DeleteItem", remove, R"({"Attributes":{"pk":{"S":"a"},"v":{"N":"1"}}})");
  expect_item("a", "{}");
  region_.expect("DeleteItem", remove, "{}");
}

TEST_F(Items, DeleteItemKeepsTheItemIfTheConditionFails) {
  region_.put("music", R"({"pk":{"S":"a"}})");
  region_.expect(
      "DeleteItem",
      R"-({"TableName":"music","Key":{"pk":{"S":"a"}},"ConditionExpression":"attribute_exists(gone)"
})-",
      "conditional_check_failed: The conditional request failed");
  expect_item("a", R"({"Item":{"pk":{"S":"a"}}})");
}

TEST_F(Items, UpdateItemMakesAnItemOfItsKeyAlone) {
  region_.expect("UpdateItem", R"({"TableName":"music","Key":{"pk":{"S":"a"}}})", "{}");
  expect_item("a", R"({"Item":{"pk":{"S":"a"}}})");
}

TEST_F(Items, RemoveAloneMakesNoItem) {
  region_.expect(
      "UpdateItem",
      R"({"TableName":"music","Key":{"pk":{"S":"a"}},"UpdateExpression":"REMOVE gone","ReturnValues":"ALL_NEW"})",
      "{}");
  expect_item("a", "{}");
}

TEST_F(Items, UpdateItemCountsUp) {
  const std::string_view update =
      R"({"TableName":"music","Key":{"pk":{"S":"a"}},"UpdateExpression":"ADD n :one",
      "ExpressionAttributeValues":{":one":{"N":"1"}},"ReturnValues":"UPDATED_NEW"})";
  region_.expect("UpdateItem", update, R"({"Attributes":{"n":{"N":"1"}}})");
  region_.expect("UpdateItem", update, R"({"Attributes":{"n":{"N":"2"}}})");
}

TEST_F(Items, UpdateItemAnswersAllFiveReturnValues) {
  const auto update = [&](std::string_view values) {
    region_.put("music", R"({"pk":{"S":"a"},"n":{"N":"1"},"kept":{"S":"k"}})");
    return normal_json(region_.call(
        "UpdateItem",
        R"({"TableName":"music","Key":{"pk":{"S":"a"}},"UpdateExpression":"SET n = :two, fresh = :two",
            "ExpressionAttributeValues":{":two":{"N":"2"}},"ReturnValues":")" +
            std::string(values) + R"("})"));
  };
  EXPECT_EQ(update("NONE"), "{}");
  EXPECT_EQ(update("ALL_OLD"), R"({"Attributes":{"kept":{"S":"k"},"n":{"N":"1"},"pk":{"S":"a"}}})");
  EXPECT_EQ(update("ALL_NEW"),
            R"({"Attributes":{"fresh":{"N":"2"},"kept":{"S":"k"},"n":{"N":"2"},"pk":{"S":"a"}}})");
  EXPECT_EQ(update("UPDATED_OLD"), R"({"Attributes":{"n":{"N":"1"}}})");
  EXPECT_EQ(update("UPDATED_NEW"), R"({"Attributes":{"fresh":{"N":"2"},"n":{"N":"2"}}})");
}

TEST_F(Items, GetItemAnswersOnlyProjectedParts) {
  region_.put("music",
              R"({"pk":{"S":"a"},"m":{"M":{"x":{"N":"1"},"y":{"N":"2"}}},"l":{"L":[{"N":"1"},{"N":"2"}]}})");
  region_.expect("GetItem",
                 R"({"TableName":"music","Key":{"pk":{"S":"a"}},"ProjectionExpression":"m.#x, l[1]",
                     "ExpressionAttributeNames":{"#x":"x"}})",
                 R"({"Item":{"m":{"M":{"x":{"N":"1"}}},"l":{"L":[{"N":"2"}]}}})");
}

TEST_F(Items, ItemsOf400KbPassAndOneByteMoreDoesNot) {
  // "pk" + "a" + "v" are four bytes.
  const std::string fits(409'600 - 4, 'x');
  const auto put = [&](const std::string& text) {
    return region_.call("PutItem",
                        R"({"TableName":"music","Item":{"pk":{"S":"a"},"v":{"S":")" + text + R"("}}})");
  };
  EXPECT_EQ(put(fits), "{}");
  EXPECT_EQ(put(fits + "x"), "validation: Item size has exceeded the maximum allowed size");
  region_.expect("UpdateItem",
                 R"({"TableName":"music","Key":{"pk":{"S":"a"}},"UpdateExpression":"SET w = :w",
                     "ExpressionAttributeValues":{":w":{"S":""}}})",
                 "validation: Item size to update has exceeded the maximum allowed size");
}

TEST_F(Items, ChangeRecordsSayWhoAsked) {
  region_.put("music", R"({"pk":{"S":"a"}})");
  int records = 0;
  storage::Store& store = region_.store();
  for (const storage::ShardDescriptor& shard : store.catalog().snapshot()->find("music")->open_shards()) {
    const auto entries =
        store.change_log().read({.epoch = store.epoch(), .shard = shard.id, .sequence = {}, .ordinal = {}},
                                10, 1'000'000, storage::ReadTier::kAll);
    ASSERT_TRUE(entries.ok());
    for (const storage::LogEntry& entry : *entries) {
      const auto record = storage::decode_change_record(entry.bytes);
      ASSERT_TRUE(record.ok());
      EXPECT_EQ(record->audit.principal, "tester");
      EXPECT_EQ(record->audit.request_id, "REQUEST");
      ++records;
    }
  }
  EXPECT_EQ(records, 1);
}

TEST_F(Items, CapacityIsCountedInFullUnits) {
  const std::string big(5000, 'x');
  region_.expect("PutItem",
                 R"({"TableName":"music","Item":{"pk":{"S":"a"},"v":{"S":")" + big +
                     R"("}},"ReturnConsumedCapacity":"TOTAL"})",
                 R"({"ConsumedCapacity":{"TableName":"music","CapacityUnits":5}})");
  const std::string get = R"({"TableName":"music","Key":{"pk":{"S":"a"}},"ProjectionExpression":"pk",)";
  region_.expect("GetItem", get + R"("ReturnConsumedCapacity":"TOTAL"})",
                 R"({"Item":{"pk":{"S":"a"}},"ConsumedCapacity":{"TableName":"music","CapacityUnits":1}})");
  region_.expect("GetItem", get + R"("ReturnConsumedCapacity":"INDEXES","ConsistentRead":true})",
                 R"({"Item":{"pk":{"S":"a"}},
                     "ConsumedCapacity":{"TableName":"music","CapacityUnits":2,"Table":{"CapacityUnits":2}}})");
  // A delete costs what it removes; a read of nothing half a unit.
  region_.expect("DeleteItem",
                 R"({"TableName":"music","Key":{"pk":{"S":"a"}},"ReturnConsumedCapacity":"TOTAL"})",
                 R"({"ConsumedCapacity":{"TableName":"music","CapacityUnits":5}})");
  region_.expect("GetItem",
                 R"({"TableName":"music","Key":{"pk":{"S":"a"}},"ReturnConsumedCapacity":"TOTAL"})",
                 R"({"ConsumedCapacity":{"TableName":"music","CapacityUnits":0.5}})");
}

}  // namespace
}  // namespace gyre::operations
