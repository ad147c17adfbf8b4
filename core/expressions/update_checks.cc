// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>

#include "core/expressions/checks.h"
#include "core/expressions/errors.h"
#include "core/expressions/resolver.h"
#include "core/expressions/update_parser.h"

namespace gyre::expressions {
namespace {

constexpr std::string_view kUpdate = "UpdateExpression";

Status check_paths(const UpdateAction& action) {
  RETURN_IF_ERROR(check_path(kUpdate, action.target));
  return for_each_node(action.value, [](const Node& node) {
    return node.kind == Node::Kind::kPath ? check_path(kUpdate, node.path) : Status();
  });
}

Status check_function_names(const UpdateAction& action) {
  return for_each_node(action.value, [](const Node& node) -> Status {
    if (node.kind != Node::Kind::kFunction) return {};
    if (node.function == Function::kUnknown) {
      return invalid(kUpdate, "Invalid function name; function: " + node.text);
    }
    if (node.function != Function::kIfNotExists && node.function != Function::kListAppend) {
      return invalid(kUpdate, "The function is not allowed in an update expression; function: " + node.text);
    }
    return {};
  });
}

Status check_sections(const std::vector<UpdateAction>& actions) {
  std::set<UpdateAction::Kind> seen;
  int section = -1;
  for (const UpdateAction& action : actions) {
    if (action.section == section) continue;
    section = action.section;
    if (!seen.insert(action.kind).second) {
      return invalid(kUpdate, "The \"" + std::string(keyword(action.kind)) +
                                  "\" section can only be used once in an update expression;");
    }
  }
  return {};
}

Status resolve_targets(std::vector<UpdateAction>& actions, Placeholders& placeholders) {
  std::vector<const DocumentPath*> targets;
  for (UpdateAction& action : actions) {
    RETURN_IF_ERROR(resolve_names(kUpdate, action.target, placeholders));
    targets.push_back(&action.target);
  }
  return check_paths_distinct(kUpdate, targets);
}

Status resolve_operand_names(UpdateAction& action, Placeholders& placeholders) {
  return for_each_node(action.value, [&](Node& node) {
    return node.kind == Node::Kind::kPath ? resolve_names(kUpdate, node.path, placeholders) : Status();
  });
}

/// As AWS calls the types where ADD and DELETE refuse them; the sets are never refused.
std::string_view refused_type_name(AttributeType type) {
  switch (type) {
    case AttributeType::kString:
      return "STRING";
    case AttributeType::kNumber:
      return "NUMBER";
    case AttributeType::kBinary:
      return "BINARY";
    case AttributeType::kBool:
      return "BOOLEAN";
    case AttributeType::kList:
      return "LIST";
    case AttributeType::kMap:
      return "MAP";
    default:
      return attribute_type_name(type);
  }
}

bool is_set(AttributeType type) {
  return type == AttributeType::kStringSet || type == AttributeType::kNumberSet ||
         type == AttributeType::kBinarySet;
}

Status check_added_type(const UpdateAction& action, const Values& values) {
  if (action.kind != UpdateAction::Kind::kAdd && action.kind != UpdateAction::Kind::kDelete) return {};
  const AttributeType type = values[action.value.value].type();
  if (is_set(type) || (type == AttributeType::kNumber && action.kind == UpdateAction::Kind::kAdd)) return {};
  return invalid(kUpdate, "Incorrect operand type for operator or function; operator: " +
                              std::string(keyword(action.kind)) +
                              ", operand type: " + std::string(refused_type_name(type)) +
                              ", typeSet: ALLOWED_FOR_" + std::string(keyword(action.kind)) + "_OPERAND");
}

/// Placeholders among the operands must have this type.
Status check_operand_types(const Node& node, const Values& values, AttributeType wanted) {
  for (const Node& operand : node.operands) {
    if (operand.kind != Node::Kind::kValue) continue;
    const AttributeType type = values[operand.value].type();
    if (type != wanted) return incorrect_operand_type(kUpdate, node, attribute_type_name(type));
  }
  return {};
}

Status check_function(const Node& function, const Values& values) {
  RETURN_IF_ERROR(check_operand_count(kUpdate, function));
  if (function.function == Function::kIfNotExists) {
    if (function.operands.front().kind != Node::Kind::kPath) return path_required(kUpdate, function);
    return {};
  }
  for (const Node& operand : function.operands) {
    if (operand.function == Function::kListAppend) return misused_function(kUpdate, operand);
  }
  return check_operand_types(function, values, AttributeType::kList);
}

/// Gives values their places and checks operands, each before what is made of it.
Status check_value(Node& node, Placeholders& placeholders, ValueTable& table) {
  for (Node& operand : node.operands) RETURN_IF_ERROR(check_value(operand, placeholders, table));
  switch (node.kind) {
    case Node::Kind::kValue:
      return resolve_value(kUpdate, node, placeholders, table);
    case Node::Kind::kAdd:
    case Node::Kind::kSubtract:
      return check_operand_types(node, table.values, AttributeType::kNumber);
    case Node::Kind::kFunction:
      return check_function(node, table.values);
    default:
      return {};
  }
}

Status check_action(UpdateAction& action, Placeholders& placeholders, ValueTable& table) {
  if (action.kind == UpdateAction::Kind::kRemove) return {};
  RETURN_IF_ERROR(check_value(action.value, placeholders, table));
  return check_added_type(action, table.values);
}

}  // namespace

Status check_update(std::vector<UpdateAction>& actions, Placeholders& placeholders, ValueTable& table) {
  // In the order in which AWS reports: what is written before what it is made of, and that from the last
  // action back to the first.
  for (const UpdateAction& action : actions) RETURN_IF_ERROR(check_paths(action));
  for (const UpdateAction& action : actions) RETURN_IF_ERROR(check_function_names(action));
  RETURN_IF_ERROR(check_sections(actions));
  RETURN_IF_ERROR(resolve_targets(actions, placeholders));
  for (auto action = actions.rbegin(); action != actions.rend(); ++action) {
    RETURN_IF_ERROR(resolve_operand_names(*action, placeholders));
  }
  for (auto action = actions.rbegin(); action != actions.rend(); ++action) {
    RETURN_IF_ERROR(check_action(*action, placeholders, table));
  }
  return {};
}

}  // namespace gyre::expressions
