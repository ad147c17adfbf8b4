// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <string>

#include "core/base/limits.h"
#include "core/expressions/expressions.h"
#include "core/expressions/values_test.h"

namespace gyre::expressions {
namespace {

Result<Item> updated(const std::string& expression, const Item& before, AttributeMap values = {}) {
  Placeholders placeholders({{"#n", "name"}}, std::move(values));
  Result<Update> update = Update::parse(expression, placeholders);
  if (!update.ok()) return update.error();
  return update->apply(before);
}

void expect_refused(const std::string& expression, const Item& before, const std::string& message,
                    AttributeMap values = {}) {
  const Result<Item> result = updated(expression, before, std::move(values));
  ASSERT_FALSE(result.ok()) << expression;
  EXPECT_EQ(result.error().code, ErrorCode::kValidation);
  EXPECT_EQ(result.error().message, message) << expression;
}

constexpr const char* kBadPath = "The document path provided in the update expression is invalid for update";
constexpr const char* kBadType = "An operand in the update expression has an incorrect data type";
constexpr const char* kAbsent =
    "The provided expression refers to an attribute that does not exist in the item";
constexpr const char* kTooLarge = "Item size to update has exceeded the maximum allowed size";

TEST(Update, SetsWholeAttributes) {
  const Item before = {{"pk", S("k")}, {"a", N("1")}};
  EXPECT_EQ(*updated("SET a = :v, #n = :v, c = a", before, {{":v", S("x")}}),
            (Item{{"pk", S("k")}, {"a", S("x")}, {"name", S("x")}, {"c", N("1")}}));
}

TEST(Update, ReadsTheItemAsItWasBefore) {
  const Item before = {{"a", N("1")}, {"b", N("2")}};
  EXPECT_EQ(*updated("SET a = b, b = a", before), (Item{{"a", N("2")}, {"b", N("1")}}));
  EXPECT_EQ(*updated("REMOVE a SET b = a", before), (Item{{"b", N("1")}}));
  EXPECT_EQ(*updated("ADD a :n SET b = a", before, {{":n", N("5")}}), (Item{{"a", N("6")}, {"b", N("1")}}));
}

TEST(Update, AddsAndSubtracts) {
  const Item before = {{"a", N("1.5")}, {"s", S("x")}};
  EXPECT_EQ(updated("SET a = a + :n", before, {{":n", N("2")}})->find("a")->as_number(),
            N("3.5").as_number());
  EXPECT_EQ(updated("SET a = :n - a", before, {{":n", N("1")}})->find("a")->as_number(),
            N("-0.5").as_number());
  expect_refused("SET a = a + s", before, kBadType);
  expect_refused("SET a = gone + a", before, kAbsent);
  EXPECT_FALSE(updated("SET a = :n + :n", before, {{":n", N("9E125")}}).ok());
}

TEST(Update, IfNotExistsKeepsWhatIsThere) {
  const Item before = {{"a", N("1")}};
  EXPECT_EQ(*updated("SET a = if_not_exists(a, :z) + :n", before, {{":z", N("0")}, {":n", N("5")}}),
            (Item{{"a", N("6")}}));
  EXPECT_EQ(*updated("SET b = if_not_exists(b, if_not_exists(c, a))", before),
            (Item{{"a", N("1")}, {"b", N("1")}}));
  EXPECT_EQ(*updated("SET b = if_not_exists(a, gone)", before), (Item{{"a", N("1")}, {"b", N("1")}}));
  expect_refused("SET b = if_not_exists(b, gone)", before, kAbsent);
}

TEST(Update, ListAppendJoinsLists) {
  const Item before = {{"a", L({N("1")})}, {"s", S("x")}};
  EXPECT_EQ(*updated("SET a = list_append(a, :l), b = list_append(:l, a)", before, {{":l", L({N("2")})}}),
            (Item{{"a", L({N("1"), N("2")})}, {"b", L({N("2"), N("1")})}, {"s", S("x")}}));
  EXPECT_EQ(
      *updated("SET b = list_append(if_not_exists(b, :e), :l)", {}, {{":e", L({})}, {":l", L({N("2")})}}),
      (Item{{"b", L({N("2")})}}));
  expect_refused("SET a = list_append(a, s)", before, kBadType);
  expect_refused("SET a = list_append(a, gone)", before, kAbsent);
}

TEST(Update, SetsInsideDocuments) {
  const Item before = {{"a", M({{"b", N("3")}, {"c", L({S("hi"), M({{"x", L({N("3"), N("5")})}})})}})}};
  EXPECT_EQ(
      *updated("SET a.c[1].x[1] = :v, a.added = a.c[0]", before, {{":v", N("9")}}),
      (Item{{"a",
             M({{"b", N("3")}, {"c", L({S("hi"), M({{"x", L({N("3"), N("9")})}})})}, {"added", S("hi")}})}}));
  for (const char* path : {"a.b.c", "a[0]", "gone.x", "gone[0]", "a.c.x", "a.c[7].x", "a.gone.x"}) {
    expect_refused(std::string("SET ") + path + " = :v", before, kBadPath, {{":v", N("9")}});
    expect_refused(std::string("REMOVE ") + path, before, kBadPath);
    expect_refused(std::string("ADD ") + path + " :v", before, kBadPath, {{":v", N("9")}});
  }
}

TEST(Update, SetBeyondTheEndOfAListAppendsInTheOrderOfIndexes) {
  const Item before = {{"a", L({S("one"), S("two")})}};
  EXPECT_EQ(*updated("SET a[84] = :a, a[3] = :b, a[2] = :c, a[50] = :d, a[0] = :e", before,
                     {{":a", S("84")}, {":b", S("3")}, {":c", S("2")}, {":d", S("50")}, {":e", S("0")}}),
            (Item{{"a", L({S("0"), S("two"), S("2"), S("3"), S("50"), S("84")})}}));
}

TEST(Update, RemovesAttributesMembersAndElements) {
  const Item before = {{"a", L({N("0"), N("1"), N("2"), N("3")})}, {"m", M({{"x", N("1")}})}, {"s", S("x")}};
  EXPECT_EQ(*updated("REMOVE a[1], a[3], m.x, s, gone, a[17], m.gone", before),
            (Item{{"a", L({N("0"), N("2")})}, {"m", M({})}}));
}

TEST(Update, IndexesNameElementsAsTheyStoodBefore) {
  const Item before = {{"a", L({N("2"), N("3"), N("4"), N("5"), N("6")})}};
  const Item after = {{"a", L({N("2"), N("4"), N("17"), N("6")})}};
  EXPECT_EQ(*updated("REMOVE a[1] SET a[3] = :v", before, {{":v", N("17")}}), after);
  EXPECT_EQ(*updated("SET a[3] = :v REMOVE a[1]", before, {{":v", N("17")}}), after);
  // A removal beyond the end does not hit what is appended.
  EXPECT_EQ(*updated("SET a[9] = :v REMOVE a[5], a[0]", before, {{":v", N("17")}}),
            (Item{{"a", L({N("3"), N("4"), N("5"), N("6"), N("17")})}}));
}

TEST(Update, RemovesInsideElementsThatMove) {
  const Item before = {{"a", L({N("0"), M({{"x", N("1")}, {"y", N("2")}}), L({N("1"), N("2"), N("3")})})}};
  EXPECT_EQ(*updated("REMOVE a[0], a[1].x, a[2][0], a[2][2] SET a[1].z = :v", before, {{":v", N("17")}}),
            (Item{{"a", L({M({{"y", N("2")}, {"z", N("17")}}), L({N("2")})})}}));
}

TEST(Update, AddCreatesAddsAndUnites) {
  const Item before = {{"n", N("1")}, {"ss", SS({"a"})}, {"ns", NS({"1"})}, {"bs", BS({"a"})}, {"m", M({})}};
  EXPECT_EQ(*updated("ADD n :n, added :n, m.x :n", before, {{":n", N("-3")}}),
            (Item{{"n", N("-2")},
                  {"added", N("-3")},
                  {"m", M({{"x", N("-3")}})},
                  {"ss", SS({"a"})},
                  {"ns", NS({"1"})},
                  {"bs", BS({"a"})}}));
  const Result<Item> united = updated("ADD ss :ss, ns :ns, bs :bs, fresh :ss", before,
                                      {{":ss", SS({"b", "a"})}, {":ns", NS({"0"})}, {":bs", BS({"b"})}});
  EXPECT_EQ(*united->find("ss"), SS({"a", "b"}));
  EXPECT_EQ(*united->find("ns"), NS({"0", "1"}));
  EXPECT_EQ(*united->find("bs"), BS({"a", "b"}));
  EXPECT_EQ(*united->find("fresh"), SS({"a", "b"}));
  expect_refused("ADD ss :n", before, kBadType, {{":n", N("1")}});
  expect_refused("ADD n :ss", before, kBadType, {{":ss", SS({"a"})}});
  expect_refused("ADD ns :ss", before, kBadType, {{":ss", SS({"a"})}});
  expect_refused("ADD m :ss", before, kBadType, {{":ss", SS({"a"})}});
}

TEST(Update, DeleteTakesFromSetsAndRemovesEmptiedOnes) {
  const Item before = {{"ss", SS({"a", "b"})}, {"l", L({SS({"a"}), N("1")})}, {"n", N("1")}};
  EXPECT_EQ(*updated("DELETE ss :v", before, {{":v", SS({"b", "z"})}})->find("ss"), SS({"a"}));
  const Result<Item> emptied = updated("DELETE ss :v, l[0] :v, gone :v", before, {{":v", SS({"a", "b"})}});
  EXPECT_EQ(*emptied, (Item{{"l", L({N("1")})}, {"n", N("1")}}));
  expect_refused("DELETE n :v", before, kBadType, {{":v", SS({"a"})}});
  expect_refused("DELETE ss :v", before, kBadType, {{":v", NS({"1"})}});
}

TEST(Update, RefusesWhatNoItemCanHold) {
  const std::string half(limits::kItemBytesMax / 2, 'x');
  const AttributeMap values = {{":v", S(half)}, {":l", L({S(half)})}};
  EXPECT_TRUE(updated("SET a = :v, b = :z", {}, {{":v", S(half)}, {":z", S("x")}}).ok());
  expect_refused("SET a = :v, b = :v, c = :l", {}, kTooLarge, values);
  expect_refused("SET a = list_append(:l, if_not_exists(b, list_append(:l, :l))), c = :v", {}, kTooLarge,
                 values);
}

TEST(Update, RefusesNestingThatNoItemCanHold) {
  AttributeValue deep = N("1");
  for (int level = 1; level < limits::kNestingLevelsMax; ++level) deep = L({std::move(deep)});
  EXPECT_TRUE(updated("SET a = :v", {}, {{":v", deep}}).ok());
  expect_refused("SET m.a = :v", {{"m", M({})}}, nested_too_deep().message, {{":v", deep}});
}

TEST(Update, RemovesAnythingOfAnItemThatThereIsNot) {
  const Item key = {{"pk", S("k")}};
  Placeholders placeholders({}, {{":v", S("x")}});
  const Result<Update> removal = Update::parse("REMOVE a.b, c[0]", placeholders);
  EXPECT_EQ(removal->create(key).value(), key);
  EXPECT_EQ(removal->apply(key).error().message, kBadPath);
  EXPECT_EQ(Update::parse("SET a.b = :v", placeholders)->create(key).error().message, kBadPath);
}

TEST(Update, TellsIntoWhichAttributesItReaches) {
  Placeholders placeholders({}, {{":v", N("1")}});
  const Result<Update> update =
      Update::parse("SET a.b = c, d = e[0], f = if_not_exists(g.h, :v) + i REMOVE j.k", placeholders);
  EXPECT_EQ(update->nested_names(), (std::vector<std::string>{"a", "e", "g", "j"}));
}

TEST(Update, TellsWhatItTouches) {
  Placeholders placeholders({}, {{":v", N("1")}});
  const Result<Update> update = Update::parse("SET a.x = :v, l[1] = :v REMOVE r ADD n :v", placeholders);
  ASSERT_TRUE(update.ok());
  EXPECT_THAT(update->written_names(), testing::ElementsAre("a", "l", "n", "r"));
  const Item item = {
      {"pk", S("k")}, {"a", M({{"x", N("0")}, {"y", N("1")}})}, {"l", L({N("1"), N("2")})}, {"r", S("r")}};
  EXPECT_EQ(update->touched(item), (Item{{"a", M({{"x", N("0")}})}, {"l", L({N("2")})}, {"r", S("r")}}));
  EXPECT_EQ(update->touched({}), Item{});
}

TEST(Update, LeavesTheItemBeforeAsItWas) {
  const Item before = {{"a", L({N("1")})}};
  const Item copy = before;
  ASSERT_TRUE(updated("SET a[0] = :v, b = a REMOVE a[5]", before, {{":v", N("2")}}).ok());
  EXPECT_EQ(before, copy);
}

}  // namespace
}  // namespace gyre::expressions
