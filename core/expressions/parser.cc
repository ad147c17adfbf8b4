// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/parser.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <limits>

#include "core/base/limits.h"
#include "core/expressions/errors.h"

namespace gyre::expressions {
namespace {

constexpr std::size_t kListIndexMax = std::numeric_limits<std::int32_t>::max();

/// The keywords of one kind of expression are no attribute names in the others either, as in AWS's grammar.
bool is_any_keyword(const Token& token) {
  constexpr std::string_view kKeywords[] = {"IN",  "BETWEEN", "NOT",    "AND",   "OR",
                                            "SET", "ADD",     "DELETE", "REMOVE"};
  return std::any_of(std::begin(kKeywords), std::end(kKeywords),
                     [&](std::string_view keyword) { return is_keyword(token, keyword); });
}

}  // namespace

Parser::Parser(std::string_view parameter, std::string_view text) : parameter_(parameter), text_(text) {
  if (text.size() <= limits::kExpressionBytesMax) tokens_ = tokenize(text);
}

Status Parser::check_size() const {
  if (text_.empty()) return invalid(parameter_, "The expression can not be empty;");
  if (text_.size() <= limits::kExpressionBytesMax) return {};
  // Two kinds name the size and three do not (measured on AWS by a third party).
  const bool names_size = parameter_ == "ConditionExpression" || parameter_ == "FilterExpression";
  return invalid(parameter_, "Expression size has exceeded the maximum allowed size;" +
                                 (names_size ? " expression size: " + std::to_string(text_.size()) : ""));
}

const Token& Parser::peek(std::size_t ahead) const {
  return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
}

bool Parser::at_path() const {
  return at(TokenKind::kNamePlaceholder) || (at(TokenKind::kName) && !is_any_keyword(peek()));
}

bool Parser::at_function() const {
  return at(TokenKind::kName) && peek(1).kind == TokenKind::kLeftParenthesis && !is_any_keyword(peek());
}

Token Parser::take() {
  const Token token = peek();
  if (token.kind != TokenKind::kEnd) ++next_;
  return token;
}

bool Parser::take_if(TokenKind kind) {
  if (!at(kind)) return false;
  take();
  return true;
}

bool Parser::take_keyword_if(std::string_view keyword) {
  if (!at_keyword(keyword)) return false;
  take();
  return true;
}

Status Parser::expect(TokenKind kind) {
  if (!take_if(kind)) return syntax_error();
  return {};
}

Error Parser::syntax_error() const {
  // AWS shows the tokens before and after too, with the text between them as it was written.
  const std::string_view token = at(TokenKind::kEnd) ? "<EOF>" : peek().text;
  const std::string_view first = next_ > 0 ? tokens_[next_ - 1].text : peek().text;
  const std::string_view last =
      at(TokenKind::kEnd) ? first : peek(peek(1).kind == TokenKind::kEnd ? 0 : 1).text;
  const std::string_view near(first.data(),
                              static_cast<std::size_t>(last.data() + last.size() - first.data()));
  return invalid(parameter_,
                 "Syntax error; token: \"" + std::string(token) + "\", near: \"" + std::string(near) + "\"");
}

Result<PathStep> Parser::parse_name() {
  if (!at_path()) return syntax_error();
  const Token token = take();
  const bool placeholder = token.kind == TokenKind::kNamePlaceholder;
  return PathStep{placeholder ? PathStep::Kind::kPlaceholder : PathStep::Kind::kName, std::string(token.text),
                  0};
}

Result<PathStep> Parser::parse_index() {
  if (!at(TokenKind::kNumber)) return syntax_error();
  const std::string_view digits = take().text;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (error != std::errc() || index > kListIndexMax) {
    return invalid(parameter_,
                   "List index is not within the allowable range; index: [" + std::string(digits) + "]");
  }
  RETURN_IF_ERROR(expect(TokenKind::kRightBracket));
  return PathStep{PathStep::Kind::kIndex, "", index};
}

Result<DocumentPath> Parser::parse_path() {
  DocumentPath path;
  ASSIGN_OR_RETURN(PathStep first, parse_name());
  path.push_back(std::move(first));
  RETURN_IF_ERROR(parse_steps(path));
  return path;
}

Status Parser::parse_steps(DocumentPath& path) {
  while (at(TokenKind::kDot) || at(TokenKind::kLeftBracket)) {
    const bool member = take().kind == TokenKind::kDot;
    ASSIGN_OR_RETURN(PathStep step, member ? parse_name() : parse_index());
    path.push_back(std::move(step));
  }
  return {};
}

Result<Node> Parser::parse_function() {
  Node node{.kind = Node::Kind::kFunction, .text = std::string(take().text)};
  node.function = find_function(node.text);
  RETURN_IF_ERROR(enter());
  count_operator();
  RETURN_IF_ERROR(expect(TokenKind::kLeftParenthesis));
  do {
    ASSIGN_OR_RETURN(Node operand, parse_operand());
    node.operands.push_back(std::move(operand));
  } while (take_if(TokenKind::kComma));
  RETURN_IF_ERROR(expect(TokenKind::kRightParenthesis));
  leave();
  return node;
}

Result<Node> Parser::parse_plain_operand() {
  if (at_function()) return parse_function();
  if (at(TokenKind::kValuePlaceholder))
    return Node{.kind = Node::Kind::kValue, .text = std::string(take().text)};
  ASSIGN_OR_RETURN(DocumentPath path, parse_path());
  return Node{.kind = Node::Kind::kPath, .path = std::move(path)};
}

Status Parser::enter() {
  if (++depth_ <= limits::kExpressionNestingMax) return {};
  // AWS has no bound of its own here, but nearly all that is nested so deep breaks one of these rules.
  RETURN_IF_ERROR(check_shape());
  return invalid(parameter_, "The expression has redundant parentheses;");
}

void Parser::mark_parenthesized(Node& node) {
  if (node.parenthesized) redundant_parentheses_ = true;
  node.parenthesized = true;
}

Status Parser::check_shape() const {
  if (operators_ > limits::kExpressionOperatorsMax) {
    // AWS stops counting at the first one too many.
    return invalid(parameter_, "The expression contains too many operators; operator count: " +
                                   std::to_string(limits::kExpressionOperatorsMax + 1));
  }
  if (redundant_parentheses_) return invalid(parameter_, "The expression has redundant parentheses;");
  return {};
}

}  // namespace gyre::expressions
