// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/key_operators.h"

namespace gyre::expressions {

std::optional<ComparisonOperator> key_operator(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kEqual:
      return ComparisonOperator::kEqual;
    case Node::Kind::kLess:
      return ComparisonOperator::kLess;
    case Node::Kind::kLessOrEqual:
      return ComparisonOperator::kLessOrEqual;
    case Node::Kind::kGreater:
      return ComparisonOperator::kGreater;
    case Node::Kind::kGreaterOrEqual:
      return ComparisonOperator::kGreaterOrEqual;
    case Node::Kind::kBetween:
      return ComparisonOperator::kBetween;
    case Node::Kind::kFunction:
      if (node.function == Function::kBeginsWith) return ComparisonOperator::kBeginsWith;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

ComparisonOperator exchanged(ComparisonOperator operation) {
  switch (operation) {
    case ComparisonOperator::kLess:
      return ComparisonOperator::kGreater;
    case ComparisonOperator::kLessOrEqual:
      return ComparisonOperator::kGreaterOrEqual;
    case ComparisonOperator::kGreater:
      return ComparisonOperator::kLess;
    case ComparisonOperator::kGreaterOrEqual:
      return ComparisonOperator::kLessOrEqual;
    default:
      return operation;
  }
}

}  // namespace gyre::expressions
