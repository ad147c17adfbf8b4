// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/expressions/expressions.h"
#include "core/expressions/values_test.h"

// Conditions and updates that are built, not parsed.
namespace gyre::expressions {
namespace {

const std::vector<Item> kItems = {
    {},
    {{"a", S("ab")}},
    {{"a", S("b")}},
    {{"a", N("1")}, {"b", N("2")}},
    {{"a", N("2")}},
    {{"a", B("ab")}},
    {{"a", Null()}},
    {{"a", Bool(true)}},
    {{"a", SS({"ab", "x"})}},
    {{"a", L({S("ab"), N("1")})}},
    {{"a", M({})}},
};

TEST(Builders, EveryOperatorMeansWhatItsExpressionMeans) {
  using enum ComparisonOperator;
  struct Case {
    ComparisonOperator operation;
    std::vector<AttributeValue> values;
    std::string expression;  // of ":0" and ":1"
  };
  const std::vector<Case> cases = {
      {kEqual, {S("ab")}, "a = :0"},
      {kEqual, {SS({"x", "ab"})}, "a = :0"},
      {kNotEqual, {S("ab")}, "a <> :0"},
      {kLess, {N("2")}, "a < :0"},
      {kLessOrEqual, {S("ab")}, "a <= :0"},
      {kGreater, {N("1")}, "a > :0"},
      {kGreaterOrEqual, {B("ab")}, "a >= :0"},
      {kBetween, {N("1"), N("1.5")}, "a BETWEEN :0 AND :1"},
      {kIn, {S("b"), S("c")}, "a IN (:0, :1)"},
      {kNull, {}, "attribute_not_exists(a)"},
      {kNotNull, {}, "attribute_exists(a)"},
      {kContains, {S("ab")}, "contains(a, :0)"},
      {kContains, {N("1")}, "contains(a, :0)"},
      {kNotContains, {S("ab")}, "attribute_exists(a) AND NOT contains(a, :0)"},
      {kBeginsWith, {S("a")}, "begins_with(a, :0)"},
  };
  for (const Case& one : cases) {
    AttributeMap values;
    for (std::size_t i = 0; i < one.values.size(); ++i) values.set(":" + std::to_string(i), one.values[i]);
    Placeholders placeholders({}, values);
    const Result<Condition> parsed = Condition::parse("FilterExpression", one.expression, placeholders);
    ASSERT_TRUE(parsed.ok()) << parsed.error().message;
    const Condition built = Condition::all_of({{"a", one.operation, one.values}});
    for (const Item& item : kItems) {
      EXPECT_EQ(*built.evaluate(&item), *parsed->evaluate(&item)) << one.expression;
    }
    EXPECT_EQ(*built.evaluate(nullptr), *parsed->evaluate(nullptr)) << one.expression;
  }
}

TEST(Builders, ConditionsHoldTogetherOrEachAlone) {
  const std::vector<AttributeCondition> conditions = {{"a", ComparisonOperator::kEqual, {N("1")}},
                                                      {"b", ComparisonOperator::kEqual, {N("3")}}};
  const Item item = {{"a", N("1")}, {"b", N("2")}};
  EXPECT_FALSE(*Condition::all_of(conditions).evaluate(&item));
  EXPECT_TRUE(*Condition::any_of(conditions).evaluate(&item));
  EXPECT_EQ(Condition::any_of(conditions).attribute_names(), (std::vector<std::string>{"a", "b"}));
}

TEST(Builders, AttributeUpdatesPutAddAndDelete) {
  using enum AttributeUpdate::Action;
  const Item before = {{"n", N("1")}, {"ss", SS({"a", "b"})}, {"l", L({N("1")})}, {"gone", S("x")}};
  const Update update = Update::of_attributes({{"put", kPut, S("p")},
                                               {"n", kAdd, N("2")},
                                               {"new", kAdd, N("5")},
                                               {"ss", kDelete, SS({"b", "z"})},
                                               {"l", kAdd, L({N("1"), S("x")})},
                                               {"gone", kDelete, std::nullopt},
                                               {"missing", kDelete, NS({"1"})}});
  EXPECT_EQ(*update.apply(before), (Item{{"put", S("p")},
                                         {"n", N("3")},
                                         {"new", N("5")},
                                         {"ss", SS({"a"})},
                                         {"l", L({N("1"), N("1"), S("x")})}}));
  EXPECT_EQ(update.touched(before),
            (Item{{"n", N("1")}, {"ss", SS({"a", "b"})}, {"l", L({N("1")})}, {"gone", S("x")}}));
}

TEST(Builders, AttributeUpdatesOfAnotherTypeSayMismatch) {
  using enum AttributeUpdate::Action;
  const Item before = {{"n", N("1")}, {"ss", SS({"a"})}, {"l", L({})}, {"s", S("x")}};
  const std::vector<AttributeUpdate> updates = {
      {"n", kAdd, SS({"a"})}, {"n", kAdd, L({})},  {"ss", kAdd, N("1")},       {"ss", kAdd, NS({"1"})},
      {"l", kAdd, SS({"a"})}, {"s", kAdd, N("1")}, {"ss", kDelete, NS({"1"})}, {"s", kDelete, SS({"a"})}};
  for (const AttributeUpdate& update : updates) {
    const Result<Item> after = Update::of_attributes({update}).apply(before);
    ASSERT_FALSE(after.ok()) << update.attribute;
    EXPECT_EQ(after.error().message, "Type mismatch for attribute to update");
  }
}

}  // namespace
}  // namespace gyre::expressions
