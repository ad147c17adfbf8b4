// SPDX-License-Identifier: Apache-2.0
#include "core/partiql/assignments.h"

#include <string>
#include <utility>

#include "core/expressions/checks.h"
#include "core/partiql/errors.h"

namespace gyre::partiql {
namespace {

using expressions::Function;
using expressions::Node;
using expressions::UpdateAction;

bool is_set(AttributeType type) {
  return type == AttributeType::kStringSet || type == AttributeType::kNumberSet ||
         type == AttributeType::kBinarySet;
}

class AssignmentBinder {
 public:
  explicit AssignmentBinder(const Parameters& parameters) : parameters_(parameters) {}

  Result<expressions::ParsedUpdate> bind(const std::vector<Assignment>& assignments) {
    for (const Assignment& assignment : assignments) {
      ASSIGN_OR_RETURN(UpdateAction action, bind_one(assignment));
      bound_.actions.push_back(std::move(action));
    }
    std::vector<const DocumentPath*> targets;
    for (const UpdateAction& action : bound_.actions) targets.push_back(&action.target);
    RETURN_IF_ERROR(expressions::check_paths_distinct("", targets));
    return std::move(bound_);
  }

 private:
  Result<UpdateAction> bind_one(const Assignment& assignment);
  Result<UpdateAction> bind_set_function(const Assignment& assignment);
  Result<Node> value(const Expression& expression);
  Result<Node> arithmetic(const Expression& expression);
  Result<Node> list_append(const Expression& call);
  Result<Node> constant(const Expression& expression);
  /// Constants among the operands must have this type.
  Status check_operand_types(const Node& node, AttributeType wanted) const;

  const Parameters& parameters_;
  expressions::ParsedUpdate bound_;
};

Result<UpdateAction> AssignmentBinder::bind_one(const Assignment& assignment) {
  UpdateAction action{.kind = UpdateAction::Kind::kRemove, .target = assignment.target};
  if (!assignment.value) return action;
  const Expression& expression = *assignment.value;
  const bool set_function = expression.kind == Expression::Kind::kCall &&
                            (expression.text == "set_add" || expression.text == "set_delete");
  if (set_function) return bind_set_function(assignment);
  action.kind = UpdateAction::Kind::kSet;
  ASSIGN_OR_RETURN(action.value, value(expression));
  return action;
}

Result<UpdateAction> AssignmentBinder::bind_set_function(const Assignment& assignment) {
  const Expression& call = *assignment.value;
  const bool adds = call.text == "set_add";
  const std::string name = adds ? "SET_ADD" : "SET_DELETE";
  if (call.operands.size() != 2) return error_at(name + " must have exactly two arguments", call.position);
  const Expression& current = call.operands[0];
  if (current.kind != Expression::Kind::kPath || current.path != assignment.target) {
    return error_at("The first argument to " + name + " must equal the assignment value", call.position);
  }
  UpdateAction action{.kind = adds ? UpdateAction::Kind::kAdd : UpdateAction::Kind::kDelete,
                      .target = assignment.target};
  const Error no_set =
      error_at("The second argument to " + name + " must be a value with type SET", current.position);
  if (!is_constant(call.operands[1])) return no_set;
  ASSIGN_OR_RETURN(action.value, constant(call.operands[1]));
  if (!is_set(bound_.values[action.value.value].type())) return no_set;
  return action;
}

Result<Node> AssignmentBinder::constant(const Expression& expression) {
  ASSIGN_OR_RETURN(AttributeValue value, read_constant(expression, parameters_));
  bound_.values.push_back(std::move(value));
  return Node{.kind = Node::Kind::kValue, .value = bound_.values.size() - 1};
}

Result<Node> AssignmentBinder::value(const Expression& expression) {
  if (is_constant(expression)) return constant(expression);
  switch (expression.kind) {
    case Expression::Kind::kPath:
      return Node{.kind = Node::Kind::kPath, .path = expression.path};
    case Expression::Kind::kAdd:
    case Expression::Kind::kSubtract:
      return arithmetic(expression);
    case Expression::Kind::kCall:
      return list_append(expression);
    default:
      return Error::validation("Unsupported operation: " + std::string(kind_name(expression.kind)));
  }
}

Result<Node> AssignmentBinder::arithmetic(const Expression& expression) {
  const bool adds = expression.kind == Expression::Kind::kAdd;
  Node node{.kind = adds ? Node::Kind::kAdd : Node::Kind::kSubtract, .text = adds ? "+" : "-"};
  for (const Expression& operand : expression.operands) {
    ASSIGN_OR_RETURN(Node bound, value(operand));
    node.operands.push_back(std::move(bound));
  }
  RETURN_IF_ERROR(check_operand_types(node, AttributeType::kNumber));
  return node;
}

Result<Node> AssignmentBinder::list_append(const Expression& call) {
  if (call.text != "list_append") return error_at("Unrecognized function: " + call.text, call.position);
  Node node{.kind = Node::Kind::kFunction, .text = call.text, .function = Function::kListAppend};
  for (const Expression& operand : call.operands) {
    ASSIGN_OR_RETURN(Node bound, value(operand));
    node.operands.push_back(std::move(bound));
  }
  RETURN_IF_ERROR(expressions::check_operand_count("", node));
  RETURN_IF_ERROR(check_operand_types(node, AttributeType::kList));
  return node;
}

Status AssignmentBinder::check_operand_types(const Node& node, AttributeType wanted) const {
  for (const Node& operand : node.operands) {
    if (operand.kind != Node::Kind::kValue) continue;
    const AttributeValue& constant = bound_.values[operand.value];
    if (constant.is(wanted)) continue;
    return expressions::incorrect_operand_type("", node, attribute_type_name(constant.type()));
  }
  return {};
}

}  // namespace

Result<expressions::ParsedUpdate> bind_assignments(const std::vector<Assignment>& assignments,
                                                   const Parameters& parameters) {
  return AssignmentBinder(parameters).bind(assignments);
}

}  // namespace gyre::partiql
