// SPDX-License-Identifier: Apache-2.0
#include "core/operations/message_style.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

class AggregatedStyle : public testing::Test {
 protected:
  AggregatedStyle() : region_(nullptr, nullptr, MessageStyle::kAggregated) { region_.create_table("hash"); }

  TestRegion region_;
};

TEST_F(AggregatedStyle, AllRefusedMembersAreAnsweredAtOnce) {
  EXPECT_EQ(region_.call("PutItem", R"({"TableName":"","Item":{},"ReturnValues":"INVALID"})"),
            "validation: 2 validation errors detected: Value 'INVALID' at 'returnValues' failed to satisfy "
            "constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, "
            "UPDATED_NEW]; Value '' at 'tableName' failed to satisfy constraint: Member must have length "
            "greater than or equal to 1");
  EXPECT_EQ(region_.call("GetItem", R"({"ReturnConsumedCapacity":"hi"})"),
            "validation: 3 validation errors detected: Value 'hi' at 'returnConsumedCapacity' failed to "
            "satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; Value null at "
            "'tableName' failed to satisfy constraint: Member must not be null; Value null at 'key' failed "
            "to satisfy constraint: Member must not be null");
  EXPECT_EQ(
      region_.call(
          "UpdateTable",
          R"({"TableName":"hash","ProvisionedThroughput":{"ReadCapacityUnits":0,"WriteCapacityUnits":0}})"),
      "validation: 2 validation errors detected: Value '0' at 'provisionedThroughput.writeCapacityUnits' "
      "failed to satisfy constraint: Member must have value greater than or equal to 1; Value '0' at "
      "'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: Member must have value "
      "greater than or equal to 1");
}

TEST_F(AggregatedStyle, OneRefusedMemberIsAnsweredBeforeAllOtherErrors) {
  EXPECT_EQ(
      region_.call("DeleteItem",
                   R"({"TableName":"hash","ConditionExpression":"a","Expected":{"a":{"Exists":false}}})"),
      "validation: 1 validation error detected: Value null at 'key' failed to satisfy constraint: "
      "Member must not be null");
}

constexpr std::string_view kNoCapacity =
    "Value 'hi' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value "
    "set: "
    "[INDEXES, TOTAL, NONE]";
constexpr std::string_view kNotNull = "failed to satisfy constraint: Member must not be null";
constexpr std::string_view kNotEmptyList =
    "failed to satisfy constraint: Member must have length greater than or equal to 1";

std::string refusal(std::initializer_list<std::string> sentences) {
  std::string message =
      "validation: " + std::to_string(sentences.size()) +
      (sentences.size() == 1 ? " validation error detected: " : " validation errors detected: ");
  bool first = true;
  for (const std::string& sentence : sentences) {
    message += (first ? "" : "; ") + sentence;
    first = false;
  }
  return message;
}

std::string quoting(std::string_view before, std::string_view constraint) {
  return std::string(before).append(" ").append(constraint);
}

TEST_F(AggregatedStyle, TransactionsTellTheirMembersAndThoseOfEachAction) {
  const std::string token(37, 't');
  EXPECT_EQ(region_.call("TransactWriteItems", R"({"TransactItems":[],"ReturnConsumedCapacity":"hi",)"
                                               R"("ClientRequestToken":")" +
                                                   token + R"("})"),
            refusal({"Value '" + token +
                         "' at 'clientRequestToken' failed to satisfy constraint: Member must have "
                         "length less than or equal to 36",
                     std::string(kNoCapacity), quoting("Value '[]' at 'transactItems'", kNotEmptyList)}));
  EXPECT_EQ(
      region_.call("TransactWriteItems", R"({"TransactItems":[{"Put":{}},{"Update":{"TableName":"hash"}}]})"),
      refusal({quoting("Value null at 'transactItems.1.member.put.tableName'", kNotNull),
               quoting("Value null at 'transactItems.1.member.put.item'", kNotNull),
               quoting("Value null at 'transactItems.2.member.update.key'", kNotNull),
               quoting("Value null at 'transactItems.2.member.update.updateExpression'", kNotNull)}));
  EXPECT_EQ(
      region_.call("TransactGetItems", R"({"TransactItems":[{"Get":{}}],"ReturnConsumedCapacity":"hi"})"),
      refusal({std::string(kNoCapacity),
               quoting("Value null at 'transactItems.1.member.get.tableName'", kNotNull),
               quoting("Value null at 'transactItems.1.member.get.key'", kNotNull)}));
}

