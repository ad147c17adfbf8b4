// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/update_evaluator.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/base/limits.h"

namespace gyre::expressions {
namespace {

Error wrong_operand_type() {
  return Error::validation("An operand in the update expression has an incorrect data type");
}

enum class SetOperation { kUnion, kDifference };

template <class Member>
std::vector<Member> combine(const std::vector<Member>& a, const std::vector<Member>& b,
                            SetOperation operation) {
  std::vector<Member> result;
  const auto into = std::back_inserter(result);
  if (operation == SetOperation::kUnion) {
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), into);
  } else {
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), into);
  }
  return result;
}

/// Nothing if the result would be empty. kValidation unless both are sets of the same type.
Result<std::optional<AttributeValue>> combine_sets(const AttributeValue& a, const AttributeValue& b,
                                                   SetOperation operation) {
  if (a.type() != b.type()) return wrong_operand_type();
  const auto build = [](auto members, auto make) -> Result<std::optional<AttributeValue>> {
    if (members.empty()) return std::optional<AttributeValue>();
    ASSIGN_OR_RETURN(AttributeValue set, make(std::move(members)));
    return std::optional<AttributeValue>(std::move(set));
  };
  switch (a.type()) {
    case AttributeType::kStringSet:
      return build(combine(a.as_string_set(), b.as_string_set(), operation), &AttributeValue::string_set);
    case AttributeType::kNumberSet:
      return build(combine(a.as_number_set(), b.as_number_set(), operation), &AttributeValue::number_set);
    case AttributeType::kBinarySet:
      return build(combine(a.as_binary_set(), b.as_binary_set(), operation), &AttributeValue::binary_set);
    default:
      return wrong_operand_type();
  }
}

Result<std::optional<AttributeValue>> add(const AttributeValue* current, const AttributeValue& added) {
  if (current == nullptr) return std::optional<AttributeValue>(added);
  if (!added.is(AttributeType::kNumber)) return combine_sets(*current, added, SetOperation::kUnion);
  if (!current->is(AttributeType::kNumber)) return wrong_operand_type();
  ASSIGN_OR_RETURN(const Number sum, Number::add(current->as_number(), added.as_number()));
  return std::optional<AttributeValue>(AttributeValue::number(sum));
}

}  // namespace

Error item_too_large() {
  return Error::validation("Item size to update has exceeded the maximum allowed size");
}

Result<std::optional<AttributeValue>> UpdateEvaluator::evaluate(const UpdateAction& action) {
  computed_.clear();
  RETURN_IF_ERROR(check_target(action.target));
  const AttributeValue* current = find_path(before_, action.target);
  switch (action.kind) {
    case UpdateAction::Kind::kSet: {
      ASSIGN_OR_RETURN(const AttributeValue* value, evaluate_value(action.value));
      const bool is_computed = !computed_.empty() && value == &computed_.back();
      return is_computed ? std::optional(std::move(computed_.back())) : std::optional(*value);
    }
    case UpdateAction::Kind::kRemove:
      return std::optional<AttributeValue>();
    case UpdateAction::Kind::kAdd:
      return add(current, *action.value.value);
    case UpdateAction::Kind::kDelete:
      if (current == nullptr) return std::optional<AttributeValue>();
      return combine_sets(*current, *action.value.value, SetOperation::kDifference);
  }
  fatal("an action of no kind");
}

Status UpdateEvaluator::check_target(const DocumentPath& target) const {
  if (target.size() == 1) return {};
  const AttributeValue* parent = find_path(before_, PathView(target).first(target.size() - 1));
  const bool indexed = target.back().kind == PathStep::Kind::kIndex;
  if (parent == nullptr || !parent->is(indexed ? AttributeType::kList : AttributeType::kMap)) {
    return Error::validation("The document path provided in the update expression is invalid for update");
  }
  return {};
}

Result<const AttributeValue*> UpdateEvaluator::evaluate_value(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kValue:
      return node.value;
    case Node::Kind::kPath: {
      const AttributeValue* value = find_path(before_, node.path);
      if (value == nullptr) {
        return Error::validation(
            "The provided expression refers to an attribute that does not exist in the item");
      }
      return value;
    }
    case Node::Kind::kFunction: {
      if (node.function == Function::kListAppend) return evaluate_list_append(node);
      CHECK(node.function == Function::kIfNotExists);
      const AttributeValue* value = find_path(before_, node.operands[0].path);
      return value != nullptr ? value : evaluate_value(node.operands[1]);
    }
    default:
      return evaluate_arithmetic(node);
  }
}

Result<const AttributeValue*> UpdateEvaluator::evaluate_arithmetic(const Node& node) {
  ASSIGN_OR_RETURN(const AttributeValue* left, evaluate_value(node.operands[0]));
  ASSIGN_OR_RETURN(const AttributeValue* right, evaluate_value(node.operands[1]));
  if (!left->is(AttributeType::kNumber) || !right->is(AttributeType::kNumber)) return wrong_operand_type();
  const auto compute = node.kind == Node::Kind::kAdd ? &Number::add : &Number::subtract;
  ASSIGN_OR_RETURN(const Number result, compute(left->as_number(), right->as_number()));
  return keep(AttributeValue::number(result));
}

Result<const AttributeValue*> UpdateEvaluator::evaluate_list_append(const Node& node) {
  ASSIGN_OR_RETURN(const AttributeValue* first, evaluate_value(node.operands[0]));
  ASSIGN_OR_RETURN(const AttributeValue* second, evaluate_value(node.operands[1]));
  if (!first->is(AttributeType::kList) || !second->is(AttributeType::kList)) return wrong_operand_type();
  // Calls can be nested, each doubling the list: refuse early what no item can hold.
  if (dynamodb_size(*first) + dynamodb_size(*second) > limits::kItemBytesMax) return item_too_large();
  AttributeValue::List elements = first->as_list();
  elements.insert(elements.end(), second->as_list().begin(), second->as_list().end());
  return keep(AttributeValue::list(std::move(elements)));
}

const AttributeValue* UpdateEvaluator::keep(AttributeValue computed) {
  return &computed_.emplace_back(std::move(computed));
}

}  // namespace gyre::expressions
