// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/condition_builder.h"

#include <utility>

#include "core/base/check.h"

namespace gyre::expressions {
namespace {

Node path_of(const std::string& attribute) {
  return {.kind = Node::Kind::kPath, .path = {{PathStep::Kind::kName, attribute, 0}}};
}

/// A comparison or function call of the attribute with all the values, which come to stand in `values`.
Node compare(Node node, const AttributeCondition& condition, Values& values) {
  node.operands.push_back(path_of(condition.attribute));
  for (const AttributeValue& value : condition.values) {
    node.operands.push_back({.kind = Node::Kind::kValue, .value = values.size()});
    values.push_back(value);
  }
  return node;
}

Node call(Function function, const AttributeCondition& condition, Values& values) {
  return compare({.kind = Node::Kind::kFunction, .function = function}, condition, values);
}

/// Unlike NOT contains(...), false if there is no such attribute (measured on AWS by the tests of
/// Alternator).
Node not_contains(const AttributeCondition& condition, Values& values) {
  Node negation{.kind = Node::Kind::kNot};
  negation.operands.push_back(call(Function::kContains, condition, values));
  Node both{.kind = Node::Kind::kAnd};
  both.operands.push_back(call(Function::kAttributeExists, {.attribute = condition.attribute}, values));
  both.operands.push_back(std::move(negation));
  return both;
}

Node build_one(const AttributeCondition& condition, Values& values) {
  switch (condition.operation) {
    case ComparisonOperator::kIn:
      return compare({.kind = Node::Kind::kIn}, condition, values);
    case ComparisonOperator::kNull:
      return call(Function::kAttributeNotExists, condition, values);
    case ComparisonOperator::kBetween:
      return compare({.kind = Node::Kind::kBetween}, condition, values);
    case ComparisonOperator::kLess:
      return compare({.kind = Node::Kind::kLess}, condition, values);
    case ComparisonOperator::kNotContains:
      return not_contains(condition, values);
    case ComparisonOperator::kEqual:
      return compare({.kind = Node::Kind::kEqual}, condition, values);
    case ComparisonOperator::kGreater:
      return compare({.kind = Node::Kind::kGreater}, condition, values);
    case ComparisonOperator::kNotNull:
      return call(Function::kAttributeExists, condition, values);
    case ComparisonOperator::kNotEqual:
      return compare({.kind = Node::Kind::kNotEqual}, condition, values);
    case ComparisonOperator::kLessOrEqual:
      return compare({.kind = Node::Kind::kLessOrEqual}, condition, values);
    case ComparisonOperator::kBeginsWith:
      return call(Function::kBeginsWith, condition, values);
    case ComparisonOperator::kGreaterOrEqual:
      return compare({.kind = Node::Kind::kGreaterOrEqual}, condition, values);
    case ComparisonOperator::kContains:
      return call(Function::kContains, condition, values);
  }
  fatal("a comparison operator that there is not");
}

}  // namespace

ParsedCondition build_condition(Node::Kind junction, const std::vector<AttributeCondition>& conditions) {
  CHECK(!conditions.empty());
  ParsedCondition built{.root = {.kind = junction}, .values = {}};
  for (const AttributeCondition& condition : conditions) {
    built.root.operands.push_back(build_one(condition, built.values));
  }
  return built;
}

}  // namespace gyre::expressions