TEST_F(AggregatedStyle, TooManyActionsAreEchoedAsJavaShowsThem) {
  std::string items;
  for (int i = 0; i < 101; ++i) {
    items += std::string(i == 0 ? "" : ",") + R"({"Delete":{"TableName":"hash","Key":{"pk":{"S":"a"}}}})";
  }
  const std::string reply = region_.call("TransactWriteItems", R"({"TransactItems":[)" + items + "]}");
  EXPECT_TRUE(
      reply.starts_with("validation: 1 validation error detected: Value "
                        "'[com.amazonaws.dynamodb.v20120810.TransactWriteItem@"))
      << reply;
  EXPECT_TRUE(
      reply.ends_with("]' at 'transactItems' failed to satisfy constraint: Member must have length less "
                      "than or equal to 100"))
      << reply;
}

TEST_F(AggregatedStyle, StatementsTellTheirMembers) {
  EXPECT_EQ(
      region_.call("ExecuteStatement",
                   R"({"Statement":"","Limit":0,"NextToken":"","ReturnConsumedCapacity":"hi"})"),
      refusal({quoting("Value '' at 'statement'", kNotEmptyList),
               quoting("Value '' at 'nextToken'", kNotEmptyList), std::string(kNoCapacity),
               "Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or "
               "equal to 1"}));
  EXPECT_EQ(region_.call("BatchExecuteStatement",
                         R"({"Statements":[{},{"Statement":""}],"ReturnConsumedCapacity":"hi"})"),
            refusal({quoting("Value null at 'statements.1.member.statement'", kNotNull),
                     quoting("Value '' at 'statements.2.member.statement'", kNotEmptyList),
                     std::string(kNoCapacity)}));
  EXPECT_EQ(region_.call("ExecuteTransaction", R"({"TransactStatements":[],"ClientRequestToken":""})"),
            refusal({quoting("Value '' at 'clientRequestToken'", kNotEmptyList),
                     quoting("Value '[]' at 'transactStatements'", kNotEmptyList)}));
}

TEST_F(AggregatedStyle, TimeToLiveTellsItsMembers) {
  EXPECT_EQ(region_.call("UpdateTimeToLive", R"({"TimeToLiveSpecification":{}})"),
            refusal({quoting("Value null at 'tableName'", kNotNull),
                     quoting("Value null at 'timeToLiveSpecification.attributeName'", kNotNull),
                     quoting("Value null at 'timeToLiveSpecification.enabled'", kNotNull)}));
}

TEST_F(AggregatedStyle, QuerysLimitIsToldInTheNewWords) {
  EXPECT_EQ(
      region_.call("Query", R"({"TableName":"hash","Limit":0})"),
      "validation: 1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must "
      "have value greater than or equal to 1");
}

std::string create_table(std::string_view name, std::string_view key_schema) {
  return fmt::format(R"({{"TableName":"{}","BillingMode":"PAY_PER_REQUEST","KeySchema":[{}],)"
                     R"("AttributeDefinitions":[{{"AttributeName":"pk","AttributeType":"S"}}]}})",
                     name, key_schema);
}

constexpr std::string_view kPk = R"({"AttributeName":"pk","KeyType":"HASH"})";

TEST_F(AggregatedStyle, CreateTableTellsItsNameAsTheModelDoes) {
  EXPECT_EQ(
      region_.call("CreateTable", create_table("ab", kPk)),
      refusal({"Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater "
               "than or equal to 3"}));
  EXPECT_EQ(region_.call("CreateTable", create_table("a;b", kPk)),
            refusal({"Value 'a;b' at 'tableName' failed to satisfy constraint: Member must satisfy regular "
                     "expression pattern: [a-zA-Z0-9_.-]+"}));
  EXPECT_EQ(
      region_.call("CreateTable", create_table(std::string(256, 'a'), kPk)),
      refusal({"Value '" + std::string(256, 'a') +
               "' at 'tableName' failed to satisfy constraint: Member must have length less than or equal "
               "to 255"}));
}

TEST_F(AggregatedStyle, AKeySchemaThatIsNoneIsToldInTheOlderWords) {
  const std::string again = R"(,{"AttributeName":"pk","KeyType":"RANGE"})";
  EXPECT_EQ(region_.call("CreateTable", create_table("new", std::string(kPk) + again)),
            "validation: Invalid KeySchema: Some index key attribute have no definition");
  EXPECT_EQ(
      region_.call("CreateTable", create_table("new", std::string(kPk) + again + again)),
      refusal({"Value '[KeySchemaElement(attributeName=pk, keyType=HASH), "
               "KeySchemaElement(attributeName=pk, keyType=RANGE), KeySchemaElement(attributeName=pk, "
               "keyType=RANGE)]' at 'keySchema' failed to satisfy constraint: Member must have length less "
               "than or equal to 2"}));
}

TEST_F(AggregatedStyle, NoMoreThanTenMistakesAreTold) {
  std::string items;
  for (int i = 0; i < 20; ++i) items += std::string(i == 0 ? "" : ",") + R"({"Get":{}})";
  const std::string answer = region_.call("TransactGetItems", R"({"TransactItems":[)" + items + "]}");
  EXPECT_TRUE(
      answer.starts_with("validation: 10 validation errors detected: Value null at "
                         "'transactItems.1.member.get.tableName'"))
      << answer;
}

