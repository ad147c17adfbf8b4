// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/parse_cache.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "core/expressions/values_test.h"

namespace gyre::expressions {
namespace {

using Names = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view kParameter = "ConditionExpression";

ParseCache roomy_cache() {
  return ParseCache(1000, 1'000'000);
}

bool holds(const Result<Condition>& condition, const Item& item) {
  return condition.value().evaluate(&item).value();
}

TEST(ParseCache, ATextThatComesAgainIsNotParsedAgain) {
  ParseCache cache = roomy_cache();
  for (int value = 0; value < 3; ++value) {
    Placeholders placeholders({{"#a", "a"}}, {{":v", N(std::to_string(value))}});
    const auto condition = cache.condition(kParameter, "#a = :v AND b <> :v", placeholders);
    EXPECT_TRUE(holds(condition, {{"a", N(std::to_string(value))}, {"b", N("7")}}));
    EXPECT_FALSE(holds(condition, {{"a", N("9")}, {"b", N("7")}}));
    EXPECT_TRUE(placeholders.check_all_used().ok());
  }
  EXPECT_EQ(cache.hits(), 2u);
}

TEST(ParseCache, KeepsEachKindOfExpression) {
  ParseCache cache = roomy_cache();
  const Item item = {{"a", N("1")}, {"b", S("x")}};
  for (int round = 0; round < 2; ++round) {
    Placeholders placeholders({{"#b", "b"}}, {{":v", N("2")}});
    EXPECT_EQ(cache.update("SET a = a + :v REMOVE #b", placeholders).value().apply(item).value(),
              (Item{{"a", N("3")}}));
    EXPECT_EQ(cache.projection("#b", placeholders).value().apply(item), (Item{{"b", S("x")}}));
    const auto keys = cache.key_conditions("a = :v", placeholders).value();
    EXPECT_EQ(keys.size(), 1u);
    EXPECT_EQ(keys.front().attribute, "a");
  }
  EXPECT_EQ(cache.hits(), 3u);
}

TEST(ParseCache, WhatNamesStandForCountsAsItsSize) {
  ParseCache small(1000, 100'000);
  const std::string long_name(60'000, 'n');
  for (int round = 0; round < 2; ++round) {
    Placeholders placeholders({{"#a", long_name}}, {{":v", N("1")}});
    EXPECT_TRUE(small.condition(kParameter, "#a = :v", placeholders).ok());
    EXPECT_TRUE(small.update("SET #a = :v", placeholders).ok());
    EXPECT_TRUE(small.projection("#a", placeholders).ok());
  }
  EXPECT_EQ(small.hits(), 0u);
}

TEST(ParseCache, OtherNamesAndTypesAreParsedAnew) {
  ParseCache cache = roomy_cache();
  Placeholders first({{"#a", "a"}}, {{":v", N("1")}});
  EXPECT_TRUE(holds(cache.condition(kParameter, "#a < :v", first), {{"a", N("0")}}));
  Placeholders other_name({{"#a", "b"}}, {{":v", N("1")}});
  EXPECT_TRUE(holds(cache.condition(kParameter, "#a < :v", other_name), {{"b", N("0")}}));
  Placeholders other_type({{"#a", "b"}}, {{":v", Bool(true)}});
  EXPECT_EQ(cache.condition(kParameter, "#a < :v", other_type).error().message,
            "Invalid ConditionExpression: Incorrect operand type for operator or function; operator or "
            "function: <, operand type: BOOL");
  Placeholders missing({{"#a", "b"}}, {});
  EXPECT_FALSE(cache.condition(kParameter, "#a < :v", missing).ok());
  EXPECT_EQ(cache.hits(), 0u);
}

TEST(ParseCache, WhatValuesHoldIsLookedAtEachTime) {
  ParseCache cache = roomy_cache();
  const auto between = [&](const std::string& lower, const std::string& upper) {
    Placeholders placeholders({}, {{":l", N(lower)}, {":u", N(upper)}});
    return cache.condition(kParameter, "a BETWEEN :l AND :u", placeholders).ok();
  };
  EXPECT_TRUE(between("1", "2"));
  EXPECT_FALSE(between("3", "2"));
  EXPECT_TRUE(between("2", "2"));
  EXPECT_EQ(cache.hits(), 1u);
  const auto is_type = [&](const std::string& type) {
    Placeholders placeholders({}, {{":t", S(type)}});
    return cache.condition(kParameter, "attribute_type(a, :t)", placeholders).ok();
  };
  EXPECT_TRUE(is_type("S"));
  EXPECT_FALSE(is_type("string"));
}

TEST(ParseCache, ErrorsAreNotKept) {
  ParseCache cache = roomy_cache();
  for (int round = 0; round < 2; ++round) {
    Placeholders placeholders;
    EXPECT_FALSE(cache.condition(kParameter, "a =", placeholders).ok());
    EXPECT_FALSE(cache.update("SET a", placeholders).ok());
    EXPECT_FALSE(cache.projection("a, a.b", placeholders).ok());
  }
  EXPECT_EQ(cache.hits(), 0u);
}

TEST(ParseCache, ForgetsWhatItHasNoRoomFor) {
  ParseCache cache(2, 1'000'000);
  const auto project = [&](const std::string& text) {
    Placeholders placeholders;
    EXPECT_TRUE(cache.projection(text, placeholders).ok());
  };
  for (const char* text : {"a", "b", "c", "a", "b", "c"}) project(text);
  EXPECT_EQ(cache.hits(), 0u);
  project("c");
  EXPECT_EQ(cache.hits(), 1u);
}

TEST(ParseCache, ATreeOutlivesItsPlaceInTheCache) {
  std::optional<Condition> condition;
  {
    ParseCache cache(1, 1'000'000);
    Placeholders placeholders({}, {{":v", N("1")}});
    condition = cache.condition(kParameter, "a = :v", placeholders).value();
  }
  const Item item = {{"a", N("1")}};
  EXPECT_TRUE(condition->evaluate(&item).value());
}

// --- the same answers with and without ---

using Random = std::mt19937;

template <class T>
const T& pick(Random& random, const std::vector<T>& from) {
  return from[random() % from.size()];
}

AttributeValue random_value(Random& random) {
  return pick<AttributeValue>(random, {N("1"), N("2"), N("3"), S("a"), S("b"), S("N"), Bool(true),
                                       L({N("1")}), SS({"a"}), NS({"1", "2"}), M({{"x", N("1")}})});
}

Item random_item(Random& random) {
  Item item;
  for (const char* name : {"a", "b", "c"}) {
    if (random() % 4 != 0) item.set(name, random_value(random));
  }
  return item;
}

/// Some are missing, some are never used, and their names and types change from request to request.
Placeholders random_placeholders(Random& random) {
  Names names;
  AttributeMap values;
  for (const char* placeholder : {"#a", "#b"}) {
    if (random() % 20 != 0) names.emplace(placeholder, pick<std::string>(random, {"a", "b", "c"}));
  }
  for (const char* placeholder : {":u", ":v", ":w"}) {
    if (random() % 20 != 0) values.set(placeholder, random_value(random));
  }
  return Placeholders(std::move(names), std::move(values));
}

const std::vector<std::string> kConditions = {"a = :v",
                                              "#a = :v AND b <> :w",
                                              "a BETWEEN :u AND :v",
                                              "NOT attribute_type(#a, :v)",
                                              "size(#a) > :u",
                                              "#a IN (:u, :v, :w)",
                                              "begins_with(#b, :v)",
                                              "contains(a, :u) OR contains(#b, :u)",
                                              "#a.x = :v",
                                              "#a < #b",
                                              "attribute_exists(#a)",
                                              "a =",
                                              "(#a = :u) AND (#b = :u)"};
const std::vector<std::string> kUpdates = {"SET a = :v",
                                           "SET #a = #a + :v, c = :w",
                                           "REMOVE #a, c",
                                           "ADD #a :v",
                                           "DELETE #a :v SET c = :u",
                                           "SET c = list_append(:u, :v)",
                                           "SET #a = if_not_exists(#b, :v)",
                                           "SET #a = :u, #b = :v",
                                           "SET a.x = :v",
                                           "SET #a[0] = :u REMOVE b"};
const std::vector<std::string> kProjections = {"a", "#a, #b", "#a.x, c", "a, #b[0]", "#a"};

/// Were both accepted?
template <class Cached, class Parsed, class Compare>
bool expect_same(const Cached& cached, const Parsed& parsed, const std::string& text,
                 const Compare& compare) {
  EXPECT_EQ(cached.ok(), parsed.ok()) << text;
  if (cached.ok() && parsed.ok()) {
    compare(*cached, *parsed);
    return true;
  }
  if (!cached.ok() && !parsed.ok()) {
    EXPECT_EQ(cached.error().message, parsed.error().message) << text;
  }
  return false;
}

TEST(ParseCache, AnswersAsParsingAnewDoes) {
  Random random(7);
  ParseCache cache(8, 1'000'000);  // so that texts are also forgotten
  for (int round = 0; round < 5'000; ++round) {
    Placeholders placeholders = random_placeholders(random);
    Placeholders same = placeholders;
    const Item item = random_item(random);
    bool accepted = false;
    switch (random() % 4) {
      case 0: {
        const std::string& text = pick(random, kConditions);
        accepted = expect_same(
            cache.condition(kParameter, text, placeholders), Condition::parse(kParameter, text, same), text,
            [&](const Condition& cached, const Condition& parsed) {
              EXPECT_EQ(cached.evaluate(&item).value(), parsed.evaluate(&item).value()) << text;
              EXPECT_EQ(cached.attribute_names(), parsed.attribute_names()) << text;
              EXPECT_EQ(cached.nested_names(), parsed.nested_names()) << text;
            });
        break;
      }
      case 1: {
        const std::string& text = pick(random, kUpdates);
        accepted = expect_same(
            cache.update(text, placeholders), Update::parse(text, same), text,
            [&](const Update& cached, const Update& parsed) {
              expect_same(cached.apply(item), parsed.apply(item), text,
                          [&](const Item& one, const Item& other) { EXPECT_EQ(one, other) << text; });
              EXPECT_EQ(cached.touched(item), parsed.touched(item)) << text;
              EXPECT_EQ(cached.written_names(), parsed.written_names()) << text;
            });
        break;
      }
      case 2: {
        const std::string& text = pick(random, kProjections);
        accepted = expect_same(cache.projection(text, placeholders), Projection::parse(text, same), text,
                               [&](const Projection& cached, const Projection& parsed) {
                                 EXPECT_EQ(cached.apply(item), parsed.apply(item)) << text;
                               });
        break;
      }
      default: {
        const std::string& text = pick(random, kConditions);
        accepted =
            expect_same(cache.key_conditions(text, placeholders), parse_key_conditions(text, same), text,
                        [&](const std::vector<AttributeCondition>& cached,
                            const std::vector<AttributeCondition>& parsed) {
                          ASSERT_EQ(cached.size(), parsed.size()) << text;
                          for (std::size_t i = 0; i < parsed.size(); ++i) {
                            EXPECT_EQ(cached[i].attribute, parsed[i].attribute) << text;
                            EXPECT_EQ(cached[i].operation, parsed[i].operation) << text;
                            EXPECT_EQ(cached[i].values, parsed[i].values) << text;
                          }
                        });
      }
    }
    if (!accepted) continue;
    const Status used = placeholders.check_all_used();
    const Status used_by_parsing = same.check_all_used();
    ASSERT_EQ(used.ok(), used_by_parsing.ok());
    if (!used.ok()) {
      EXPECT_EQ(used.error().message, used_by_parsing.error().message);
    }
  }
  EXPECT_GT(cache.hits(), 100u);
}

}  // namespace
}  // namespace gyre::expressions
