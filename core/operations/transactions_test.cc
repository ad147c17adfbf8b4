// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "core/operations/testing/test_region.h"
#include "core/storage/testing/memory_home.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kCancelled =
    "transaction_canceled: Transaction cancelled, please refer cancellation reasons for specific reasons ";

class Transactions : public testing::Test {
 protected:
  Transactions() {
    region_.create_table("one");
    region_.create_table("two", "N");
  }

  void expect_write(std::string_view actions, std::string_view answer) {
    region_.expect("TransactWriteItems", fmt::format(R"({{"TransactItems":[{}]}})", actions), answer);
  }
  void expect_cancelled(std::string_view actions, std::string_view codes, std::string_view reasons) {
    expect_write(actions, fmt::format(R"({}[{}] "CancellationReasons":[{}])", kCancelled, codes, reasons));
  }
  void expect_item(std::string_view pk, std::string_view answer) {
    region_.expect("GetItem", fmt::format(R"({{"TableName":"one","Key":{{"pk":{{"S":"{}"}}}}}})", pk),
                   answer);
  }

  TestRegion region_;
};

std::string delete_of(std::string_view pk) {
  return fmt::format(R"({{"Delete":{{"TableName":"one","Key":{{"pk":{{"S":"{}"}}}}}}}})", pk);
}

std::string get_of(std::string_view pk) {
  return fmt::format(R"({{"Get":{{"TableName":"one","Key":{{"pk":{{"S":"{}"}}}}}}}})", pk);
}

std::string put_of_bytes(std::string_view pk, std::size_t bytes) {
  return fmt::format(R"({{"Put":{{"TableName":"one","Item":{{"pk":{{"S":"{}"}},"v":{{"S":"{}"}}}}}}}})", pk,
                     std::string(bytes, 'x'));
}

TEST_F(Transactions, AllFourActionsHappenTogether) {
  region_.put("one", R"({"pk":{"S":"checked"},"v":{"N":"1"}})");
  region_.put("one", R"({"pk":{"S":"deleted"}})");
  expect_write(
      R"-({"ConditionCheck":{"TableName":"one","Key":{"pk":{"S":"checked"}},"ConditionExpression":"v = :v",
            "ExpressionAttributeValues":{":v":{"N":"1"}}}},
         {"Put":{"TableName":"one","Item":{"pk":{"S":"put"}},"ConditionExpression":"attribute_not_exists(pk)"}},
         {"Update":{"TableName":"two","Key":{"pk":{"S":"u"},"sk":{"N":"1"}},"UpdateExpression":"ADD n :n",
            "ExpressionAttributeValues":{":n":{"N":"5"}}}},
         {"Delete":{"TableName":"one","Key":{"pk":{"S":"deleted"}}}})-",
      "{}");
  expect_item("put", R"({"Item":{"pk":{"S":"put"}}})");
  expect_item("deleted", "{}");
  region_.expect("GetItem", R"({"TableName":"two","Key":{"pk":{"S":"u"},"sk":{"N":"1"}}})",
                 R"({"Item":{"pk":{"S":"u"},"sk":{"N":"1"},"n":{"N":"5"}}})");
}

TEST_F(Transactions, EveryFailedActionHasItsReasonAndNothingIsWritten) {
  region_.put("one", R"({"pk":{"S":"a"},"v":{"S":"text"}})");
  expect_cancelled(
      R"-({"Put":{"TableName":"one","Item":{"pk":{"S":"new"}}}},
         {"Put":{"TableName":"one","Item":{"pk":{"S":"a"}},"ConditionExpression":"attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure":"ALL_OLD"}},
         {"ConditionCheck":{"TableName":"one","Key":{"pk":{"S":"b"}},
            "ConditionExpression":"attribute_exists(pk)","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}})-",
      "None, ConditionalCheckFailed, ConditionalCheckFailed",
      R"({"Code":"None"},)"
      R"({"Code":"ConditionalCheckFailed","Message":"The conditional request failed",)"
      R"("Item":{"pk":{"S":"a"},"v":{"S":"text"}}},)"
      R"({"Code":"ConditionalCheckFailed","Message":"The conditional request failed"})");
  expect_item("new", "{}");
}

TEST_F(Transactions, AnUpdateThatTheStoredItemForbidsCancels) {
  region_.put("one", R"({"pk":{"S":"a"},"v":{"S":"text"}})");
  expect_cancelled(delete_of("b") +
                       R"(,{"Update":{"TableName":"one","Key":{"pk":{"S":"a"}},"UpdateExpression":"ADD v :n",
                            "ExpressionAttributeValues":{":n":{"N":"1"}}}})",
                   "None, ValidationError",
                   R"({"Code":"None"},{"Code":"ValidationError",)"
                   R"("Message":"An operand in the update expression has an incorrect data type"})");
}

