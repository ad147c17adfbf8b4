// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "core/base/base64.h"
#include "core/base/limits.h"
#include "core/expressions/checks.h"
#include "core/expressions/condition_parser.h"
#include "core/expressions/errors.h"
#include "core/expressions/evaluator.h"
#include "core/expressions/ordering.h"
#include "core/expressions/resolver.h"

namespace gyre::expressions {
namespace {

/// The checks of one condition, in the order in which AWS reports (measured on AWS by a third party).
class ConditionChecker {
 public:
  /// Without placeholders everything is resolved already.
  ConditionChecker(std::string_view parameter, Placeholders* placeholders, ValueTable& table)
      : parameter_(parameter), placeholders_(placeholders), table_(table) {}

  Status check(Node& root) {
    RETURN_IF_ERROR(for_each_node(root, [&](const Node& node) { return check_function_name(node); }));
    RETURN_IF_ERROR(check_function_places(root, true));
    RETURN_IF_ERROR(for_each_node(root, [&](const Node& node) {
      return node.kind == Node::Kind::kPath ? check_path(parameter_, node.path) : Status();
    }));
    return check_simple_conditions(root);
  }

  /// One simple condition (no AND, OR, NOT) after the other, each with all its errors.
  Status check_simple_conditions(Node& node);
  /// Of the whole tree, once resolved.
  Status check_types(const Node& node) const;

 private:
  Status check_function_name(const Node& node) const;
  /// size stands where an operand does, every other function where a condition does.
  Status check_function_places(const Node& node, bool condition_expected) const;

  Status resolve(Node& node);
  Status check_operand_counts(const Node& node) const;
  Status check_distinct(const Node& node) const;
  Status check_function_types(const Node& function) const;
  Status check_attribute_type(const Node& function) const;
  Status check_orderable(const Node& node) const;
  Status check_bounds(const Node& between) const;

  /// The type of an operand, if it is the same for every item.
  std::optional<AttributeType> constant_type(const Node& operand) const;
  const AttributeValue& value_of(const Node& operand) const { return table_.values[operand.value]; }

