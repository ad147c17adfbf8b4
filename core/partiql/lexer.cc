// SPDX-License-Identifier: Apache-2.0
#include "core/partiql/lexer.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>

#include "core/partiql/errors.h"
#include "core/partiql/keywords.h"

namespace gyre::partiql {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
bool continues_name(char c) {
  return begins_name(c) || is_digit(c);
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}
bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // no continuation byte of UTF-8
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

/// Whether a decimal of 32-bit arithmetic, as AWS's parser has it, holds the number: its exponent, and the
/// digits after the point less the exponent, must fit. `fraction_digits` and `exponent` are the literal's.
bool fits_decimal(std::size_t fraction_digits, std::string_view exponent) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
  const bool negative = exponent.starts_with('-');
  if (negative || exponent.starts_with('+')) exponent.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(exponent.data(), exponent.data() + exponent.size(), value);
  if (error == std::errc::result_out_of_range || value > kMax) return false;
  const std::int64_t scale = static_cast<std::int64_t>(fraction_digits) + (negative ? value : -value);
  return scale <= kMax;
}

struct Symbol {
  std::string_view text;
  TokenKind kind;
};

// Longer ones before those that they begin with.
constexpr Symbol kSymbols[] = {
    {"<<", TokenKind::kLeftBag},
    {">>", TokenKind::kRightBag},
    {"<>", TokenKind::kOperator},
    {"!=", TokenKind::kOperator},
    {"<=", TokenKind::kOperator},
    {">=", TokenKind::kOperator},
    {"||", TokenKind::kOperator},
    {"=", TokenKind::kOperator},
    {"<", TokenKind::kOperator},
    {">", TokenKind::kOperator},
    {"+", TokenKind::kOperator},
    {"-", TokenKind::kOperator},
    {"/", TokenKind::kOperator},
    {"%", TokenKind::kOperator},
    {"*", TokenKind::kStar},
    {"(", TokenKind::kLeftParenthesis},
    {")", TokenKind::kRightParenthesis},
    {"[", TokenKind::kLeftBracket},
    {"]", TokenKind::kRightBracket},
    {"{", TokenKind::kLeftBrace},
    {"}", TokenKind::kRightBrace},
    {",", TokenKind::kComma},
    {".", TokenKind::kDot},
    {":", TokenKind::kColon},
    {";", TokenKind::kSemicolon},
    {"?", TokenKind::kParameter},
};

class Lexer {
 public:
  explicit Lexer(std::string_view statement) : rest_(statement) {}

  Result<std::vector<Token>> run() {
    std::vector<Token> tokens;
    do {
      RETURN_IF_ERROR(skip_blanks());
      ASSIGN_OR_RETURN(Token token, next());
      tokens.push_back(std::move(token));
    } while (tokens.back().kind != TokenKind::kEnd);
    return tokens;
  }

 private:
  Status skip_blanks();
  Result<Token> next();
  Result<Token> quoted(char quote, TokenKind kind);
  Result<Token> number();
  Token name();
  Result<Token> symbol();

  /// How many characters from `from` on satisfy `belongs`.
  template <class Predicate>
  std::size_t run_length(std::size_t from, Predicate belongs) const {
    const auto* begin = rest_.begin() + static_cast<std::ptrdiff_t>(from);
    return static_cast<std::size_t>(std::find_if_not(begin, rest_.end(), belongs) - begin);
  }
  /// Moves behind the next `bytes` and answers where they stood.
  Position take(std::size_t bytes);

  std::string_view rest_;
  Position here_;  // of the first character of rest_
};

Position Lexer::take(std::size_t bytes) {
  Position taken = here_;
  for (const char c : rest_.substr(0, bytes)) {
    if (!begins_character(c)) continue;
    ++taken.length;
    ++here_.column;
    if (c == '\n') {
      ++here_.line;
      here_.column = 1;
    }
  }
  rest_.remove_prefix(bytes);
  return taken;
}

Status Lexer::skip_blanks() {
  for (;;) {
    take(run_length(0, is_space));
    if (rest_.starts_with("--")) {
      take(run_length(0, [](char c) { return c != '\n'; }));
    } else if (rest_.starts_with("/*")) {
      const std::size_t end = rest_.find("*/", 2);
      if (end == std::string_view::npos) return malformed("");
      take(end + 2);
    } else {
      return {};
    }
  }
}

Result<Token> Lexer::next() {
  if (rest_.empty()) return Token{TokenKind::kEnd, "", here_};
  const char c = rest_.front();
  if (c == '\'') return quoted(c, TokenKind::kString);
  if (c == '"') return quoted(c, TokenKind::kQuotedIdentifier);
  if (begins_name(c)) return name();
  if (is_digit(c) || (c == '.' && rest_.size() > 1 && is_digit(rest_[1]))) return number();
  return symbol();
}

Result<Token> Lexer::quoted(char quote, TokenKind kind) {
  std::string text;
  for (std::size_t at = 1; at < rest_.size(); ++at) {
    if (rest_[at] != quote) {
      text.push_back(rest_[at]);
      continue;
    }
    const bool doubled = at + 1 < rest_.size() && rest_[at + 1] == quote;
    if (!doubled) return Token{kind, std::move(text), take(at + 1)};
    text.push_back(quote);
    ++at;
  }
  return malformed("");
}

Token Lexer::name() {
  const std::size_t length = run_length(0, continues_name);
  std::string text(rest_.substr(0, length));
  std::string lower = to_lower(text);
  if (is_keyword(lower)) return {TokenKind::kKeyword, std::move(lower), take(length)};
  return {TokenKind::kIdentifier, std::move(text), take(length)};
}

Result<Token> Lexer::number() {
  std::size_t length = run_length(0, is_digit);
  std::size_t fraction_digits = 0;
  if (length < rest_.size() && rest_[length] == '.') {
    ++length;
    fraction_digits = run_length(length, is_digit);
    length += fraction_digits;
  }
  if (length < rest_.size() && (rest_[length] == 'e' || rest_[length] == 'E')) {
    const std::size_t exponent = ++length;
    if (length < rest_.size() && (rest_[length] == '+' || rest_[length] == '-')) ++length;
    const std::size_t digits = run_length(length, is_digit);
    if (digits == 0) return malformed("");
    length += digits;
    if (!fits_decimal(fraction_digits, rest_.substr(exponent, length - exponent))) return malformed("");
  }
  if (length < rest_.size() && continues_name(rest_[length])) return malformed("");
  std::string text(rest_.substr(0, length));
  return Token{TokenKind::kNumber, std::move(text), take(length)};
}

Result<Token> Lexer::symbol() {
  const auto* found = std::find_if(std::begin(kSymbols), std::end(kSymbols),
                                   [&](const Symbol& one) { return rest_.starts_with(one.text); });
  if (found == std::end(kSymbols)) return malformed("");
  const std::string_view text = found->text == "!=" ? "<>" : found->text;
  return Token{found->kind, std::string(text), take(found->text.size())};
}

}  // namespace

Result<std::vector<Token>> tokenize(std::string_view statement) {
  return Lexer(statement).run();
}

}  // namespace gyre::partiql
