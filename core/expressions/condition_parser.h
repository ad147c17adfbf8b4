// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "core/base/result.h"
#include "core/expressions/ast.h"

namespace gyre::expressions {

class Placeholders;

/// A checked and resolved condition: every operand is fit for its place, names are attribute names and values
/// are known.
struct ParsedCondition {
  Node root;
  Values values;
};

/// The same with a tree that several conditions have in common (parse_cache.h).
struct SharedCondition {
  std::shared_ptr<const Node> root;
  Values values;
};

/// Reads any expression of the condition grammar: ConditionExpression, FilterExpression,
/// KeyConditionExpression.
///
///   condition  := conjunction { OR conjunction }
///   conjunction := negation { AND negation }
///   negation   := { NOT } comparison
///   comparison := operand comparator operand | operand BETWEEN operand AND operand
///               | operand IN "(" operand { "," operand } ")" | function | "(" condition ")"
///   operand    := path | value | function | "(" operand ")"
Result<ParsedCondition> parse_condition(std::string_view parameter, std::string_view text,
                                        Placeholders& placeholders);

}  // namespace gyre::expressions