  std::string_view parameter_;
  Placeholders* placeholders_;
  ValueTable& table_;
};

std::optional<AttributeType> ConditionChecker::constant_type(const Node& operand) const {
  if (operand.kind == Node::Kind::kValue) return value_of(operand).type();
  if (operand.kind == Node::Kind::kPath) return std::nullopt;
  return operand.function == Function::kSize ? AttributeType::kNumber : AttributeType::kBool;
}

Status ConditionChecker::check_function_name(const Node& node) const {
  if (node.kind != Node::Kind::kFunction) return {};
  switch (node.function) {
    case Function::kUnknown:
      return invalid(parameter_, "Invalid function name; function: " + node.text);
    case Function::kIfNotExists:
    case Function::kListAppend:
      return invalid(parameter_,
                     "The function is not allowed in a condition expression; function: " + node.text);
    default:
      return {};
  }
}

Status ConditionChecker::check_function_places(const Node& node, bool condition_expected) const {
  if (node.kind == Node::Kind::kFunction && condition_expected == (node.function == Function::kSize)) {
    return misused_function(parameter_, node);
  }
  for (const Node& operand : node.operands) RETURN_IF_ERROR(check_function_places(operand, is_logical(node)));
  return {};
}

Status ConditionChecker::check_simple_conditions(Node& node) {
  if (is_logical(node)) {
    for (Node& operand : node.operands) RETURN_IF_ERROR(check_simple_conditions(operand));
    return {};
  }
  RETURN_IF_ERROR(for_each_node(node, [&](Node& part) { return resolve(part); }));
  RETURN_IF_ERROR(check_operand_counts(node));
  RETURN_IF_ERROR(for_each_node(node, [&](const Node& part) { return check_distinct(part); }));
  return check_types(node);
}

Status ConditionChecker::resolve(Node& node) {
  if (placeholders_ == nullptr) return {};
  if (node.kind == Node::Kind::kPath) return resolve_names(parameter_, node.path, *placeholders_);
  if (node.kind == Node::Kind::kValue) return resolve_value(parameter_, node, *placeholders_, table_);
  return {};
}

Status ConditionChecker::check_operand_counts(const Node& node) const {
  for (const Node& operand : node.operands) RETURN_IF_ERROR(check_operand_counts(operand));
  if (node.kind == Node::Kind::kFunction) return check_operand_count(parameter_, node);
  const std::size_t listed = node.operands.size() - (node.kind == Node::Kind::kIn ? 1 : 0);
  if (node.kind == Node::Kind::kIn && listed > limits::kInOperandsMax) {
    return invalid(parameter_, "The IN operator is provided with too many operands; number of operands: " +
                                   std::to_string(listed));
  }
  return {};
}

Status ConditionChecker::check_distinct(const Node& node) const {
  if (node.operands.size() < 2 || node.operands.front().kind != Node::Kind::kPath) return {};
  const DocumentPath& first = node.operands.front().path;
  const bool again = std::any_of(node.operands.begin() + 1, node.operands.end(), [&](const Node& operand) {
    return operand.kind == Node::Kind::kPath && operand.path == first;
  });
  if (!again) return {};
  return invalid(
      parameter_,
      "The first operand must be distinct from the remaining operands for this operator or function; "
      "operator: " +
          node.text + ", first operand: " + path_text(first));
}

Status ConditionChecker::check_types(const Node& node) const {
  for (const Node& operand : node.operands) RETURN_IF_ERROR(check_types(operand));
  switch (node.kind) {
    case Node::Kind::kFunction:
      return check_function_types(node);
    case Node::Kind::kLess:
    case Node::Kind::kLessOrEqual:
    case Node::Kind::kGreater:
    case Node::Kind::kGreaterOrEqual:
      return check_orderable(node);
    case Node::Kind::kBetween:
      RETURN_IF_ERROR(check_orderable(node));
      return check_bounds(node);
    default:
      return {};
  }
}

Status ConditionChecker::check_function_types(const Node& function) const {
  const Node& first = function.operands.front();
  switch (function.function) {
    case Function::kAttributeExists:
    case Function::kAttributeNotExists:
      if (first.kind != Node::Kind::kPath) return path_required(parameter_, function);
      return {};
    case Function::kAttributeType:
      return check_attribute_type(function);
    case Function::kBeginsWith:
      for (const Node& operand : function.operands) {
        const auto type = constant_type(operand);
        if (type && *type != AttributeType::kString && *type != AttributeType::kBinary) {
          return incorrect_operand_type(parameter_, function, attribute_type_name(*type));
        }
      }
      return {};
    case Function::kSize: {
      const auto type = constant_type(first);
      if (type == AttributeType::kNumber || type == AttributeType::kBool || type == AttributeType::kNull) {
        return incorrect_operand_type(parameter_, function, attribute_type_name(*type));
      }
      return {};
    }
    default:
      return {};
  }
}

Status ConditionChecker::check_attribute_type(const Node& function) const {
  const Node& wanted = function.operands[1];
  const auto type = constant_type(wanted);
  if (!type) return incorrect_operand_type(parameter_, function, "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
  if (*type != AttributeType::kString) {
    return incorrect_operand_type(parameter_, function, attribute_type_name(*type));
  }
  const std::string& name = value_of(wanted).as_string();
  if (!find_attribute_type(name)) {
    return invalid(parameter_, "Invalid attribute type name found; type: " + name +
                                   ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
  }
  return {};
}

Status ConditionChecker::check_orderable(const Node& node) const {
  for (const Node& operand : node.operands) {
    const auto type = constant_type(operand);
    if (type && !is_orderable(*type)) {
      return incorrect_operand_type(parameter_, node, attribute_type_name(*type));
    }
  }
  return {};
}

/// "{S:text}".
std::string bound_text(const AttributeValue& value) {
  std::string text;
  if (value.is(AttributeType::kString)) text = value.as_string();
  if (value.is(AttributeType::kNumber)) text = value.as_number().to_string();
  if (value.is(AttributeType::kBinary)) text = base64(value.as_binary());
  return "{" + std::string(attribute_type_name(value.type())) + ":" + text + "}";
}

Status ConditionChecker::check_bounds(const Node& between) const {
  const Node& lower_bound = between.operands[1];
  const Node& upper_bound = between.operands[2];
  if (lower_bound.kind != Node::Kind::kValue || upper_bound.kind != Node::Kind::kValue) return {};
  const AttributeValue& lower = value_of(lower_bound);
  const AttributeValue& upper = value_of(upper_bound);
  std::string rule;
  if (lower.type() != upper.type()) {
    rule = "requires same data type for lower and upper bounds";
  } else if (compare_orderable(upper, lower) < 0) {
    rule = "requires upper bound to be greater than or equal to lower bound";
  }
  if (rule.empty()) return {};
  return invalid(parameter_, "The BETWEEN operator " + rule +
                                 "; lower bound operand: AttributeValue: " + bound_text(lower) +
                                 ", upper bound operand: AttributeValue: " + bound_text(upper));
}

}  // namespace

Status check_condition(std::string_view parameter, Node& root, Placeholders& placeholders,
                       ValueTable& values) {
  return ConditionChecker(parameter, &placeholders, values).check(root);
}

Status check_built_condition(ParsedCondition& built) {
  ValueTable table{std::move(built.values), {}};
  Status checked = ConditionChecker("", nullptr, table).check_simple_conditions(built.root);
  built.values = std::move(table.values);
  return checked;
}

bool looks_into_values(const Node& root) {
  const bool looks = root.kind == Node::Kind::kBetween || root.function == Function::kAttributeType;
  return looks || std::any_of(root.operands.begin(), root.operands.end(), looks_into_values);
}

bool fits_values(const Node& root, Values& values) {
  ValueTable table{std::move(values), {}};
  const bool fits = ConditionChecker("", nullptr, table).check_types(root).ok();
  values = std::move(table.values);
  return fits;
}

}  // namespace gyre::expressions
