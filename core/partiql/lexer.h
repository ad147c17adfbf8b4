// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/partiql/position.h"

namespace gyre::partiql {

enum class TokenKind {
  kIdentifier,
  kQuotedIdentifier,  ///< "name", in double quotes
  kKeyword,
  kString,     ///< 'text', in single quotes
  kNumber,     ///< digits, with a point and an exponent perhaps; never a sign
  kParameter,  ///< ?
  kOperator,   ///< = <> < <= > >= + - / % ||
  kStar,
  kLeftParenthesis,
  kRightParenthesis,
  kLeftBracket,
  kRightBracket,
  kLeftBrace,
  kRightBrace,
  kLeftBag,   ///< <<
  kRightBag,  ///< >>
  kComma,
  kDot,
  kColon,
  kSemicolon,
  kEnd,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  /// A name as written, without its quotes; a keyword in lower case; a string's contents; an operator.
  std::string text;
  Position position;

  bool is_keyword(std::string_view keyword) const { return kind == TokenKind::kKeyword && text == keyword; }
  bool is_operator(std::string_view symbol) const { return kind == TokenKind::kOperator && text == symbol; }
};

/// Cuts a statement into tokens; comments ("-- to the end of the line", "/* ... */") are none. The last token
/// is always kEnd. kValidation on what no token begins with, and on a string, name or comment without an end.
Result<std::vector<Token>> tokenize(std::string_view statement);

}  // namespace gyre::partiql
