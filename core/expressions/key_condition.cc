// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/expressions/condition_parser.h"
#include "core/expressions/errors.h"
#include "core/expressions/expressions.h"
#include "core/expressions/key_conditions.h"
#include "core/expressions/key_operators.h"

namespace gyre::expressions {
namespace {

constexpr std::string_view kKeyCondition = "KeyConditionExpression";

Error invalid_condition(std::string_view detail) {
  return Error::validation("Invalid condition in KeyConditionExpression: " + std::string(detail));
}

Result<AttributeCondition> read_comparison(const Node& node, const Values& values) {
  const std::optional<ComparisonOperator> operation = key_operator(node);
  if (!operation) return Error::validation("Invalid operator used in KeyConditionExpression: " + node.text);
  const bool symmetric =
      *operation != ComparisonOperator::kBetween && *operation != ComparisonOperator::kBeginsWith;
  const bool key_first = node.operands.front().kind == Node::Kind::kPath;
  if (!symmetric && !key_first) {
    return invalid_condition(node.text + " operator must have the key attribute as its first operand");
  }
  AttributeCondition condition{.operation = key_first ? *operation : exchanged(*operation)};
  for (const Node& operand : node.operands) {
    if (operand.kind == Node::Kind::kFunction) {
      return Error::validation("KeyConditionExpressions cannot contain nested operations");
    }
    if (operand.kind == Node::Kind::kValue) {
      condition.values.push_back(values[operand.value]);
      continue;
    }
    if (!condition.attribute.empty())
      return invalid_condition("Multiple attribute names used in one condition");
    if (operand.path.size() > 1) {
      return Error::validation("KeyConditionExpressions cannot have conditions on nested attributes");
    }
    condition.attribute = operand.path.front().name;
  }
  if (condition.attribute.empty()) return invalid_condition("No key attribute specified");
  return condition;
}

Status read_conditions(const Node& node, const Values& values, std::vector<AttributeCondition>& conditions) {
  if (node.kind == Node::Kind::kAnd) {
    for (const Node& operand : node.operands) RETURN_IF_ERROR(read_conditions(operand, values, conditions));
    return {};
  }
  ASSIGN_OR_RETURN(AttributeCondition condition, read_comparison(node, values));
  const bool again = std::any_of(
      conditions.begin(), conditions.end(),
      [&](const AttributeCondition& earlier) { return earlier.attribute == condition.attribute; });
  if (again) {
    return invalid(kKeyCondition, "KeyConditionExpressions must only contain one condition per key");
  }
  conditions.push_back(std::move(condition));
  return {};
}

}  // namespace

Result<std::vector<AttributeCondition>> read_key_conditions(const Node& root, const Values& values) {
  std::vector<AttributeCondition> conditions;
  RETURN_IF_ERROR(read_conditions(root, values, conditions));
  RETURN_IF_ERROR(check_key_condition_count(conditions.size()));
  return conditions;
}

Result<std::vector<AttributeCondition>> parse_key_conditions(std::string_view text,
                                                             Placeholders& placeholders) {
  ASSIGN_OR_RETURN(const ParsedCondition parsed, parse_condition(kKeyCondition, text, placeholders));
  return read_key_conditions(parsed.root, parsed.values);
}

}  // namespace gyre::expressions