TEST_F(AggregatedStyle, OtherMistakesAreToldInTheOlderWords) {
  EXPECT_EQ(region_.call("PutItem", R"({"TableName":"hash","Item":{"pk":{"S":"a"},"n":{"N":""}}})"),
            "validation: The parameter cannot be converted to a numeric value");
  EXPECT_EQ(
      region_.call("PutItem", R"({"TableName":"hash","Item":{"pk":{"S":"a"},"s":{"SS":["b","a","b"]}}})"),
      "validation: One or more parameter values were invalid: Input collection [b, a, b] contains "
      "duplicates.");
  EXPECT_EQ(
      region_.call("PutItem", R"({"TableName":"hash","Item":{"pk":{"S":"a"}},"ConditionExpression":"a ="})"),
      "validation: Invalid ConditionExpression: Syntax error; token: \"<EOF>\", near: \"=\"");
  EXPECT_EQ(region_.call("BatchGetItem", R"({"RequestItems":{}})"),
            "validation: The requestItems parameter is required for BatchGetItem");
  EXPECT_EQ(
      region_.call("UpdateItem",
                   R"({"TableName":"hash","Key":{"pk":{"S":"a"}},"UpdateExpression":"SET a = :a",)"
                   R"("ExpressionAttributeValues":{":a":{"N":"x"}}})"),
      "validation: ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a "
      "numeric value: x for key :a");
}

TEST_F(AggregatedStyle, WrongTypesAndOtherErrorsAreAnsweredAsEver) {
  EXPECT_EQ(region_.call("GetItem", R"({"TableName":12,"ReturnConsumedCapacity":"hi"})"),
            "serialization: NUMBER_VALUE cannot be converted to String");
  EXPECT_EQ(region_.call("GetItem", R"({"TableName":"none","Key":{"pk":{"S":"a"}}})"),
            "resource_not_found: Requested resource not found");
  EXPECT_EQ(region_.call("PutItem", R"({"TableName":"hash","Item":{"pk":{"S":"a"}}})"), "{}");
}

TEST(CurrentStyle, SomeEnumerationsAreStillToldAtOnce) {
  TestRegion region;
  EXPECT_EQ(
      region.call("PutItem", R"({"TableName":"hash","Item":{"pk":{"S":"a"}},"ReturnConsumedCapacity":"hi",)"
                             R"("ReturnItemCollectionMetrics":"hi","ReturnValues":"hi"})"),
      refusal({std::string(kNoCapacity),
               "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, "
               "ALL_NEW, UPDATE_NEW, NONE]",
               "ReturnItemCollectionMetrics can only be SIZE or NONE"}));
  EXPECT_EQ(
      region.call("DeleteItem",
                  R"({"TableName":"hash","Key":{},"ReturnConsumedCapacity":"hi","ReturnValues":"hi"})"),
      refusal({std::string(kNoCapacity),
               "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, "
               "ALL_NEW, UPDATE_NEW, NONE]"}));
}

TEST(CurrentStyle, WithoutAKeyAllMembersAreToldInTheOlderWords) {
  TestRegion region;
  EXPECT_EQ(
      region.call("UpdateItem", R"({"TableName":"","ReturnConsumedCapacity":"hi","ReturnValues":"hi"})"),
      refusal({std::string(kNoCapacity), quoting("Value '' at 'tableName'", kNotEmptyList),
               "Value 'hi' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value "
               "set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]",
               quoting("Value null at 'key'", kNotNull)}));
}

TEST(CurrentStyle, OneRefusedMemberIsAnswered) {
  TestRegion region;
  EXPECT_EQ(region.call("PutItem", R"({"TableName":"","Item":{},"ReturnValues":"INVALID"})"),
            "validation: 1 validation error detected: Value at 'TableName' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1");
  EXPECT_EQ(
      region.call(
          "UpdateItem",
          R"({"TableName":"hash","Key":{},"ReturnValues":"INVALID","ReturnConsumedCapacity":"INVALID"})"),
      "validation: 1 validation error detected: Failed to satisfy constraint: Member must satisfy enum "
      "value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]");
}

TEST(CurrentStyle, AWrongJsonTypeIsSaidBeforeSeveralRefusedMembers) {
  TestRegion region;
  region.create_table("hash");
  const std::string answer = region.call(
      "PutItem", R"({"TableName":5,"Item":{},"ReturnValues":"hi","ReturnConsumedCapacity":"hi"})");
  EXPECT_TRUE(answer.starts_with("serialization")) << answer;
}

}  // namespace
}  // namespace gyre::operations
