// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/lexer.h"

#include <gmock/gmock.h>

#include <string>

namespace gyre::expressions {
namespace {

std::vector<std::string> texts(std::string_view expression) {
  std::vector<std::string> result;
  for (const Token& token : tokenize(expression)) result.emplace_back(token.text);
  return result;
}

TEST(Lexer, CutsAtTheLongestToken) {
  EXPECT_THAT(texts("a<=:v1 AND #n>=b<>c"),
              testing::ElementsAre("a", "<=", ":v1", "AND", "#n", ">=", "b", "<>", "c", ""));
  EXPECT_THAT(texts(" a . b[10]\t"), testing::ElementsAre("a", ".", "b", "[", "10", "]", ""));
}

TEST(Lexer, EndsWithAnEndTokenAlsoWhereThereIsNothing) {
  ASSERT_EQ(tokenize("").size(), 1U);
  EXPECT_EQ(tokenize(" \n").front().kind, TokenKind::kEnd);
}

TEST(Lexer, PlaceholdersNeedAName) {
  EXPECT_EQ(tokenize("#4g")[0].kind, TokenKind::kNamePlaceholder);
  EXPECT_EQ(tokenize(":_")[0].kind, TokenKind::kValuePlaceholder);
  EXPECT_EQ(tokenize("# n")[0].kind, TokenKind::kUnknown);
  EXPECT_EQ(tokenize(":")[0].kind, TokenKind::kUnknown);
}

TEST(Lexer, UnknownCharactersStayWhole) {
  const std::vector<Token> tokens = tokenize("\xC3\xBC!");
  EXPECT_EQ(tokens[0].kind, TokenKind::kUnknown);
  EXPECT_EQ(tokens[0].text, "\xC3\xBC");
  EXPECT_EQ(tokens[1].text, "!");
}

TEST(Lexer, NamesBeginWithALetter) {
  EXPECT_THAT(texts("_id"), testing::ElementsAre("_", "id", ""));
}

TEST(Lexer, KeywordsAreOfAnyCase) {
  EXPECT_TRUE(is_keyword(tokenize("bEtween")[0], "BETWEEN"));
  EXPECT_FALSE(is_keyword(tokenize("betweens")[0], "BETWEEN"));
  EXPECT_FALSE(is_keyword(tokenize("#in")[0], "IN"));
}

}  // namespace
}  // namespace gyre::expressions