TEST_F(Transactions, AnOversizePutIsAPlainErrorAndAnOversizeUpdateAReason) {
  expect_write(delete_of("b") + "," + put_of_bytes("a", 409'600),
               "validation: Item size has exceeded the maximum allowed size");
  expect_write(put_of_bytes("a", 409'600 - 4), "{}");
  expect_cancelled(R"({"Update":{"TableName":"one","Key":{"pk":{"S":"a"}},"UpdateExpression":"SET w = :w",
                       "ExpressionAttributeValues":{":w":{"S":"x"}}}})",
                   "ValidationError",
                   R"({"Code":"ValidationError",)"
                   R"("Message":"Item size to update has exceeded the maximum allowed size"})");
}

TEST_F(Transactions, KeysThatDoNotFitTheSchemaCancel) {
  expect_cancelled(
      delete_of("b") + R"(,{"Put":{"TableName":"one","Item":{"pk":{"N":"5"}}}},
                          {"Delete":{"TableName":"two","Key":{"pk":{"S":"a"}}}})",
      "None, ValidationError, ValidationError",
      R"({"Code":"None"},{"Code":"ValidationError","Message":"One or more parameter values were invalid: )"
      R"(Type mismatch for key pk expected: S actual: N"},)"
      R"({"Code":"ValidationError","Message":"The provided key element does not match the schema"})");
}

TEST_F(Transactions, WhatIsWrongWithoutAnyTableIsAPlainError) {
  const RequestCase cases[] = {
      {"TransactWriteItems", R"({})",
       "validation: 1 validation error detected: Value null at 'transactItems' failed to satisfy constraint: "
       "Member must not be null"},
      {"TransactWriteItems", R"({"TransactItems":[]})",
       "validation: 1 validation error detected: Value at 'TransactItems' failed to satisfy constraint: "
       "Member must have length greater than or equal to 1"},
      {"TransactWriteItems", R"({"TransactItems":[{}],"ReturnConsumedCapacity":"BOGUS"})",
       "validation: 1 validation error detected: Value 'BOGUS' at 'returnConsumedCapacity' failed to satisfy "
       "constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"},
      {"TransactWriteItems", R"({"TransactItems":[{}]})",
       "validation: Invalid Request: TransactWriteRequest should contain Delete or Put or Update request"},
      {"TransactWriteItems",
       R"({"TransactItems":[{"Put":{"TableName":"one","Item":{"pk":{"S":"a"}}},
                             "Delete":{"TableName":"one","Key":{"pk":{"S":"a"}}}}]})",
       "validation: TransactItems can only contain one of Check, Put, Update or Delete"},
      {"TransactWriteItems", R"({"TransactItems":[{"Put":{"Item":{"pk":{"S":"a"}}}}]})",
       "validation: 1 validation error detected: Value null at 'transactItems.1.member.put.tableName' failed "
       "to satisfy constraint: Member must not be null"},
      {"TransactWriteItems",
       R"-({"TransactItems":[{"Put":{"TableName":"none","Item":{"pk":{"S":"a"}}}},
             {"Delete":{"TableName":"one","Key":{"pk":{"S":"b"}},"ConditionExpression":"attribute_exists("}}]})-",
       R"-(validation: Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "(")-"},
      {"TransactWriteItems", R"({"TransactItems":[{"Put":{"TableName":"none","Item":{"pk":{"S":"a"}}}}]})",
       "resource_not_found: Requested resource not found"},
      {"TransactWriteItems", R"({"TransactItems":[{"Put":{"TableName":"one","Item":{"pk":{"S":""}}}}]})",
       "validation: One or more parameter values are not valid. The AttributeValue for a key attribute "
       "cannot "
       "contain an empty string value. Key: pk"},
      {"TransactWriteItems",
       R"({"TransactItems":[{"Put":{"TableName":"two","Item":{"pk":{"S":"a"},"sk":{"N":"1"}}}},
                            {"Delete":{"TableName":"two","Key":{"pk":{"S":"a"},"sk":{"N":"1.0"}}}}]})",
       "validation: Transaction request cannot include multiple operations on one item"},
      {"TransactGetItems", R"({"TransactItems":[{}]})",
       "validation: 1 validation error detected: Value null at 'transactItems.1.member.get' failed to "
       "satisfy "
       "constraint: Member must not be null"},
      {"TransactGetItems", R"({"TransactItems":[{"Get":{"TableName":"none","Key":{"pk":{"S":"a"}}}}]})",
       "resource_not_found: Requested resource not found"},
      {"TransactGetItems",
       R"({"TransactItems":[{"Get":{"TableName":"one","Key":{"pk":{"S":"a"}},"ProjectionExpression":"!!!"}}]})",
       R"(validation: Invalid ProjectionExpression: Syntax error; token: "!", near: "!!")"},
  };
  for (const RequestCase& one : cases) region_.expect(one.operation, one.body, one.answer);
  region_.expect("TransactGetItems", fmt::format(R"({{"TransactItems":[{},{}]}})", get_of("a"), get_of("a")),
                 "validation: Transaction request cannot include multiple operations on one item");
}

