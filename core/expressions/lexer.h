// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace gyre::expressions {

enum class TokenKind {
  kName,              ///< a letter, then letters, digits and underscores: attributes, functions and keywords
  kNamePlaceholder,   ///< #name
  kValuePlaceholder,  ///< :value
  kNumber,            ///< digits, "0" or none of them leading: a list index
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kPlus,
  kMinus,
  kComma,
  kDot,
  kLeftParenthesis,
  kRightParenthesis,
  kLeftBracket,
  kRightBracket,
  kUnknown,  ///< a character that no expression has; the parser that meets it reports it
  kEnd,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;  ///< a part of the expression
};

/// Cuts an expression into tokens. `text` may have any bytes, and must outlive the tokens. The last
/// token is always kEnd.
std::vector<Token> tokenize(std::string_view text);

/// True if a token is this keyword: keywords are upper case here, and of any case in expressions.
bool is_keyword(const Token& token, std::string_view keyword);

/// What may follow "#" and ":" in a placeholder.
bool is_placeholder_character(char c);

}  // namespace gyre::expressions
