// SPDX-License-Identifier: Apache-2.0
#include "core/partiql/conditions.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "core/expressions/checks.h"
#include "core/expressions/evaluator.h"
#include "core/partiql/errors.h"

namespace gyre::partiql {
namespace {

using expressions::Function;
using expressions::Node;

/// What IS tests for, as attribute_type knows it. "bag" stands for every set.
struct TypeTest {
  std::string_view type;
  std::string_view attribute_type;
};
constexpr TypeTest kTypeTests[] = {
    {"null", "NULL"},
    {"boolean", "BOOL"},
    {"string", "S"},
    {"symbol", "S"},
    {"character", "S"},
    {"character varying", "S"},
    {"integer", "N"},
    {"smallint", "N"},
    {"integer4", "N"},
    {"integer8", "N"},
    {"float", "N"},
    {"real", "N"},
    {"double precision", "N"},
    {"decimal", "N"},
    {"numeric", "N"},
    {"blob", "B"},
    {"clob", "B"},
    {"list", "L"},
    {"struct", "M"},
    {"tuple", "M"},
    {"bag", "SS"},
    {"bag", "NS"},
    {"bag", "BS"},
};

Error unsupported(const Expression& expression) {
  return Error::validation("Unsupported operation: " + std::string(kind_name(expression.kind)));
}

Node::Kind comparison_kind(Expression::Kind kind) {
  switch (kind) {
    case Expression::Kind::kEqual:
      return Node::Kind::kEqual;
    case Expression::Kind::kNotEqual:
      return Node::Kind::kNotEqual;
    case Expression::Kind::kLess:
      return Node::Kind::kLess;
    case Expression::Kind::kLessOrEqual:
      return Node::Kind::kLessOrEqual;
    case Expression::Kind::kGreater:
      return Node::Kind::kGreater;
    case Expression::Kind::kGreaterOrEqual:
      return Node::Kind::kGreaterOrEqual;
    default:
      fatal("an expression that is no comparison");
  }
}

std::string_view comparison_text(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::kEqual:
      return "=";
    case Node::Kind::kNotEqual:
      return "<>";
    case Node::Kind::kLess:
      return "<";
    case Node::Kind::kLessOrEqual:
      return "<=";
    case Node::Kind::kGreater:
      return ">";
    default:
      return ">=";
  }
}

class ConditionBinder {
 public:
  ConditionBinder(const Parameters& parameters, expressions::Values& values)
      : parameters_(parameters), values_(values) {}

  Result<Node> condition(const Expression& expression);

 private:
  Result<Node> operand(const Expression& expression);
  Result<Node> call(const Expression& call);
  Result<Node> type_test(const Expression& test);
  Result<Node> in(const Expression& in);
  Status check_attribute_type(const Node& call) const;

  template <class Bind>
  Result<Node> with_operands(Node node, const std::vector<Expression>& operands, Bind bind) {
    for (const Expression& one : operands) {
      ASSIGN_OR_RETURN(Node bound, (this->*bind)(one));
      node.operands.push_back(std::move(bound));
    }
    return node;
  }
  Node constant(AttributeValue value) {
    values_.push_back(std::move(value));
    return {.kind = Node::Kind::kValue, .value = values_.size() - 1};
  }
  Result<Node> attribute_type_test(const Expression& tested, std::string_view type);

