// SPDX-License-Identifier: Apache-2.0
#include "core/operations/message_style.h"

#include <gtest/gtest.h>

#include "core/operations/operations_test_support.h"

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

TEST_F(AggregatedStyle, WrongTypesAndOtherErrorsAreAnsweredAsEver) {
  EXPECT_EQ(region_.call("GetItem", R"({"TableName":12,"ReturnConsumedCapacity":"hi"})"),
            "serialization: NUMBER_VALUE cannot be converted to String");
  EXPECT_EQ(region_.call("GetItem", R"({"TableName":"none","Key":{"pk":{"S":"a"}}})"),
            "resource_not_found: Requested resource not found");
  EXPECT_EQ(region_.call("PutItem", R"({"TableName":"hash","Item":{"pk":{"S":"a"}}})"), "{}");
}

TEST(CurrentStyle, OneRefusedMemberIsAnswered) {
  TestRegion region;
  EXPECT_EQ(region.call("PutItem", R"({"TableName":"","Item":{},"ReturnValues":"INVALID"})"),
            "validation: 1 validation error detected: Value at 'TableName' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1");
  EXPECT_EQ(
      region.call("UpdateItem",
                  R"({"TableName":"hash","ReturnValues":"INVALID","ReturnConsumedCapacity":"INVALID"})"),
      "validation: 1 validation error detected: Failed to satisfy constraint: Member must satisfy enum "
      "value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]");
}

}  // namespace
}  // namespace gyre::operations
