// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/ast.h"

namespace gyre::expressions {

Function find_function(std::string_view name) {
  if (name == "attribute_exists") return Function::kAttributeExists;
  if (name == "attribute_not_exists") return Function::kAttributeNotExists;
  if (name == "attribute_type") return Function::kAttributeType;
  if (name == "begins_with") return Function::kBeginsWith;
  if (name == "contains") return Function::kContains;
  if (name == "size") return Function::kSize;
  if (name == "if_not_exists") return Function::kIfNotExists;
  if (name == "list_append") return Function::kListAppend;
  return Function::kUnknown;
}

void add_nested_names(const Node& root, std::set<std::string>& names) {
  if (root.kind == Node::Kind::kPath && root.path.size() > 1) names.insert(root.path.front().name);
  for (const Node& operand : root.operands) add_nested_names(operand, names);
}

std::size_t value_bytes(const Values& values) {
  std::size_t bytes = 0;
  for (const AttributeValue& value : values) bytes += dynamodb_size(value);
  return bytes;
}

}  // namespace gyre::expressions
