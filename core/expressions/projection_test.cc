// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "core/expressions/expressions.h"
#include "core/expressions/values_test.h"

namespace gyre::expressions {
namespace {

const Item kItem = {{"pk", S("k")},
                    {"a", M({{"x", N("1")}, {"y", M({{"z", N("2")}})}})},
                    {"l", L({N("0"), M({{"x", N("1")}}), L({N("5"), N("6")})})},
                    {"name", S("n")}};

Result<Item> projected(const std::string& expression) {
  Placeholders placeholders({{"#n", "name"}, {"#l", "l"}}, {});
  Result<Projection> projection = Projection::parse(expression, placeholders);
  if (!projection.ok()) return projection.error();
  return projection->apply(kItem);
}

TEST(Projection, KeepsOnlyTheNamedParts) {
  EXPECT_EQ(*projected("pk, #n"), (Item{{"pk", S("k")}, {"name", S("n")}}));
  EXPECT_EQ(*projected("a.x"), (Item{{"a", M({{"x", N("1")}})}}));
  EXPECT_EQ(*projected("a.y.z, a.x"), (Item{{"a", *kItem.find("a")}}));
}

TEST(Projection, KeepsElementsInTheOrderOfTheList) {
  EXPECT_EQ(*projected("l[2][1], l[0]"), (Item{{"l", L({N("0"), L({N("6")})})}}));
  EXPECT_EQ(*projected("l[1].x, #l[7]"), (Item{{"l", L({M({{"x", N("1")}})})}}));
}

TEST(Projection, PathsThatLeadNowhereLeaveNothingBehind) {
  for (const char* expression : {"gone, a.gone, l[9], a.x.y, pk.x", "a[0], l.x"}) {
    EXPECT_EQ(*projected(expression), Item{}) << expression;
  }
}

TEST(Projection, OfNamesTakesThemLiterally) {
  EXPECT_EQ(Projection::of_names({"name", "a.x", "pk", "pk"}).apply(kItem),
            (Item{{"pk", S("k")}, {"name", S("n")}}));
}

TEST(Projection, RefusesWithTheMessagesOfAws) {
  const auto message = [](const std::string& expression) {
    const Result<Item> result = projected(expression);
    return result.ok() ? "" : result.error().message;
  };
  EXPECT_EQ(message(""), "Invalid ProjectionExpression: The expression can not be empty;");
  EXPECT_EQ(message("!!"), "Invalid ProjectionExpression: Syntax error; token: \"!\", near: \"!!\"");
  EXPECT_EQ(message("a,"), "Invalid ProjectionExpression: Syntax error; token: \"<EOF>\", near: \",\"");
  EXPECT_EQ(message("a b"), "Invalid ProjectionExpression: Syntax error; token: \"b\", near: \"a b\"");
  EXPECT_EQ(message("(a)"), "Invalid ProjectionExpression: Syntax error; token: \"(\", near: \"(a\"");
  EXPECT_EQ(message("a, name"),
            "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: name");
  EXPECT_EQ(
      message("a, #x"),
      "Invalid ProjectionExpression: An expression attribute name used in the document path is not defined; "
      "attribute name: #x");
  EXPECT_EQ(message("l[0], #l"),
            "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or "
            "rewrite one of "
            "these paths; path one: [l, [0]], path two: [l]");
  EXPECT_EQ(message("l[0], l.x"),
            "Invalid ProjectionExpression: Two document paths conflict with each other; must remove or "
            "rewrite one of "
            "these paths; path one: [l, [0]], path two: [l, x]");
}

}  // namespace
}  // namespace gyre::expressions
