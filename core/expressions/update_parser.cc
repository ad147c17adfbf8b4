// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/update_parser.h"

#include <optional>
#include <utility>

#include "core/expressions/checks.h"
#include "core/expressions/parser.h"
#include "core/expressions/resolver.h"

namespace gyre::expressions {
namespace {

constexpr std::string_view kKeywords[] = {"SET", "REMOVE", "ADD", "DELETE"};
constexpr UpdateAction::Kind kActionKinds[] = {UpdateAction::Kind::kSet, UpdateAction::Kind::kRemove,
                                               UpdateAction::Kind::kAdd, UpdateAction::Kind::kDelete};

bool is_arithmetic(const Node& node) {
  return node.kind == Node::Kind::kAdd || node.kind == Node::Kind::kSubtract;
}

class UpdateParser final : public Parser {
 public:
  explicit UpdateParser(std::string_view text) : Parser("UpdateExpression", text) {}

  Result<std::vector<UpdateAction>> parse() {
    RETURN_IF_ERROR(check_size());
    std::vector<UpdateAction> actions;
    int section = 0;
    do {
      RETURN_IF_ERROR(parse_section(section++, actions));
    } while (!at(TokenKind::kEnd));
    RETURN_IF_ERROR(check_shape());
    return actions;
  }

 private:
  Status parse_section(int section, std::vector<UpdateAction>& actions);
  std::optional<UpdateAction::Kind> take_section_keyword();
  Result<UpdateAction> parse_action(UpdateAction::Kind kind);
  Result<Node> parse_value();
  Result<Node> parse_operand() override;
  Result<Node> parse_placeholder();
};

Status UpdateParser::parse_section(int section, std::vector<UpdateAction>& actions) {
  const std::optional<UpdateAction::Kind> kind = take_section_keyword();
  if (!kind) return syntax_error();
  do {
    ASSIGN_OR_RETURN(UpdateAction action, parse_action(*kind));
    action.section = section;
    actions.push_back(std::move(action));
  } while (take_if(TokenKind::kComma));
  return {};
}

std::optional<UpdateAction::Kind> UpdateParser::take_section_keyword() {
  for (const UpdateAction::Kind kind : kActionKinds) {
    if (take_keyword_if(keyword(kind))) return kind;
  }
  return std::nullopt;
}

Result<UpdateAction> UpdateParser::parse_action(UpdateAction::Kind kind) {
  UpdateAction action{.kind = kind};
  ASSIGN_OR_RETURN(action.target, parse_path());
  if (kind == UpdateAction::Kind::kRemove) return action;
  if (kind == UpdateAction::Kind::kSet) RETURN_IF_ERROR(expect(TokenKind::kEqual));
  ASSIGN_OR_RETURN(action.value, kind == UpdateAction::Kind::kSet ? parse_value() : parse_placeholder());
  return action;
}

Result<Node> UpdateParser::parse_value() {
  Node left;
  if (at(TokenKind::kLeftParenthesis)) {
    // Either the whole value is in parentheses, or its first operand is.
    RETURN_IF_ERROR(enter());
    take();
    ASSIGN_OR_RETURN(left, parse_value());
    RETURN_IF_ERROR(expect(TokenKind::kRightParenthesis));
    mark_parenthesized(left);
    leave();
    if (is_arithmetic(left)) return left;
  } else {
    ASSIGN_OR_RETURN(left, parse_operand());
  }
  if (!at(TokenKind::kPlus) && !at(TokenKind::kMinus)) return left;
  Node node{.kind = at(TokenKind::kPlus) ? Node::Kind::kAdd : Node::Kind::kSubtract,
            .text = std::string(take().text)};
  count_operator();
  ASSIGN_OR_RETURN(Node right, parse_operand());
  node.operands.push_back(std::move(left));
  node.operands.push_back(std::move(right));
  return node;
}

Result<Node> UpdateParser::parse_operand() {
  if (!at(TokenKind::kLeftParenthesis)) return parse_plain_operand();
  RETURN_IF_ERROR(enter());
  take();
  ASSIGN_OR_RETURN(Node inner, parse_operand());
  RETURN_IF_ERROR(expect(TokenKind::kRightParenthesis));
  mark_parenthesized(inner);
  leave();
  return inner;
}

Result<Node> UpdateParser::parse_placeholder() {
  if (!at(TokenKind::kValuePlaceholder)) return syntax_error();
  return parse_plain_operand();
}

}  // namespace

std::string_view keyword(UpdateAction::Kind kind) {
  return kKeywords[static_cast<std::size_t>(kind)];
}

Result<ParsedUpdate> parse_update(std::string_view text, Placeholders& placeholders) {
  ParsedUpdate parsed;
  ASSIGN_OR_RETURN(parsed.actions, UpdateParser(text).parse());
  ValueTable table;
  RETURN_IF_ERROR(check_update(parsed.actions, placeholders, table));
  parsed.values = std::move(table.values);
  return parsed;
}

}  // namespace gyre::expressions