TEST_F(Transactions, PlaceholdersWithoutAnyExpressionArePassedOver) {
  expect_write(R"({"Put":{"TableName":"one","Item":{"pk":{"S":"a"}},"ExpressionAttributeNames":{"#a":"a"},
                    "ExpressionAttributeValues":{":v":{"N":"1"}}}})",
               "{}");
  expect_write(R"-({"Put":{"TableName":"one","Item":{"pk":{"S":"a"}},"ExpressionAttributeNames":{"#a":"a"},
                    "ConditionExpression":"attribute_exists(pk)"}})-",
               "validation: Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}");
}

TEST_F(Transactions, AHundredActionsPassAndOneMoreDoesNot) {
  std::string actions = delete_of("0");
  for (int i = 1; i < 100; ++i) actions += "," + delete_of(std::to_string(i));
  expect_write(actions, "{}");
  expect_write(actions + "," + delete_of("100"),
               "validation: 1 validation error detected: Value at 'TransactItems' failed to "
               "satisfy constraint: Member must have length less than or equal to 100");
}

TEST_F(Transactions, FourMegabytesPassAndOneByteMoreDoesNot) {
  // Ten items of 400 KB and one of 96 KB, each with three bytes of names and one or two of its key.
  std::string actions = put_of_bytes("0", 409'600 - 4);
  for (int i = 1; i < 10; ++i) actions += "," + put_of_bytes(std::to_string(i), 409'600 - 4);
  const std::size_t rest = 4 * 1024 * 1024 - 10 * 409'600;
  expect_write(actions + "," + put_of_bytes("a", rest - 4 + 1),
               "validation: The aggregate size of the items in the transaction exceeded 4 MB");
  expect_write(actions + "," + put_of_bytes("a", rest - 4), "{}");
  std::string gets = get_of("a");
  for (int i = 0; i < 10; ++i) gets += "," + get_of(std::to_string(i));
  const std::string read = region_.call("TransactGetItems", R"({"TransactItems":[)" + gets + "]}");
  EXPECT_TRUE(read.starts_with(R"({"Responses":[{"Item":)")) << read.substr(0, 200);
  region_.put("one", R"({"pk":{"S":"more"}})");
  region_.expect("TransactGetItems", R"({"TransactItems":[)" + gets + "," + get_of("more") + "]}",
                 "validation: The aggregate size of the items in the transaction exceeded 4 MB");
}

TEST_F(Transactions, CapacityIsDoubleAndToldByTable) {
  region_.expect("TransactWriteItems",
                 R"({"ReturnConsumedCapacity":"INDEXES","TransactItems":[)" + put_of_bytes("a", 1500) + "," +
                     R"({"Put":{"TableName":"two","Item":{"pk":{"S":"a"},"sk":{"N":"1"}}}},)" +
                     delete_of("b") + "]}",
                 R"({"ConsumedCapacity":[
            {"TableName":"one","CapacityUnits":6,"WriteCapacityUnits":6,
             "Table":{"CapacityUnits":6,"WriteCapacityUnits":6}},
            {"TableName":"two","CapacityUnits":2,"WriteCapacityUnits":2,
             "Table":{"CapacityUnits":2,"WriteCapacityUnits":2}}]})");
  region_.expect(
      "TransactGetItems",
      R"({"ReturnConsumedCapacity":"TOTAL","TransactItems":[)" + get_of("b") + "," + get_of("c") + "]}",
      R"({"Responses":[{},{}],
                     "ConsumedCapacity":[{"TableName":"one","CapacityUnits":4,"ReadCapacityUnits":4}]})");
}

