// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "core/expressions/expressions.h"
#include "core/expressions/values_test.h"

namespace gyre::expressions {
namespace {

const KeySchema kHashOnly{.partition = {"pk", ScalarType::kString}, .sort = std::nullopt};

KeySchema with_sort(ScalarType type) {
  return {.partition = {"pk", ScalarType::kString}, .sort = KeyAttribute{"sk", type}};
}

Result<KeyCondition> parsed(const std::string& text, const KeySchema& schema, AttributeMap more = {}) {
  AttributeMap values = {{":p", S("k")}, {":a", S("a")}, {":b", S("b")}, {":n", N("5")}, {":e", S("")}};
  for (const Attribute& attribute : more) values.set(attribute.name, attribute.value);
  Placeholders placeholders({{"#pk", "pk"}, {"#sk", "sk"}}, std::move(values));
  return parse_key_condition(text, placeholders, key_attributes_of(schema));
}

std::string encoded(const std::vector<AttributeValue>& values) {
  std::string bytes;
  for (const AttributeValue& value : values) append_key_value(bytes, value);
  return bytes;
}

bool in_range(const KeyCondition& condition, const AttributeValue& sort) {
  std::string bytes;
  append_key_value(bytes, sort);
  return (!condition.sort_lower || bytes >= *condition.sort_lower) &&
         (!condition.sort_upper || bytes < *condition.sort_upper);
}

TEST(KeyCondition, MayNameThePartitionAlone) {
  for (const char* text : {"pk = :p", ":p = #pk", "(pk = :p)", "(pk) = (:p)"}) {
    const Result<KeyCondition> condition = parsed(text, with_sort(ScalarType::kString));
    ASSERT_TRUE(condition.ok()) << text;
    EXPECT_EQ(condition->partition, encoded({S("k")}));
    EXPECT_FALSE(condition->sort_lower.has_value());
    EXPECT_FALSE(condition->sort_upper.has_value());
  }
}

TEST(KeyCondition, ConditionsOnSortKeysAreRanges) {
  struct Case {
    std::string condition;
    std::string inside;  // of the sort keys a, aa, b, c, one letter each
  };
  const std::vector<Case> cases = {{"sk = :a", "a"},
                                   {"sk < :b", "aA"},
                                   {"sk <= :b", "aAb"},
                                   {"sk > :a", "Abc"},
                                   {"sk >= :a", "aAbc"},
                                   {":a < sk", "Abc"},
                                   {":a >= sk", "a"},
                                   {"begins_with(sk, :a)", "aA"},
                                   {"sk BETWEEN :a AND :b", "aAb"}};
  for (const Case& one : cases) {
    for (const std::string& text : {"pk = :p AND " + one.condition, one.condition + " and #pk = :p"}) {
      const Result<KeyCondition> condition = parsed(text, with_sort(ScalarType::kString));
      ASSERT_TRUE(condition.ok()) << text << condition.error().message;
      std::string inside;
      if (in_range(*condition, S("a"))) inside += "a";
      if (in_range(*condition, S("aa"))) inside += "A";
      if (in_range(*condition, S("b"))) inside += "b";
      if (in_range(*condition, S("c"))) inside += "c";
      EXPECT_EQ(inside, one.inside) << text;
    }
  }
}

TEST(KeyCondition, RangesOfNumbersGoByTheirValues) {
  const Result<KeyCondition> condition = parsed("pk = :p AND sk > :n", with_sort(ScalarType::kNumber));
  ASSERT_TRUE(condition.ok());
  EXPECT_FALSE(in_range(*condition, N("-100")));
  EXPECT_FALSE(in_range(*condition, N("5.0")));
  EXPECT_TRUE(in_range(*condition, N("5.0000001")));
  EXPECT_TRUE(in_range(*condition, N("1E100")));
}

/// Short strings of the bytes around which escapes and carries happen.
std::string random_bytes(std::mt19937& random) {
  constexpr char kBytes[] = {'\x00', '\x01', '\x02', 'a', '\xFE', '\xFF'};
  std::string bytes(1 + random() % 4, 'x');
  for (char& byte : bytes) byte = kBytes[random() % std::size(kBytes)];
  return bytes;
}

TEST(KeyCondition, RangesOfBinaryAgreeWithPlainComparisons) {
  std::mt19937 random(1);
  const KeySchema schema = with_sort(ScalarType::kBinary);
  for (int round = 0; round < 500; ++round) {
    const std::string key = random_bytes(random);
    std::string low = random_bytes(random);
    std::string high = random_bytes(random);
    if (high < low) std::swap(low, high);
    const AttributeMap values = {{":low", B(low)}, {":high", B(high)}};
    const auto inside = [&](const std::string& condition) {
      return in_range(parsed("pk = :p AND " + condition, schema, values).value(), B(key));
    };
    ASSERT_EQ(inside("sk = :low"), key == low);
    ASSERT_EQ(inside("sk < :low"), key < low);
    ASSERT_EQ(inside("sk <= :low"), key <= low);
    ASSERT_EQ(inside("sk > :low"), key > low);
    ASSERT_EQ(inside("sk >= :low"), key >= low);
    ASSERT_EQ(inside("begins_with(sk, :low)"), key.starts_with(low));
    ASSERT_EQ(inside("sk BETWEEN :low AND :high"), low <= key && key <= high);
  }
}

TEST(KeyCondition, RefusesWithTheMessagesOfAws) {
  const std::string long_partition(2049, 'x');
  const std::string long_sort(1025, 'x');
  struct Case {
    std::string text;
    std::string message;
  };
  const std::vector<Case> cases = {
      {"", "Invalid KeyConditionExpression: The expression can not be empty;"},
      {"((pk = :p))", "Invalid KeyConditionExpression: The expression has redundant parentheses;"},
      {"pk = :p OR sk = :a", "Invalid operator used in KeyConditionExpression: OR"},
      {"NOT pk = :p", "Invalid operator used in KeyConditionExpression: NOT"},
      {"pk IN (:p)", "Invalid operator used in KeyConditionExpression: IN"},
      {"pk <> :p", "Invalid operator used in KeyConditionExpression: <>"},
      {"pk = :p AND contains(sk, :a)", "Invalid operator used in KeyConditionExpression: contains"},
      {"attribute_exists(pk)", "Invalid operator used in KeyConditionExpression: attribute_exists"},
      {":a BETWEEN size(sk) AND pk",
       "Invalid condition in KeyConditionExpression: BETWEEN operator must have the key attribute as its "
       "first operand"},
      {"begins_with(:a, sk)",
       "Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its "
       "first "
       "operand"},
      {"pk = :p AND sk > size(x1)", "KeyConditionExpressions cannot contain nested operations"},
      {"pk = sk",
       "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"},
      {"pk.x = :p", "KeyConditionExpressions cannot have conditions on nested attributes"},
      {":a = :b", "Invalid condition in KeyConditionExpression: No key attribute specified"},
      {"pk = :p AND sk > :a AND sk < :b",
       "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key"},
      {"pk = :p AND sk = :a AND x1 = :b",
       "The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)"},
      {"sk = :a", "Query condition missed key schema element: pk"},
      {"x1 = :a AND sk = :a", "Query condition missed key schema element: pk"},
      {"pk = :p AND x1 = :a", "Query condition missed key schema element: sk"},
      {"pk > :p", "Query key condition not supported"},
      {"begins_with(pk, :p)", "Query key condition not supported"},
      {"pk = :n",
       "One or more parameter values were invalid: Condition parameter type does not match schema type"},
      {"pk = :p AND sk < :n",
       "One or more parameter values were invalid: Condition parameter type does not match schema type"},
      {"begins_with(sk, :n) AND pk = :p",
       "Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or "
       "function: "
       "begins_with, operand type: N"},
      {"pk = :p AND sk BETWEEN :b AND :a",
       "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than or "
       "equal to lower "
       "bound; lower bound operand: AttributeValue: {S:b}, upper bound operand: AttributeValue: {S:a}"},
      {"pk = :e",
       "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
       "empty "
       "string value. Key: pk"},
      {"pk = :long",
       "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit "
       "of2048 bytes"},
      {"pk = :p AND sk = :longsort",
       "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size "
       "limit of "
       "1024 bytes"},
  };
  for (const Case& one : cases) {
    const Result<KeyCondition> condition =
        parsed(one.text, with_sort(ScalarType::kString),
               {{":long", S(long_partition)}, {":longsort", S(long_sort)}});
    ASSERT_FALSE(condition.ok()) << one.text;
    EXPECT_EQ(condition.error().message, one.message) << one.text;
    EXPECT_EQ(condition.error().code, ErrorCode::kValidation);
  }
  EXPECT_EQ(
      parsed("pk = :p AND sk = :a", kHashOnly).error().message,
      "The number of query conditions (2) exceeds the number of key attributes defined in the schema (1)");
}

// --- keys of several attributes ---

IndexSchema wide_index() {
  IndexSchema index;
  index.partition = {{"p1", ScalarType::kString}, {"p2", ScalarType::kNumber}};
  index.sort = {{"s1", ScalarType::kString}, {"s2", ScalarType::kNumber}, {"s3", ScalarType::kString}};
  return index;
}

Result<KeyCondition> parsed_wide(const std::string& text) {
  Placeholders placeholders(
      {}, {{":a", S("a")}, {":b", S("b")}, {":m", S(std::string(600, 'm'))}, {":n", N("5")}});
  const IndexSchema index = wide_index();
  return parse_key_condition(text, placeholders, key_attributes_of(index));
}

std::string wide_error(const std::string& text) {
  const Result<KeyCondition> condition = parsed_wide(text);
  return condition.ok() ? "ok" : condition.error().message;
}

TEST(KeyConditionOfSeveralAttributes, JoinsThePartitionInTheOrderOfTheKey) {
  const Result<KeyCondition> condition = parsed_wide("p2 = :n AND p1 = :a");
  ASSERT_TRUE(condition.ok());
  EXPECT_EQ(condition->partition, encoded({S("a"), N("5")}));
  EXPECT_FALSE(condition->sort_lower.has_value());
}

TEST(KeyConditionOfSeveralAttributes, SortAttributesFollowFromTheLeft) {
  const std::string partition = "p1 = :a AND p2 = :n AND ";
  const auto inside = [&](const std::string& text, const AttributeValue& s1, const char* s2,
                          const AttributeValue& s3) {
    const Result<KeyCondition> condition = parsed_wide(partition + text);
    EXPECT_TRUE(condition.ok()) << text;
    const std::string sort = encoded({s1, N(s2), s3}) + "the item's own key";
    return (!condition->sort_lower || sort >= *condition->sort_lower) &&
           (!condition->sort_upper || sort < *condition->sort_upper);
  };
  EXPECT_TRUE(inside("s1 = :a", S("a"), "-9", S("z")));
  EXPECT_FALSE(inside("s1 = :a", S("aa"), "1", S("a")));
  EXPECT_TRUE(inside("s1 > :a", S("aa"), "1", S("a")));
  EXPECT_FALSE(inside("s1 > :a", S("a"), "99", S("zz")));
  EXPECT_TRUE(inside("s1 <= :a", S("a"), "99", S("zz")));
  EXPECT_TRUE(inside("begins_with(s1, :a)", S("aa"), "1", S("a")));
  EXPECT_TRUE(inside("s1 = :a AND s2 < :n", S("a"), "4", S("z")));
  EXPECT_FALSE(inside("s1 = :a AND s2 < :n", S("a"), "5", S("a")));
  EXPECT_FALSE(inside("s1 = :a AND s2 < :n", S("A"), "4", S("a")));
  EXPECT_TRUE(inside("s3 BETWEEN :a AND :b AND s1 = :a AND s2 = :n", S("a"), "5", S("b")));
  EXPECT_FALSE(inside("s3 BETWEEN :a AND :b AND s1 = :a AND s2 = :n", S("a"), "5", S("ba")));
  EXPECT_FALSE(inside("s3 BETWEEN :a AND :b AND s1 = :a AND s2 = :n", S("a"), "6", S("b")));
}

TEST(KeyConditionOfSeveralAttributes, RefusesGapsAndRangesBeforeTheLast) {
  EXPECT_EQ(wide_error("p1 = :a"), "Query condition missed key schema element: p2");
  EXPECT_EQ(wide_error("p1 = :a AND p2 > :n"), "Query key condition not supported");
  EXPECT_EQ(wide_error("p1 = :a AND p2 = :n AND s2 = :n"), "Query condition missed key schema element: s1");
  EXPECT_EQ(wide_error("p1 = :a AND p2 = :n AND s1 > :a AND s2 = :n"), "Query key condition not supported");
  EXPECT_EQ(wide_error("p1 = :a AND p2 = :n AND s1 = :a AND q = :n"),
            "Query condition missed key schema element: s2");
  EXPECT_EQ(wide_error("p1 = :a AND p2 = :n AND s1 = :m AND s2 = :n AND s3 = :m"), kSortKeyTooLong);
}

}  // namespace
}  // namespace gyre::expressions
