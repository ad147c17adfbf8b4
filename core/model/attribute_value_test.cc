// SPDX-License-Identifier: Apache-2.0
#include "core/model/attribute_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace gyre {
namespace {

using ::testing::ElementsAre;

AttributeValue text(std::string value) {
  return AttributeValue::string(std::move(value));
}
AttributeValue integer(std::int64_t value) {
  return AttributeValue::number(Number::from_int(value));
}

std::vector<std::string> names(const AttributeMap& map) {
  std::vector<std::string> out;
  for (const Attribute& attribute : map) out.push_back(attribute.name);
  return out;
}

TEST(AttributeMap, KeepsNamesInByteOrderHoweverTheyCome) {
  AttributeMap map;
  for (const char* name : {"m", "z", "a", "Z", "mm", "\xc3\xa9"}) EXPECT_TRUE(map.insert(name, text(name)));
  EXPECT_THAT(names(map), ElementsAre("Z", "a", "m", "mm", "z", "\xc3\xa9"));
  ASSERT_NE(map.find("mm"), nullptr);
  EXPECT_EQ(*map.find("mm"), text("mm"));
  EXPECT_EQ(map.find("mmm"), nullptr);
  EXPECT_EQ(map.find(""), nullptr);
}

TEST(AttributeMap, InsertNeverReplacesAndSetDoes) {
  AttributeMap map = {{"a", text("old")}};
  EXPECT_FALSE(map.insert("a", text("new")));
  EXPECT_EQ(*map.find("a"), text("old"));
  EXPECT_EQ(map.set("a", text("new")), text("new"));
  EXPECT_EQ(map.size(), 1u);
}

TEST(AttributeMap, EraseTellsWhetherTheNameWasThere) {
  AttributeMap map = {{"a", text("1")}, {"b", text("2")}};
  EXPECT_TRUE(map.erase("a"));
  EXPECT_FALSE(map.erase("a"));
  EXPECT_THAT(names(map), ElementsAre("b"));
}

TEST(AttributeMap, SortsWhatCameInAnyOrderAndRefusesANameTwice) {
  const auto map = AttributeMap::from_unsorted({{"b", text("2")}, {"a", text("1")}});
  ASSERT_TRUE(map.has_value());
  EXPECT_EQ(*map, (AttributeMap{{"a", text("1")}, {"b", text("2")}}));
  EXPECT_FALSE(
      AttributeMap::from_unsorted({{"b", text("2")}, {"a", text("1")}, {"b", text("3")}}).has_value());
}

TEST(AttributeValue, KnowsItsTypeAndDynamoDbsNameForIt) {
  const std::pair<AttributeValue, std::string_view> values[] = {
      {text("x"), "S"},
      {integer(1), "N"},
      {AttributeValue::binary("x"), "B"},
      {AttributeValue::boolean(false), "BOOL"},
      {AttributeValue::null(), "NULL"},
      {AttributeValue::map({}), "M"},
      {AttributeValue::list({}), "L"},
      {AttributeValue::string_set({"x"}).value(), "SS"},
      {AttributeValue::number_set({Number()}).value(), "NS"},
      {AttributeValue::binary_set({"x"}).value(), "BS"},
  };
  for (const auto& [value, name] : values) EXPECT_EQ(attribute_type_name(value.type()), name);
}

TEST(AttributeValue, SetsAreEqualHoweverTheirMembersCame) {
  EXPECT_EQ(AttributeValue::string_set({"b", "a", "c"}).value(),
            AttributeValue::string_set({"c", "b", "a"}).value());
  const auto numbers =
      AttributeValue::number_set({Number::from_int(10), Number::from_int(-2), Number::from_int(9)});
  EXPECT_THAT(numbers.value().as_number_set(),
              ElementsAre(Number::from_int(-2), Number::from_int(9), Number::from_int(10)));
  EXPECT_NE(AttributeValue::string_set({"a"}).value(), AttributeValue::binary_set({"a"}).value());
}

TEST(AttributeValue, EmptySetsAreRefusedInAwssWords) {
  const std::string prefix = "One or more parameter values were invalid: ";
  EXPECT_EQ(AttributeValue::string_set({}).error().message, prefix + "An string set  may not be empty");
  EXPECT_EQ(AttributeValue::number_set({}).error().message, prefix + "An number set  may not be empty");
  EXPECT_EQ(AttributeValue::binary_set({}).error().message, prefix + "Binary sets should not be empty");
}

TEST(AttributeValue, DuplicatesInSetsAreRefusedInAwssWords) {
  const std::string prefix = "One or more parameter values were invalid: ";
  const Error strings = AttributeValue::string_set({"b", "a", "b", "A"}).error();
  EXPECT_EQ(strings.message, prefix + R"(Input collection ["a", "b", "b", "A"] contains duplicates.)");
  EXPECT_EQ(strings.older_words(), prefix + "Input collection [b, a, b, A] contains duplicates.");
  const Error numbers =
      AttributeValue::number_set({Number::parse("1.0").value(), Number::from_int(1)}).error();
  EXPECT_EQ(numbers.message, prefix + "Input collection contains duplicates.");
  EXPECT_EQ(numbers.older_words(), "Input collection contains duplicates");
  const Error binaries =
      AttributeValue::binary_set({"\xff", std::string(1, '\0'), std::string(1, '\0')}).error();
  EXPECT_EQ(binaries.message,
            prefix + R"(Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.)");
  EXPECT_EQ(binaries.older_words(),
            prefix + "Input collection [/w==, AA==, AA==]of type BS contains duplicates.");
}

TEST(DynamoDbSize, CountsByAwssRules) {
  EXPECT_EQ(dynamodb_size(text("h\xc3\xa9")), 3u);
  EXPECT_EQ(dynamodb_size(AttributeValue::binary(std::string(5, '\0'))), 5u);
  EXPECT_EQ(dynamodb_size(integer(123456)), 4u);
  EXPECT_EQ(dynamodb_size(AttributeValue::boolean(true)), 1u);
  EXPECT_EQ(dynamodb_size(AttributeValue::null()), 1u);
  EXPECT_EQ(dynamodb_size(AttributeValue::list({})), 3u);
  EXPECT_EQ(dynamodb_size(AttributeValue::list({text("ab"), AttributeValue::null()})), 3u + 1 + 2 + 1 + 1);
  EXPECT_EQ(dynamodb_size(AttributeValue::map({{"name", text("ab")}})), 3u + 1 + 4 + 2);
  EXPECT_EQ(dynamodb_size(AttributeValue::string_set({"a", "bcd"}).value()), 4u);
  EXPECT_EQ(dynamodb_size(AttributeValue::number_set({Number::from_int(1), Number::from_int(-1)}).value()),
            5u);
  EXPECT_EQ(dynamodb_size(Item{{"id", text("a")}, {"n", integer(1)}}), 2u + 1 + 1 + 2);
}

TEST(NestingLevels, CountsTheValueItself) {
  EXPECT_EQ(nesting_levels(text("a")), 1);
  EXPECT_EQ(nesting_levels(AttributeValue::list({})), 1);
  EXPECT_EQ(nesting_levels(AttributeValue::list({text("a")})), 2);
  EXPECT_EQ(nesting_levels(AttributeValue::map({{"a", text("x")}, {"b", AttributeValue::list({text("y")})}})),
            3);
}

TEST(AttributeMap, ChangesManyNamesAsOneByOne) {
  std::mt19937 random(20'261'129);
  for (int round = 0; round < 500; ++round) {
    AttributeMap map;
    for (auto left = random() % 12; left > 0; --left) {
      map.set(std::string(1, static_cast<char>('a' + random() % 20)), AttributeValue::null());
    }
    std::vector<AttributeChange> changes;
    AttributeMap expected = map;
    for (char name = 'a'; name < 'u'; ++name) {
      if (random() % 3 != 0) continue;
      AttributeChange change{std::string(1, name), std::nullopt};
      if (random() % 2 == 0) change.value = AttributeValue::boolean(random() % 2 == 0);
      if (change.value) {
        expected.set(change.name, *change.value);
      } else {
        expected.erase(change.name);
      }
      changes.push_back(std::move(change));
    }
    map.change(std::move(changes));
    ASSERT_EQ(map, expected) << "round " << round;
  }
}

}  // namespace
}  // namespace gyre