TEST_F(Transactions, ItemsAreReadInTheOrderOfTheRequest) {
  region_.put("one", R"({"pk":{"S":"b"},"v":{"N":"2"},"w":{"N":"3"}})");
  region_.put("one", R"({"pk":{"S":"a"}})");
  region_.expect("TransactGetItems",
                 R"({"TransactItems":[
                      {"Get":{"TableName":"one","Key":{"pk":{"S":"b"}},"ProjectionExpression":"#v",
                              "ExpressionAttributeNames":{"#v":"v"}}},)" +
                     get_of("nobody") + "," + get_of("a") + "]}",
                 R"({"Responses":[{"Item":{"v":{"N":"2"}}},{},{"Item":{"pk":{"S":"a"}}}]})");
  region_.expect(
      "TransactGetItems",
      R"({"TransactItems":[)" + get_of("a") + R"(,{"Get":{"TableName":"one","Key":{}}}]})",
      std::string(kCancelled) +
          R"([None, ValidationError] "CancellationReasons":[{"Code":"None"},)"
          R"({"Code":"ValidationError","Message":"The provided key element does not match the schema"}])");
}

TEST_F(Transactions, AnItemOfWhichNothingIsWantedIsNotNamed) {
  region_.put("one", R"({"pk":{"S":"a"}})");
  region_.expect(
      "TransactGetItems",
      R"({"TransactItems":[{"Get":{"TableName":"one","Key":{"pk":{"S":"a"}},"ProjectionExpression":"v"}}]})",
      R"({"Responses":[{}]})");
  region_.expect("ExecuteTransaction",
                 R"({"TransactStatements":[{"Statement":"SELECT v FROM one WHERE pk = 'a'"}]})",
                 R"({"Responses":[{}]})");
  region_.expect("GetItem", R"({"TableName":"one","Key":{"pk":{"S":"a"}},"ProjectionExpression":"v"})",
                 R"({"Item":{}})");
}

TEST_F(Transactions, NamesWithoutAnExpressionAreRefused) {
  region_.expect("TransactGetItems",
                 R"({"TransactItems":[{"Get":{"TableName":"one","Key":{"pk":{"S":"a"}},
                     "ExpressionAttributeNames":{"#a":"a"}}}]})",
                 "validation: ExpressionAttributeNames can only be specified when using expressions");
}

// --- ClientRequestToken ---

std::string count_up(std::string_view token, int by = 1) {
  return fmt::format(
      R"({{"ClientRequestToken":"{}","ReturnConsumedCapacity":"TOTAL","TransactItems":[{{"Update":{{
      "TableName":"one","Key":{{"pk":{{"S":"n"}}}},"UpdateExpression":"ADD n :n",
      "ExpressionAttributeValues":{{":n":{{"N":"{}"}}}}}}}}]}})",
      token, by);
}

constexpr std::string_view kWritten =
    R"({"ConsumedCapacity":[{"TableName":"one","CapacityUnits":2,"WriteCapacityUnits":2}]})";
constexpr std::string_view kRepeated =
    R"({"ConsumedCapacity":[{"TableName":"one","CapacityUnits":2,"ReadCapacityUnits":2}]})";

TEST_F(Transactions, ARepeatedTokenWritesOnceForTenMinutes) {
  region_.expect("TransactWriteItems", count_up("t"), kWritten);
  region_.clock().advance_ms(10 * 60 * 1000 - 1);
  region_.expect("TransactWriteItems", count_up("t"), kRepeated);
  expect_item("n", R"({"Item":{"pk":{"S":"n"},"n":{"N":"1"}}})");
  region_.expect(
      "TransactWriteItems", count_up("t", 2),
      "idempotent_mismatch: DynamoDB rejected the request because you retried a request with a different "
      "payload but with an idempotent token that was already used.");
  region_.clock().advance_ms(1);
  region_.expect("TransactWriteItems", count_up("t", 2), kWritten);
  expect_item("n", R"({"Item":{"pk":{"S":"n"},"n":{"N":"3"}}})");
}

// Nine KB are three units to read, and a transaction pays for them twice; what became of the item is not
// asked.
TEST_F(Transactions, ARepeatedTokenPaysForWhatTheFirstCallMet) {
  const std::string_view bill =
      R"({{"ConsumedCapacity":[{{"TableName":"one","CapacityUnits":{0},"{1}":{0}}}]}})";
  const auto expect_twice = [&](std::string_view token, std::string_view action, int written, int read) {
    const std::string body =
        fmt::format(R"({{"ClientRequestToken":"{}","ReturnConsumedCapacity":"TOTAL","TransactItems":[{}]}})",
                    token, action);
    region_.expect("TransactWriteItems", body,
                   fmt::format(fmt::runtime(bill), written, "WriteCapacityUnits"));
    region_.expect("TransactWriteItems", body, fmt::format(fmt::runtime(bill), read, "ReadCapacityUnits"));
  };
  expect_twice("put", put_of_bytes("large", 9000), 18, 6);
  expect_twice("delete", delete_of("large"), 18, 6);
  expect_twice("none", delete_of("large"), 2, 2);
  expect_twice("two", put_of_bytes("large", 9000) + "," + delete_of("none"), 20, 8);
}