  const Parameters& parameters_;
  expressions::Values& values_;
};

Result<Node> ConditionBinder::condition(const Expression& expression) {
  using enum Expression::Kind;
  switch (expression.kind) {
    case kAnd:
      return with_operands({.kind = Node::Kind::kAnd, .text = "AND"}, expression.operands,
                           &ConditionBinder::condition);
    case kOr:
      return with_operands({.kind = Node::Kind::kOr, .text = "OR"}, expression.operands,
                           &ConditionBinder::condition);
    case kNot:
      return with_operands({.kind = Node::Kind::kNot, .text = "NOT"}, expression.operands,
                           &ConditionBinder::condition);
    case kEqual:
    case kNotEqual:
    case kLess:
    case kLessOrEqual:
    case kGreater:
    case kGreaterOrEqual: {
      const Node::Kind kind = comparison_kind(expression.kind);
      return with_operands({.kind = kind, .text = std::string(comparison_text(kind))}, expression.operands,
                           &ConditionBinder::operand);
    }
    case kBetween:
      return with_operands({.kind = Node::Kind::kBetween, .text = "BETWEEN"}, expression.operands,
                           &ConditionBinder::operand);
    case kIn:
      return in(expression);
    case kIs:
      return type_test(expression);
    case kCall: {
      ASSIGN_OR_RETURN(Node function, call(expression));
      if (function.function == Function::kSize) return expressions::misused_function("", function);
      return function;
    }
    default:
      return unsupported(expression);
  }
}

Result<Node> ConditionBinder::operand(const Expression& expression) {
  if (is_constant(expression)) {
    ASSIGN_OR_RETURN(AttributeValue value, read_constant(expression, parameters_));
    return constant(std::move(value));
  }
  if (expression.kind == Expression::Kind::kPath) {
    return Node{.kind = Node::Kind::kPath, .path = expression.path};
  }
  if (expression.kind == Expression::Kind::kCall) return call(expression);
  return condition(expression);
}

Result<Node> ConditionBinder::call(const Expression& call) {
  const Function function = expressions::find_function(call.text);
  const bool known = function != Function::kUnknown && function != Function::kIfNotExists &&
                     function != Function::kListAppend;
  if (!known) return error_at("Unrecognized function: " + call.text, call.position);
  ASSIGN_OR_RETURN(Node node,
                   with_operands({.kind = Node::Kind::kFunction, .text = call.text, .function = function},
                                 call.operands, &ConditionBinder::operand));
  RETURN_IF_ERROR(check_attribute_type(node));
  return node;
}

// AWS lists the types in another order here than for a condition expression.
Status ConditionBinder::check_attribute_type(const Node& call) const {
  if (call.function != Function::kAttributeType || call.operands.size() != 2) return {};
  const Node& wanted = call.operands[1];
  if (wanted.kind != Node::Kind::kValue) return {};
  const AttributeValue& value = values_[wanted.value];
  if (!value.is(AttributeType::kString) || expressions::find_attribute_type(value.as_string())) return {};
  return Error::validation("Invalid attribute type name found; type: " + value.as_string() +
                           ", valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}");
}

Result<Node> ConditionBinder::attribute_type_test(const Expression& tested, std::string_view type) {
  Node test{.kind = Node::Kind::kFunction, .text = "attribute_type", .function = Function::kAttributeType};
  ASSIGN_OR_RETURN(Node bound, operand(tested));
  test.operands.push_back(std::move(bound));
  test.operands.push_back(constant(AttributeValue::string(std::string(type))));
  return test;
}

Result<Node> ConditionBinder::type_test(const Expression& test) {
  if (test.text == "missing") {
    return with_operands({.kind = Node::Kind::kFunction,
                          .text = "attribute_not_exists",
                          .function = Function::kAttributeNotExists},
                         test.operands, &ConditionBinder::operand);
  }
  Node any{.kind = Node::Kind::kOr, .text = "OR"};
  for (const TypeTest& one : kTypeTests) {
    if (one.type != test.text) continue;
    ASSIGN_OR_RETURN(Node alternative, attribute_type_test(test.operands.front(), one.attribute_type));
    any.operands.push_back(std::move(alternative));
  }
  if (any.operands.empty()) return unsupported(test);
  if (any.operands.size() == 1) return std::move(any.operands.front());
  return any;
}

Result<Node> ConditionBinder::in(const Expression& in) {
  Node node{.kind = Node::Kind::kIn, .text = "IN"};
  ASSIGN_OR_RETURN(Node compared, operand(in.operands[0]));
  node.operands.push_back(std::move(compared));
  const Expression& listed = in.operands[1];
  if (listed.kind == Expression::Kind::kList || listed.kind == Expression::Kind::kBag) {
    return with_operands(std::move(node), listed.operands, &ConditionBinder::operand);
  }
  if (listed.kind != Expression::Kind::kParameter) return unsupported(in);
  const AttributeValue& parameter = parameters_[listed.parameter];
  if (!parameter.is(AttributeType::kList)) return unsupported(in);
  for (const AttributeValue& element : parameter.as_list()) node.operands.push_back(constant(element));
  return node;
}

}  // namespace

Result<expressions::ParsedCondition> bind_condition(const Expression& where, const Parameters& parameters) {
  expressions::ParsedCondition bound;
  ASSIGN_OR_RETURN(bound.root, ConditionBinder(parameters, bound.values).condition(where));
  RETURN_IF_ERROR(expressions::check_built_condition(bound));
  return bound;
}

}  // namespace gyre::partiql
