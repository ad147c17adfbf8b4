// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "core/base/limits.h"
#include "core/base/work.h"
#include "core/expressions/expressions.h"
#include "core/expressions/values_test.h"

// What an evaluation may touch is counted, and stops at a bound.
namespace gyre::expressions {
namespace {

Condition condition(const std::string& text, AttributeMap values) {
  Placeholders placeholders({}, std::move(values));
  return Condition::parse("ConditionExpression", text, placeholders).value();
}

std::string repeated(std::size_t count, const std::string& text, const std::string& separator) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += (i > 0 ? separator : "") + text;
  return all;
}

TEST(Work, OfASearchGrowsWithTheTextAloneAndOnceForEachSearch) {
  const std::size_t searches = 40;
  const Condition searching =
      condition(repeated(searches, "contains(s, :p)", " OR "),
                {{":p", S(std::string(100'000, 'a') + "b" + std::string(99'000, 'a'))}});
  const Item item{{"s", S(std::string(limits::kItemBytesMax, 'a'))}};
  Work work;
  EXPECT_FALSE(searching.evaluate(&item, work).value());
  EXPECT_GE(work.units(), searches * limits::kSearchedByteUnits * limits::kItemBytesMax);
  EXPECT_LE(work.units(), searches * (limits::kSearchedByteUnits * limits::kItemBytesMax * 9 / 8 + 1000));
}

// What a search takes depends on the texts: it counts as that of the worst, but where there is no bad one.
TEST(Work, OfASearchIsThatOfTheWorstText) {
  const Item item{{"s", S(std::string(100'000, 'a'))}};
  const auto units_of = [&](const std::string& part) {
    Work work;
    EXPECT_FALSE(condition("contains(s, :p)", {{":p", S(part)}}).evaluate(&item, work).value());
    return work.units();
  };
  for (const std::size_t length : {2, 99, 255, 1000, 40'000}) {
    EXPECT_GE(units_of("b" + std::string(length, 'a')), 600'000U) << length;
    EXPECT_GE(units_of(std::string(length, 'a') + "b"), 600'000U) << length;
  }
  EXPECT_LE(units_of("b"), 120'000U);
}

TEST(Work, IsNotBegunWhereASearchWouldTakeMoreThanIsLeft) {
  const Item item{{"s", S(std::string(limits::kItemBytesMax, 'a') + "b")}};
  Work bounded(1'000'000);
  const Result<bool> stopped = condition("contains(s, :p)", {{":p", S("ab")}}).evaluate(&item, bounded);
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::kIncomplete);
}

TEST(Work, OfALookIntoASetGrowsWithItsMembersLengths) {
  const std::string same(60'000, 'a');
  const Item item{{"ss", SS({same + "1", same + "2", same + "3", same + "5"})}};
  Work work;
  EXPECT_FALSE(condition("contains(ss, :p)", {{":p", S(same + "4")}}).evaluate(&item, work).value());
  EXPECT_GE(work.units(), 2 * same.size() / 8);
}

TEST(Work, StopsAConditionThatTakesMoreThanItsBound) {
  const Item item{{"s", S(std::string(10'000, 'a'))},
                  {"l", L(AttributeValue::List(5'000, N("1")))},
                  {"m", M({{"x", L(AttributeValue::List(5'000, N("1")))}})}};
  const std::string parts[] = {"contains(s, :s)", "contains(l, :n)", "size(s) < :zero",
                               "l = :l",          "m = :m",          "s IN (:t, :t, :t, :t)"};
  for (const std::string& part : parts) {
    AttributeMap values;
    for (const Attribute& value : AttributeMap{{":s", S("b")},
                                               {":n", N("2")},
                                               {":zero", N("0")},
                                               {":l", L(AttributeValue::List(5'000, N("2")))},
                                               {":m", M({{"x", L(AttributeValue::List(5'000, N("2")))}})},
                                               {":t", S(std::string(9'999, 'a') + "b")}}) {
      if (part.find(value.name) != std::string::npos) values.set(value.name, value.value);
    }
    const Condition many = condition(repeated(50, part, " OR "), values);
    Work bounded(40'000);
    const Result<bool> stopped = many.evaluate(&item, bounded);
    ASSERT_FALSE(stopped.ok()) << part;
    EXPECT_EQ(stopped.error().code, ErrorCode::kIncomplete);
    EXPECT_LT(bounded.units(), 300'000) << part << ": it went on after its bound";
    EXPECT_FALSE(many.evaluate(&item).value()) << part;
  }
}

TEST(Work, OfAnOrdinaryConditionIsLittle) {
  const Item item{{"s", S("Amsterdam")}, {"n", N("7")}};
  Work work;
  EXPECT_TRUE(condition("begins_with(s, :a) AND n BETWEEN :low AND :high",
                        {{":a", S("Am")}, {":low", N("1")}, {":high", N("9")}})
                  .evaluate(&item, work)
                  .value());
  EXPECT_LT(work.units(), 500);
}

TEST(Work, StopsAnUpdateThatCopiesALargeListManyTimes) {
  const Item before{{"l", L(AttributeValue::List(10'000, Null()))}};
  std::string value = "l";
  for (int i = 0; i < 50; ++i) value = "list_append(if_not_exists(x, " + value + "), :e)";
  Placeholders placeholders({}, {{":e", L({})}});
  const Result<Update> update = Update::parse("SET l = " + value, placeholders);
  ASSERT_TRUE(update.ok()) << update.error().message;
  Work bounded(1'000'000);
  const Result<Item> stopped = update->apply(before, bounded);
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::kIncomplete);
  EXPECT_EQ(update->apply(before).value(), before);
}

TEST(Work, OfTakingOneLargeSetFromManySmallOnesIsThatOfTheSmallOnes) {
  std::vector<std::string> numbers;
  for (int i = 0; i < 5'000; ++i) numbers.push_back(std::to_string(i));
  Item before;
  std::string text;
  for (int i = 0; i < 100; ++i) {
    const std::string name = "s" + std::to_string(i);
    before.set(name, SS({"3", "x" + std::to_string(i)}));
    text += (i > 0 ? ", " : "DELETE ") + name + " :all";
  }
  Placeholders placeholders({}, {{":all", SS(numbers)}});
  const Update update = Update::parse(text, placeholders).value();
  Work work;
  const Item after = update.apply(before, work).value();
  EXPECT_EQ(*after.find("s7"), SS({"x7"}));
  EXPECT_LT(work.units(), 100 * 1000);
}

TEST(Contains, FindsWhatAPlainSearchFinds) {
  std::mt19937 random(20'261'129);
  int found = 0;
  for (int round = 0; round < 3000; ++round) {
    const auto text_of = [&](std::size_t most) {
      std::string text(random() % most, ' ');
      for (char& c : text) c = static_cast<char>("ab\0"[random() % 3]);
      return text;
    };
    const std::string text = text_of(600);
    const std::string part =
        random() % 2 == 0 && !text.empty() ? text.substr(random() % text.size(), random() % 300) : text_of(8);
    bool plainly = false;
    for (std::size_t at = 0; at + part.size() <= text.size() && !plainly; ++at) {
      plainly = text.compare(at, part.size(), part) == 0;
    }
    const Item item{{"b", B(text)}};
    ASSERT_EQ(condition("contains(b, :p)", {{":p", B(part)}}).evaluate(&item).value(), plainly);
    found += plainly ? 1 : 0;
  }
  EXPECT_GT(found, 500);
  EXPECT_LT(found, 2900);
}

TEST(Size, CountsUtf16UnitsOfTextsOfAnyLength) {
  // One, one, one and two units.
  const std::string characters[] = {"a", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string text;
    int units = 0;
    for (auto left = random() % 40; left > 0; --left) {
      const std::size_t which = random() % 4;
      text += characters[which];
      units += which == 3 ? 2 : 1;
    }
    const Item item{{"s", S(text)}};
    ASSERT_TRUE(condition("size(s) = :n", {{":n", N(std::to_string(units))}}).evaluate(&item).value())
        << text;
  }
}

}  // namespace
}  // namespace gyre::expressions
