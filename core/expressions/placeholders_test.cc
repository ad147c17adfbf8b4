// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/expressions/expressions.h"
#include "core/expressions/values_test.h"

namespace gyre::expressions {
namespace {

std::string message(const Status& status) {
  return status.ok() ? "" : status.error().message;
}

TEST(Placeholders, RefusesNamesThatNoExpressionCanHold) {
  EXPECT_EQ(message(Placeholders({{"a", "x"}}, {}).validate()),
            "ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\"");
  EXPECT_EQ(message(Placeholders({{"#", "x"}}, {}).validate()),
            "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#\"");
  EXPECT_EQ(message(Placeholders({}, {{"a", S("x")}}).validate()),
            "ExpressionAttributeValues contains invalid key: Syntax error; key: \"a\"");
  EXPECT_EQ(message(Placeholders({}, {{":a-b", S("x")}}).validate()),
            "ExpressionAttributeValues contains invalid key: Syntax error; key: \":a-b\"");
  EXPECT_EQ(message(Placeholders({{"#a", "x"}}, {{":b", S("x")}}).validate()), "");
}

TEST(Placeholders, BoundsLengths) {
  const std::string longest = "#" + std::string(limits::kPlaceholderBytesMax - 1, 'n');
  EXPECT_TRUE(Placeholders({{longest, "x"}}, {}).validate().ok());
  EXPECT_EQ(message(Placeholders({{longest + "n", "x"}}, {}).validate()),
            "ExpressionAttributeNames contains invalid key: The expression attribute map contains a key that "
            "is too long; size of key: 256");
  EXPECT_EQ(
      message(Placeholders({}, {{":" + longest, S("x")}}).validate()),
      "ExpressionAttributeValues contains invalid key: The expression attribute map contains a key that "
      "is too long;");
  EXPECT_EQ(message(Placeholders({{"#a", ""}}, {}).validate()),
            "ExpressionAttributeNames contains invalid value: Empty attribute name for key #a");
  const std::string name(limits::kAttributeNameBytesMax, 'n');
  EXPECT_TRUE(Placeholders({{"#a", name}}, {}).validate().ok());
  EXPECT_EQ(message(Placeholders({{"#a", name + "n"}}, {}).validate()),
            "ExpressionAttributeNames contains invalid value: Attribute name is too large, must be less than "
            "65536 bytes for key #a");
}

TEST(Placeholders, BoundsAllBytesTogether) {
  const std::string half(limits::kPlaceholdersTotalBytesMax / 2, 'x');
  EXPECT_TRUE(Placeholders({}, {{":a", S(half)}}).validate().ok());
  EXPECT_EQ(message(Placeholders({}, {{":a", S(half)}, {":b", S(half)}}).validate()),
            "ExpressionAttributeValues exceeds max size");
}

TEST(Placeholders, BoundsNamesAndValuesTogether) {
  std::map<std::string, std::string, std::less<>> names;
  const std::string name(limits::kAttributeNameBytesMax, 'n');
  for (int i = 0; i < 20; ++i) names.emplace("#" + std::to_string(i), name);
  const std::string half(limits::kPlaceholdersTotalBytesMax / 2, 'x');
  EXPECT_EQ(message(Placeholders(names, {{":a", S(half)}}).validate()),
            "Combined size of ExpressionAttributeNames and ExpressionAttributeValues exceeds max size");
  for (int i = 20; i < 40; ++i) names.emplace("#" + std::to_string(i), name);
  EXPECT_EQ(message(Placeholders(names, {}).validate()), "ExpressionAttributeNames exceeds max size");
}

TEST(Placeholders, ReportsWhatNoExpressionUsed) {
  Placeholders placeholders({{"#a", "x"}, {"#n", "y"}}, {{":v", S("x")}, {":w", S("x")}});
  EXPECT_EQ(message(placeholders.check_all_used()),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #n}");
  ASSERT_NE(placeholders.name("#a"), nullptr);
  EXPECT_EQ(message(placeholders.check_all_used()),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#n}");
  ASSERT_NE(placeholders.name("#n"), nullptr);
  ASSERT_NE(placeholders.value(":w"), nullptr);
  EXPECT_EQ(message(placeholders.check_all_used()),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}");
  ASSERT_NE(placeholders.value(":v"), nullptr);
  EXPECT_EQ(message(placeholders.check_all_used()), "");
}

TEST(Placeholders, AreSharedByTheExpressionsOfARequest) {
  Placeholders placeholders({{"#a", "x"}}, {{":v", S("x")}, {":w", S("y")}});
  ASSERT_TRUE(Condition::parse("ConditionExpression", "#a = :v", placeholders).ok());
  ASSERT_TRUE(Update::parse("SET #a = :w", placeholders).ok());
  EXPECT_TRUE(placeholders.check_all_used().ok());
}

}  // namespace
}  // namespace gyre::expressions
