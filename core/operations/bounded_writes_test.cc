// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <utility>

#include "core/base/work.h"
#include "core/operations/items/item_actions.h"
#include "core/operations/testing/test_region.h"

// What a write takes of the writer's thread is counted, not timed: heavy conditions and updates are decided
// before, and hold as long as the item is what they were decided for.

namespace gyre::operations {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string repeated(int count, const std::string& text, const std::string& separator) {
  std::string all;
  for (int i = 0; i < count; ++i) all += (i > 0 ? separator : "") + text;
  return all;
}

class BoundedWrites : public testing::Test {
 protected:
  static constexpr int kSearches = 150;

  BoundedWrites() {
    region_.create_table("heavy");
    put("a");
  }

  void put(const std::string& letter) {
    region_.put("heavy",
                R"({"pk":{"S":"p"},"n":{"N":"1"},"s":{"S":")" + std::string(390'000, letter[0]) + R"("}})");
  }

  // More than the writer may do for one request.
  static std::string heavy_condition() { return repeated(kSearches, "contains(s,:b)", " or "); }
  static std::string update(const std::string& expression, const std::string& more) {
    return R"({"TableName":"heavy","Key":{"pk":{"S":"p"}},"UpdateExpression":")" + expression +
           R"(","ConditionExpression":")" + heavy_condition() + "\"" + more + "}";
  }

  TestRegion region_;
};

TEST_F(BoundedWrites, AHeavyConditionIsDecidedAheadOfTheWriter) {
  static_assert(kSearches * 390'000ULL > limits::kWriterUnits);
  EXPECT_EQ(
      region_.call("UpdateItem", update("SET n = n + :one",
                                        R"(,"ExpressionAttributeValues":{":b":{"S":"b"},":one":{"N":"1"}})")),
      "conditional_check_failed: The conditional request failed");
  region_.expect("UpdateItem",
                 update("SET n = n + :one",
                        R"(,"ReturnValues":"UPDATED_NEW",
                           "ExpressionAttributeValues":{":b":{"S":"aaa"},":one":{"N":"1"}})"),
                 R"({"Attributes":{"n":{"N":"2"}}})");
}

TEST_F(BoundedWrites, AFailedConditionAnswersTheItem) {
  EXPECT_THAT(
      region_.call(
          "PutItem",
          R"({"TableName":"heavy","Item":{"pk":{"S":"p"}},"ReturnValuesOnConditionCheckFailure":"ALL_OLD",
                       "ConditionExpression":")" +
              heavy_condition() + R"(","ExpressionAttributeValues":{":b":{"S":"b"}}})"),
      HasSubstr(R"("n":{"N":"1"})"));
}

TEST_F(BoundedWrites, ATransactionIsDecidedAheadToo) {
  EXPECT_THAT(
      region_.call("TransactWriteItems",
                   R"({"TransactItems":[{"Update":)" +
                       update("REMOVE s", R"(,"ExpressionAttributeValues":{":b":{"S":"b"}})") + "}]}"),
      StartsWith("transaction_canceled"));
  region_.expect("TransactWriteItems",
                 R"({"TransactItems":[{"Update":)" +
                     update("REMOVE s", R"(,"ExpressionAttributeValues":{":b":{"S":"aa"}})") + "}]}",
                 "{}");
  region_.expect("GetItem", R"({"TableName":"heavy","Key":{"pk":{"S":"p"}}})",
                 R"({"Item":{"pk":{"S":"p"},"n":{"N":"1"}}})");
}

/// Goes through an action as its holder does.
class OvertakenWrites : public BoundedWrites {
 protected:
  ActionPointer consider_increment(const std::string& condition, bool item_on_failure = false) {
    const storage::TablePointer table = region_.store().catalog().snapshot()->find("heavy");
    expressions::Placeholders placeholders(
        {}, {{":b", AttributeValue::string("b")}, {":one", AttributeValue::number(Number::from_int(1))}});
    ActionParameters parameters;
    parameters.item_on_condition_failure = item_on_failure;
    parameters.condition =
        expressions::Condition::parse("ConditionExpression", condition, placeholders).value();
    auto update = expressions::Update::parse("SET n = n + :one", placeholders).value();
    ActionPointer action =
        make_update_action(std::move(parameters), {{"pk", AttributeValue::string("p")}}, std::move(update));
    EXPECT_TRUE(action->bind(table).ok());
    const auto ahead = region_.store().reads().prefetch(*table, action->key(), storage::ReadTier::kAll);
    Work work;
    EXPECT_TRUE(action->consider(*ahead->item, work).ok());
    EXPECT_GT(work.units(), 390'000U);
    return action;
  }

  Status apply(ItemAction& action) {
    return submit_and_wait(region_.store().writer(), storage::WriteClass::kClient,
                           [&](storage::WriteTransaction& transaction) -> Status {
                             const Result<ActionOutcome> outcome = action.apply(transaction, false);
                             units_ = transaction.work().units();
                             return outcome.ok() ? Status() : Status(outcome.error());
                           });
  }

  std::string number() {
    return region_.call("GetItem",
                        R"({"TableName":"heavy","Key":{"pk":{"S":"p"}},"ProjectionExpression":"n"})");
  }

  std::uint64_t units_ = 0;  ///< that the writer spent
};

TEST_F(OvertakenWrites, WhatWasDecidedOfThisItemTakesNothingOfTheWriter) {
  put("b");
  const ActionPointer action = consider_increment("contains(s, :b)");
  EXPECT_TRUE(apply(*action).ok());
  EXPECT_EQ(number(), R"({"Item":{"n":{"N":"2"}}})");
  EXPECT_EQ(units_, 0U);
}

TEST_F(OvertakenWrites, WhatWasDecidedOfAnotherItemCountsForNothing) {
  const ActionPointer failing = consider_increment("contains(s, :b)");
  put("b");
  EXPECT_TRUE(apply(*failing).ok()) << "the item that is there now has what the condition asks for";
  EXPECT_EQ(number(), R"({"Item":{"n":{"N":"2"}}})");
  EXPECT_GT(units_, 390'000U);

  const ActionPointer passing = consider_increment("contains(s, :b)");
  put("a");
  const Status refused = apply(*passing);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConditionalCheckFailed);
}

TEST_F(OvertakenWrites, TheItemThatAnErrorShowsIsWrittenAheadToo) {
  const ActionPointer action = consider_increment("contains(s, :b)", true);
  const Status refused = apply(*action);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConditionalCheckFailed);
  EXPECT_THAT(refused.error().reply_members, StartsWith(R"("Item":{"n":{"N":"1"},)"));
  EXPECT_EQ(units_, 0U);
  EXPECT_GT(action->size_bytes(), 390'000U) << "the queue counts it";

  put("c");
  const Status overtaken = apply(*action);
  ASSERT_FALSE(overtaken.ok());
  EXPECT_EQ(overtaken.error().code, ErrorCode::kConditionalCheckFailed);
  EXPECT_THAT(overtaken.error().reply_members, HasSubstr("ccc"));
  EXPECT_GT(units_, 390'000 * limits::kWrittenByteUnits);
}

TEST_F(OvertakenWrites, WhatIsTooMuchForTheWriterIsToBeTriedAgain) {
  const ActionPointer action = consider_increment(heavy_condition());
  put("c");
  const Status refused = apply(*action);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kThrottled);
  EXPECT_LT(units_, limits::kWriterUnits + 500'000) << "it went on after its bound";
  EXPECT_EQ(number(), R"({"Item":{"n":{"N":"1"}}})");
}

}  // namespace
}  // namespace gyre::operations
