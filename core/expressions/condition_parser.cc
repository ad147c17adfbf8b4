// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/condition_parser.h"

#include <optional>
#include <utility>

#include "core/expressions/checks.h"
#include "core/expressions/parser.h"
#include "core/expressions/resolver.h"

namespace gyre::expressions {
namespace {

std::optional<Node::Kind> comparator(TokenKind token) {
  switch (token) {
    case TokenKind::kEqual:
      return Node::Kind::kEqual;
    case TokenKind::kNotEqual:
      return Node::Kind::kNotEqual;
    case TokenKind::kLess:
      return Node::Kind::kLess;
    case TokenKind::kLessOrEqual:
      return Node::Kind::kLessOrEqual;
    case TokenKind::kGreater:
      return Node::Kind::kGreater;
    case TokenKind::kGreaterOrEqual:
      return Node::Kind::kGreaterOrEqual;
    default:
      return std::nullopt;
  }
}

/// A function may turn out to be either; where it stands is checked later, with a better message than a
/// syntax error.
bool may_be_operand(const Node& node) {
  return node.kind == Node::Kind::kPath || node.kind == Node::Kind::kValue ||
         node.kind == Node::Kind::kFunction;
}
bool may_be_condition(const Node& node) {
  return node.kind != Node::Kind::kPath && node.kind != Node::Kind::kValue;
}

class ConditionParser final : public Parser {
 public:
  ConditionParser(std::string_view parameter, std::string_view text) : Parser(parameter, text) {}

  Result<Node> parse() {
    RETURN_IF_ERROR(check_size());
    ASSIGN_OR_RETURN(Node root, parse_disjunction());
    if (!may_be_condition(root) || !at(TokenKind::kEnd)) return syntax_error();
    RETURN_IF_ERROR(check_shape());
    return root;
  }

 private:
  using Rule = Result<Node> (ConditionParser::*)();

  // What is in parentheses is known for a condition or an operand only once it is read, so these rules answer
  // either.
  Result<Node> parse_disjunction() {
    return parse_chain(Node::Kind::kOr, "OR", &ConditionParser::parse_conjunction);
  }
  Result<Node> parse_conjunction() {
    return parse_chain(Node::Kind::kAnd, "AND", &ConditionParser::parse_negation);
  }
  Result<Node> parse_chain(Node::Kind kind, std::string_view keyword, Rule rule);
  Result<Node> parse_negation();
  Result<Node> parse_comparison();
  Result<Node> parse_parenthesized();
  Result<Node> parse_between(Node compared);
  Result<Node> parse_in(Node compared);

  Result<Node> parse_operand() override;
  /// After "(" and `node`: the ")", and for a path the steps that follow it.
  Status close_parenthesis(Node& node);
};

Result<Node> ConditionParser::parse_chain(Node::Kind kind, std::string_view keyword, Rule rule) {
  ASSIGN_OR_RETURN(Node first, (this->*rule)());
  if (!at_keyword(keyword)) return first;
  if (!may_be_condition(first)) return syntax_error();
  Node chain{.kind = kind, .text = std::string(keyword)};
  chain.operands.push_back(std::move(first));
  while (take_keyword_if(keyword)) {
    count_operator();
    ASSIGN_OR_RETURN(Node next, (this->*rule)());
    if (!may_be_condition(next)) return syntax_error();
    chain.operands.push_back(std::move(next));
  }
  return chain;
}

Result<Node> ConditionParser::parse_negation() {
  int negations = 0;
  for (; take_keyword_if("NOT"); ++negations) count_operator();
  if (negations == 0) return parse_comparison();
  RETURN_IF_ERROR(check_shape());  // so that a tree of many NOTs is not built
  ASSIGN_OR_RETURN(Node node, parse_comparison());
  if (!may_be_condition(node)) return syntax_error();
  for (; negations > 0; --negations) {
    Node negation{.kind = Node::Kind::kNot, .text = "NOT"};
    negation.operands.push_back(std::move(node));
    node = std::move(negation);
  }
  return node;
}

Result<Node> ConditionParser::parse_comparison() {
  ASSIGN_OR_RETURN(Node left,
                   at(TokenKind::kLeftParenthesis) ? parse_parenthesized() : parse_plain_operand());
  if (!may_be_operand(left)) return left;
  if (at_keyword("BETWEEN")) return parse_between(std::move(left));
  if (at_keyword("IN")) return parse_in(std::move(left));
  const std::optional<Node::Kind> kind = comparator(peek().kind);
  if (!kind) return left;
  Node node{.kind = *kind, .text = std::string(take().text)};
  count_operator();
  ASSIGN_OR_RETURN(Node right, parse_operand());
  node.operands.push_back(std::move(left));
  node.operands.push_back(std::move(right));
  return node;
}

Result<Node> ConditionParser::parse_parenthesized() {
  RETURN_IF_ERROR(enter());
  RETURN_IF_ERROR(expect(TokenKind::kLeftParenthesis));
  ASSIGN_OR_RETURN(Node inner, parse_disjunction());
  RETURN_IF_ERROR(close_parenthesis(inner));
  leave();
  return inner;
}

Result<Node> ConditionParser::parse_operand() {
  if (!at(TokenKind::kLeftParenthesis)) return parse_plain_operand();
  RETURN_IF_ERROR(enter());
  take();
  ASSIGN_OR_RETURN(Node inner, parse_operand());
  RETURN_IF_ERROR(close_parenthesis(inner));
  leave();
  return inner;
}

Status ConditionParser::close_parenthesis(Node& node) {
  RETURN_IF_ERROR(expect(TokenKind::kRightParenthesis));
  mark_parenthesized(node);
  if (node.kind != Node::Kind::kPath) return {};
  const std::size_t steps = node.path.size();
  RETURN_IF_ERROR(parse_steps(node.path));
  if (node.path.size() > steps) node.parenthesized = false;
  return {};
}

Result<Node> ConditionParser::parse_between(Node compared) {
  take();
  count_operator();
  ASSIGN_OR_RETURN(Node lower, parse_operand());
  if (!take_keyword_if("AND")) return syntax_error();
  ASSIGN_OR_RETURN(Node upper, parse_operand());
  Node node{.kind = Node::Kind::kBetween, .text = "BETWEEN"};
  node.operands.push_back(std::move(compared));
  node.operands.push_back(std::move(lower));
  node.operands.push_back(std::move(upper));
  return node;
}

Result<Node> ConditionParser::parse_in(Node compared) {
  take();
  count_operator();
  RETURN_IF_ERROR(expect(TokenKind::kLeftParenthesis));
  Node node{.kind = Node::Kind::kIn, .text = "IN"};
  node.operands.push_back(std::move(compared));
  do {
    ASSIGN_OR_RETURN(Node operand, parse_operand());
    node.operands.push_back(std::move(operand));
  } while (take_if(TokenKind::kComma));
  RETURN_IF_ERROR(expect(TokenKind::kRightParenthesis));
  return node;
}

}  // namespace

Result<ParsedCondition> parse_condition(std::string_view parameter, std::string_view text,
                                        Placeholders& placeholders) {
  ParsedCondition parsed;
  ASSIGN_OR_RETURN(parsed.root, ConditionParser(parameter, text).parse());
  ValueTable table;
  RETURN_IF_ERROR(check_condition(parameter, parsed.root, placeholders, table));
  parsed.values = std::move(table.values);
  return parsed;
}

}  // namespace gyre::expressions