TEST_F(Transactions, TheOrderOfMembersDoesNotChangeARequest) {
  const auto write = [&](std::string_view action) {
    return region_.call(
        "TransactWriteItems",
        fmt::format(R"({{"TransactItems":[{{"Put":{}}}],"ClientRequestToken":"t"}})", action));
  };
  EXPECT_EQ(write(R"({"TableName":"one","Item":{"pk":{"S":"a"},"v":{"N":"1"}}})"), "{}");
  EXPECT_EQ(write(R"({"Item":{"v":{"N":"1"},"pk":{"S":"a"}},"ConditionExpression":null,"TableName":"one"})"),
            "{}");
}

TEST_F(Transactions, AnAttributeNamedLikeTheTokenIsPartOfTheRequest) {
  const auto write = [&](std::string_view value) {
    return region_.call(
        "TransactWriteItems",
        fmt::format(R"({{"ClientRequestToken":"t","TransactItems":[{{"Put":{{"TableName":"one",
            "Item":{{"pk":{{"S":"a"}},"ClientRequestToken":{{"S":"{}"}}}}}}}}]}})",
                    value));
  };
  EXPECT_EQ(write("x"), "{}");
  EXPECT_TRUE(write("y").starts_with("idempotent_mismatch"));
}

TEST_F(Transactions, ATokenOfACancelledTransactionIsNotUsed) {
  const auto write = [&](std::string_view condition) {
    return region_.call(
        "TransactWriteItems",
        fmt::format(R"({{"ClientRequestToken":"t","TransactItems":[{{"Put":{{"TableName":"one",
            "Item":{{"pk":{{"S":"a"}}}},"ConditionExpression":"{}"}}}}]}})",
                    condition));
  };
  EXPECT_TRUE(write("attribute_exists(pk)").starts_with("transaction_canceled"));
  EXPECT_EQ(write("attribute_not_exists(pk)"), "{}");
}

TEST_F(Transactions, TokensHaveOneTo36Characters) {
  const std::string long_token(37, 'x');
  region_.expect("TransactWriteItems", count_up(long_token),
                 "validation: 1 validation error detected: Value at 'ClientRequestToken' failed to satisfy "
                 "constraint: Member "
                 "must have length less than or equal to 36");
  region_.expect("TransactWriteItems", count_up(""),
                 "validation: 1 validation error detected: Value at 'ClientRequestToken' failed to satisfy "
                 "constraint: Member must have length greater than or equal to 1");
}

int token_rows(TestRegion& region) {
  const auto rows = region.store().engine().iterate(
      storage::Family::kCatalog, {.lower = "token/", .upper = "token0", .snapshot = nullptr});
  int count = 0;
  for (rows->seek_to_first(); rows->valid(); rows->next()) ++count;
  return count;
}

TEST_F(Transactions, ExpiredTokensAreForgottenFourAtATime) {
  for (int i = 0; i < 6; ++i) region_.call("TransactWriteItems", count_up(std::to_string(i)));
  EXPECT_EQ(token_rows(region_), 2 * 6 + 1);
  region_.clock().advance_ms(10 * 60 * 1000);
  region_.call("TransactWriteItems", count_up("again"));
  EXPECT_EQ(token_rows(region_), 2 * (6 - 4 + 1) + 1);
  // Token 5 is used anew while its first use still waits to be forgotten.
  region_.call("TransactWriteItems", count_up("5"));
  EXPECT_EQ(token_rows(region_), 2 * 2 + 1);
  region_.expect("TransactWriteItems", count_up("5"), kRepeated);
}

TEST(TransactionTokens, OutliveACrash) {
  storage::MemoryHome home;
  {
    TestRegion region(home.door());
    region.create_table("one");
    region.expect("TransactWriteItems", count_up("t"), kWritten);
  }
  home.kill();
  TestRegion region(home.door());
  region.expect("TransactWriteItems", count_up("t"), kRepeated);
  region.expect("GetItem", R"({"TableName":"one","Key":{"pk":{"S":"n"}}})",
                R"({"Item":{"pk":{"S":"n"},"n":{"N":"1"}}})");
}

}  // namespace
}  // namespace gyre::operations
