// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/expressions/path.h"
#include "core/model/attribute_value.h"

namespace gyre::expressions {

enum class Function {
  kUnknown,
  kAttributeExists,
  kAttributeNotExists,
  kAttributeType,
  kBeginsWith,
  kContains,
  kSize,
  kIfNotExists,
  kListAppend,
};

/// Function names are case-sensitive; kUnknown if there is none of this name.
Function find_function(std::string_view name);

/// A part of an expression: an operand (the first five kinds) or a condition (the others, and all functions
/// but size).
struct Node {
  enum class Kind {
    kPath,
    kValue,
    kFunction,
    kAdd,
    kSubtract,
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kBetween,  ///< operands: what is compared, lower bound, upper bound
    kIn,       ///< operands: what is compared, then the list
    kNot,
    kAnd,  ///< two operands or more
    kOr,   ///< two operands or more
  };

  Kind kind = Kind::kPath;
  std::string text = {};                   ///< as messages name it: function, operator, or ":value"
  Function function = Function::kUnknown;  ///< of kFunction
  DocumentPath path = {};                  ///< of kPath
  std::size_t value = 0;                   ///< of kValue, once resolved: its place in the expression's Values
  std::vector<Node> operands = {};         ///< in the order of the expression
  bool parenthesized = false;  ///< while parsing: just these parentheses, and nothing else, are around it
};

inline bool is_logical(const Node& node) {
  return node.kind == Node::Kind::kAnd || node.kind == Node::Kind::kOr || node.kind == Node::Kind::kNot;
}

/// The values that one expression uses, one for each placeholder, however often that is used: copies, so that
/// the expression outlives its request. Nodes name a value by its place here.
using Values = std::vector<AttributeValue>;

/// Adds the top-level names of the paths in the tree that have more than one step.
void add_nested_names(const Node& root, std::set<std::string>& names);

/// DynamoDB's size of all of them.
std::size_t value_bytes(const Values& values);

/// Calls `visit` for the node and all below it, in the order of the expression, up to the first error.
template <class Tree, class Visit>
Status for_each_node(Tree& node, const Visit& visit) {
  RETURN_IF_ERROR(visit(node));
  for (auto& operand : node.operands) RETURN_IF_ERROR(for_each_node(operand, visit));
  return {};
}

}  // namespace gyre::expressions
