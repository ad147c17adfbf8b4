// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "core/expressions/expressions.h"
#include "core/expressions/values_test.h"

namespace gyre::expressions {
namespace {

const Item& item() {
  static const Item kItem = {{"s", S("hello")},
                             {"s2", S("help")},
                             {"wide", S("\xC3\xA9\xF0\x9D\x84\x9E")},  // one character of 2 bytes, one of 4
                             {"n", N("5")},
                             {"n2", N("5.0")},
                             {"negative", N("-7")},
                             {"bin", B(std::string("a\0b", 3))},
                             {"yes", Bool(true)},
                             {"nil", Null()},
                             {"ss", SS({"x", "y"})},
                             {"ns", NS({"1", "2", "3"})},
                             {"bs", BS({"x"})},
                             {"l", L({N("1"), S("two"), L({N("3")}), M({{"x", N("4")}})})},
                             {"m", M({{"k", S("v")}, {"parts", L({S("a"), S("b")})}})}};
  return kItem;
}

Placeholders request() {
  return Placeholders({{"#name", "name"}}, {{":hello", S("hello")},
                                            {":hell", S("hell")},
                                            {":ell", S("ell")},
                                            {":z", S("z")},
                                            {":x", S("x")},
                                            {":empty", S("")},
                                            {":zero", N("0")},
                                            {":one", N("1")},
                                            {":two", N("2")},
                                            {":three", N("3")},
                                            {":five", N("5")},
                                            {":nine", N("9")},
                                            {":bytes", B(std::string("a\0", 2))},
                                            {":true", Bool(true)},
                                            {":null", Null()},
                                            {":list3", L({N("3")})},
                                            {":yx", SS({"y", "x"})},
                                            {":S", S("S")},
                                            {":L", S("L")},
                                            {":NULL", S("NULL")}});
}

bool holds(const std::string& expression, const Item* of = &item()) {
  Placeholders placeholders = request();
  const Result<Condition> condition = Condition::parse("ConditionExpression", expression, placeholders);
  EXPECT_TRUE(condition.ok()) << expression << ": " << (condition.ok() ? "" : condition.error().message);
  if (!condition.ok()) return false;
  return condition->evaluate(of).value();
}

void expect_all(const std::vector<std::string>& expressions, bool expected, const Item* of = &item()) {
  for (const std::string& expression : expressions) EXPECT_EQ(holds(expression, of), expected) << expression;
}

TEST(Condition, ComparesValuesOfOneType) {
  expect_all(
      {"s = :hello", "n = n2", "n < :nine", "n <= :five", "n >= :five", "negative < :zero", "s < s2",
       "s <> s2", "yes = :true", "nil = :null", "ss = :yx", "l[2] = :list3", ":five = n", ":one < :two"},
      true);
  expect_all({"s = s2", "n < :five", "n > :nine", "s > s2", "yes <> :true"}, false);
}

TEST(Condition, ValuesOfDifferentTypesAreUnequalAndWithoutOrder) {
  expect_all({"s <> n", "NOT s = n"}, true);
  expect_all({"s = n", "s < n", "s >= n", "l < n", "yes > n", "s BETWEEN :one AND :nine"}, false);
}

TEST(Condition, WhatIsMissingIsUnequalToEverything) {
  expect_all({"absent <> :one", "absent <> gone", "NOT absent = gone"}, true);
  expect_all({"absent = gone", "absent < :one", ":one < absent", "absent BETWEEN :one AND :two",
              "absent IN (gone)", "n IN (gone)"},
             false);
}

TEST(Condition, BetweenIncludesItsBounds) {
  expect_all(
      {"n BETWEEN :five AND :nine", "n BETWEEN :one AND :five", "n between :one and n2 and s = :hello"},
      true);
  expect_all({"n BETWEEN :one AND :two", "negative BETWEEN :zero AND :nine", "n BETWEEN :nine AND l[0]"},
             false);
}

TEST(Condition, InComparesWithAnyType) {
  expect_all({"n IN (:hello, :five)", "ss IN (:yx)", "s IN (s2, :hello)"}, true);
  expect_all({"n IN (:hello, :nine)", "n IN (:yx)"}, false);
}

TEST(Condition, AttributeExistsFollowsTheWholePath) {
  expect_all(
      {"attribute_exists(s)", "attribute_exists(m.k)", "attribute_exists(l[3].x)", "attribute_exists(nil)",
       "attribute_not_exists(gone)", "attribute_not_exists(m.k.x)", "attribute_not_exists(l[4])",
       "attribute_not_exists(l.x)", "attribute_not_exists(m[0])", "attribute_not_exists(#name)"},
      true);
  expect_all({"attribute_exists(gone)", "attribute_not_exists(s)"}, false);
}

TEST(Condition, AttributeTypeComparesTheNameOfTheType) {
  expect_all({"attribute_type(s, :S)", "attribute_type(l, :L)", "attribute_type(nil, :NULL)",
              "attribute_type(:z, :S)"},
             true);
  expect_all({"attribute_type(n, :S)", "attribute_type(gone, :S)"}, false);
}

TEST(Condition, BeginsWithTakesTextsAndBytes) {
  expect_all({"begins_with(s, :hell)", "begins_with(s, :hello)", "begins_with(s, :empty)",
              "begins_with(bin, :bytes)", "begins_with(:hello, s)"},
             true);
  expect_all({"begins_with(s, :ell)", "begins_with(n, :hell)", "begins_with(gone, :hell)",
              "begins_with(s, gone)", "begins_with(s, :bytes)"},
             false);
}

TEST(Condition, ContainsLooksIntoTextsSetsAndLists) {
  expect_all({"contains(s, :ell)", "contains(bin, :bytes)", "contains(ss, :x)", "contains(ns, :three)",
              "contains(l, :one)", "contains(l, :list3)", "contains(m.parts[0], :empty)"},
             true);
  expect_all({"contains(s, :z)", "contains(ss, :z)", "contains(ns, :nine)", "contains(l, :nine)",
              "contains(n, :five)", "contains(m, :x)", "contains(gone, :x)", "contains(s, :one)",
              "contains(bs, :x)"},
             false);
}

TEST(Condition, SizeCountsWhatEachTypeIsMadeOf) {
  expect_all({"size(s) = :five", "size(wide) = :three", "size(bin) = :three", "size(ss) = :two",
              "size(ns) = :three", "size(bs) = :one", "size(l) > :three", "size(m) = :two", "size(s) = n",
              ":two < size(s)", "size(s) BETWEEN :one AND :nine", "n IN (size(s))", "size(:hello) = :five"},
             true);
  expect_all(
      {"size(n) = :one", "size(yes) = :one", "size(nil) >= :zero", "size(gone) = :zero", "size(s) = :hello"},
      false);
}

TEST(Condition, NotBindsCloserThanAndAndAndCloserThanOr) {
  const std::string yes = "n = :five";
  const std::string no = "n = :nine";
  expect_all({yes + " OR " + yes + " AND " + no, "NOT " + no + " OR " + yes + " AND " + no, "not not " + yes,
              "NOT (" + yes + " AND " + no + ")", "(" + no + " OR " + yes + ") AND " + yes,
              "NOT n = :nine AND s = :hello"},
             true);
  expect_all({"(" + yes + " OR " + yes + ") AND " + no, "NOT " + yes + " AND " + no,
              no + " Or " + no + " oR " + no, yes + " aNd " + no},
             false);
}

TEST(Condition, OfNoItemFindsNothing) {
  expect_all({"attribute_not_exists(s)", "s <> :hello", "NOT s = :hello", ":one < :two"}, true, nullptr);
  expect_all({"attribute_exists(s)", "s = :hello", "size(s) >= :zero"}, false, nullptr);
}

TEST(Condition, ToleratesAnyWhiteSpace) {
  expect_all({"size ( l [ 3 ] . x )\n<>\t:nine", "n=:five"}, true);
}

TEST(Condition, OutlivesItsRequest) {
  std::optional<Condition> condition;
  {
    Placeholders placeholders = request();
    condition = std::move(Condition::parse("FilterExpression", "contains(s, :ell)", placeholders)).value();
  }
  Condition moved = *std::move(condition);
  EXPECT_TRUE(moved.evaluate(&item()).value());
}

TEST(Condition, TellsTheAttributesThatItReads) {
  Placeholders placeholders = request();
  const Result<Condition> condition = Condition::parse(
      "FilterExpression", "m.k = :z OR NOT (size(l[0].x) > :one AND #name IN (s, m.parts))", placeholders);
  ASSERT_TRUE(condition.ok());
  EXPECT_THAT(condition->attribute_names(), testing::ElementsAre("l", "m", "name", "s"));
}

}  // namespace
}  // namespace gyre::expressions
