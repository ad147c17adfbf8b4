// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/expressions/expressions.h"
#include "core/expressions/values_test.h"

// Whatever the text, every parser answers; and what it accepts can be used. Meant to run under sanitizers
// too.
namespace gyre::expressions {
namespace {

const Item kItem = {{"pk", S("k")},
                    {"a", N("1")},
                    {"b", L({N("1"), M({{"a", S("x")}})})},
                    {"c", M({{"a", L({})}})},
                    {"d", SS({"x"})}};

const KeySchema kSchema{.partition = {"pk", ScalarType::kString},
                        .sort = KeyAttribute{"a", ScalarType::kNumber}};

Placeholders request() {
  return Placeholders(
      {{"#a", "a"}, {"#x", "x"}},
      {{":n", N("1")}, {":s", S("x")}, {":l", L({N("1")})}, {":ss", SS({"x", "y"})}, {":m", M({})}});
}

/// How many of the five parsers accepted the text.
int use_everywhere(const std::string& text) {
  int accepted = 0;
  Placeholders placeholders = request();
  if (const auto condition = Condition::parse("ConditionExpression", text, placeholders); condition.ok()) {
    ++accepted;
    EXPECT_TRUE(condition->evaluate(&kItem).ok());
    EXPECT_TRUE(condition->evaluate(nullptr).ok());
    (void)condition->attribute_names();
  }
  if (const auto update = Update::parse(text, placeholders); update.ok()) {
    ++accepted;
    const Result<Item> after = update->apply(kItem);
    (void)update->touched(after.ok() ? *after : kItem);
    (void)update->written_names();
  }
  if (const auto projection = Projection::parse(text, placeholders); projection.ok()) {
    ++accepted;
    (void)projection->apply(kItem);
  }
  if (parse_key_condition(text, placeholders, key_attributes_of(kSchema)).ok()) ++accepted;
  (void)placeholders.check_all_used();
  return accepted;
}

TEST(Robustness, SurvivesRandomBytes) {
  std::mt19937 random(1);
  for (int round = 0; round < 2'000; ++round) {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random());
    use_everywhere(text);
  }
}

TEST(Robustness, SurvivesRandomTokens) {
  const std::vector<std::string> words = {"a",
                                          "b",
                                          "c",
                                          "d",
                                          "pk",
                                          "#a",
                                          "#x",
                                          ":n",
                                          ":s",
                                          ":l",
                                          ":ss",
                                          ":m",
                                          "(",
                                          ")",
                                          "[",
                                          "]",
                                          "0",
                                          "1",
                                          ".",
                                          ",",
                                          "=",
                                          "<",
                                          "<>",
                                          "+",
                                          "-",
                                          "<=",
                                          ">=",
                                          "AND",
                                          "OR",
                                          "NOT",
                                          "BETWEEN",
                                          "IN",
                                          "SET",
                                          "REMOVE",
                                          "ADD",
                                          "DELETE",
                                          "!",
                                          ":",
                                          "#",
                                          "name",
                                          "size(",
                                          "contains(",
                                          "begins_with(",
                                          "attribute_exists(",
                                          "list_append(",
                                          "if_not_exists("};
  std::mt19937 random(2);
  int accepted = 0;
  for (int round = 0; round < 8'000; ++round) {
    std::string text;
    for (auto left = 1 + random() % 9; left > 0; --left) text += words[random() % words.size()] + " ";
    accepted += use_everywhere(text);
  }
  EXPECT_GT(accepted, 30);
}

TEST(Robustness, SurvivesDamagedExpressions) {
  const std::vector<std::string> whole = {
      "a = :n AND (size(b[1].a) > :n OR NOT contains(d, :s)) AND attribute_exists(c.a)",
      "SET a = if_not_exists(a, :n) + :n, b[7] = :l, c.a = list_append(c.a, :l) REMOVE b[0] ADD x1 :n DELETE "
      "d :ss",
      "a, b[0], b[1].#a, c.#a[3], d", "pk = :s AND a BETWEEN :n AND :n"};
  std::mt19937 random(3);
  for (const std::string& text : whole) EXPECT_GT(use_everywhere(text), 0) << text;
  for (int round = 0; round < 4'000; ++round) {
    std::string text = whole[random() % whole.size()];
    for (auto damages = 1 + random() % 3; damages > 0; --damages) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text.erase(at, 1 + random() % 4);
          break;
        case 1:
          text.insert(at, text.substr(random() % text.size(), 1 + random() % 6));
          break;
        default:
          text[at] = " ()[],.=<>+-#:a0"[random() % 16];
      }
      if (text.empty()) text = " ";
    }
    use_everywhere(text);
  }
}

TEST(Robustness, SurvivesTheDeepestNesting) {
  for (const std::string unit : {"(", "((a) = ", "NOT ", "NOT(", "size(", "a=b or (", "a[0].", "(a.",
                                 "SET a = (", "if_not_exists(a,", "SET a = list_append(", "a<b and not ("}) {
    std::string text;
    while (text.size() + unit.size() <= limits::kExpressionBytesMax) text += unit;
    use_everywhere(text);
    use_everywhere("SET a = " + text.substr(0, limits::kExpressionBytesMax - 8));
  }
}

}  // namespace
}  // namespace gyre::expressions
