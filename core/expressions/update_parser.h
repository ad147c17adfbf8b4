// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/expressions/ast.h"

namespace gyre::expressions {

class Placeholders;

/// One action of an UpdateExpression.
struct UpdateAction {
  enum class Kind { kSet, kRemove, kAdd, kDelete };
  Kind kind = Kind::kSet;
  int section = 0;  ///< the actions of one section ("SET a = :a, b = :b") have one number
  DocumentPath target = {};
  Node value = {};  ///< of SET, ADD and DELETE
};

/// The section's keyword: "SET".
std::string_view keyword(UpdateAction::Kind kind);

/// A checked and resolved update.
struct ParsedUpdate {
  std::vector<UpdateAction> actions;
  Values values;
  /// What is answered if an operand is of the wrong type.
  std::string_view type_mismatch = "An operand in the update expression has an incorrect data type";
};

struct UpdateTree;
/// The same with a tree that several updates have in common (parse_cache.h, update_tree.h).
struct SharedUpdate {
  std::shared_ptr<const UpdateTree> tree;
  Values values;
};

/// Reads an UpdateExpression.
///
///   update   := { SET path "=" value {"," ...} | REMOVE path {"," ...} | ADD path placeholder {"," ...}
///               | DELETE path placeholder {"," ...} }
///   value    := operand [ ("+" | "-") operand ] | "(" value ")"
///   operand  := path | placeholder | function | "(" operand ")"
Result<ParsedUpdate> parse_update(std::string_view text, Placeholders& placeholders);

}  // namespace gyre::expressions
