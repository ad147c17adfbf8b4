// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/lexer.h"

#include <algorithm>
#include <cstddef>

namespace gyre::expressions {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_utf8_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

char to_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// How many characters from `from` on satisfy `belongs`.
template <class Predicate>
std::size_t run_length(std::string_view text, std::size_t from, Predicate belongs) {
  const auto* begin = text.begin() + static_cast<std::ptrdiff_t>(from);
  return static_cast<std::size_t>(std::find_if_not(begin, text.end(), belongs) - begin);
}

TokenKind symbol_kind(char c) {
  switch (c) {
    case '=':
      return TokenKind::kEqual;
    case '<':
      return TokenKind::kLess;
    case '>':
      return TokenKind::kGreater;
    case '+':
      return TokenKind::kPlus;
    case '-':
      return TokenKind::kMinus;
    case ',':
      return TokenKind::kComma;
    case '.':
      return TokenKind::kDot;
    case '(':
      return TokenKind::kLeftParenthesis;
    case ')':
      return TokenKind::kRightParenthesis;
    case '[':
      return TokenKind::kLeftBracket;
    case ']':
      return TokenKind::kRightBracket;
    default:
      return TokenKind::kUnknown;
  }
}

/// The token at the front of `rest`, which does not begin with a space.
Token first_token(std::string_view rest) {
  const char c = rest.front();
  if (is_letter(c)) return {TokenKind::kName, rest.substr(0, run_length(rest, 0, is_placeholder_character))};
  // A number does not begin with a zero: "01" is two of them.
  if (is_digit(c)) return {TokenKind::kNumber, rest.substr(0, c == '0' ? 1 : run_length(rest, 0, is_digit))};
  if (c == '#' || c == ':') {
    const std::size_t length = run_length(rest, 1, is_placeholder_character);
    if (length == 0) return {TokenKind::kUnknown, rest.substr(0, 1)};
    return {c == '#' ? TokenKind::kNamePlaceholder : TokenKind::kValuePlaceholder,
            rest.substr(0, 1 + length)};
  }
  const std::string_view two = rest.substr(0, 2);
  if (two == "<>") return {TokenKind::kNotEqual, two};
  if (two == "<=") return {TokenKind::kLessOrEqual, two};
  if (two == ">=") return {TokenKind::kGreaterOrEqual, two};
  const TokenKind kind = symbol_kind(c);
  // A character of several bytes stays whole, so that messages are UTF-8 where the expression was.
  const std::size_t length = kind == TokenKind::kUnknown ? 1 + run_length(rest, 1, is_utf8_continuation) : 1;
  return {kind, rest.substr(0, length)};
}

}  // namespace

bool is_placeholder_character(char c) {
  return is_letter(c) || is_digit(c) || c == '_';
}

std::vector<Token> tokenize(std::string_view text) {
  std::vector<Token> tokens;
  std::size_t at = run_length(text, 0, is_space);
  while (at < text.size()) {
    tokens.push_back(first_token(text.substr(at)));
    at += tokens.back().text.size();
    at += run_length(text, at, is_space);
  }
  tokens.push_back({TokenKind::kEnd, text.substr(text.size())});
  return tokens;
}

bool is_keyword(const Token& token, std::string_view keyword) {
  return token.kind == TokenKind::kName &&
         std::equal(token.text.begin(), token.text.end(), keyword.begin(), keyword.end(),
                    [](char a, char b) { return to_upper(a) == b; });
}

}  // namespace gyre::expressions
