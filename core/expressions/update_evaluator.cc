// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/update_evaluator.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/base/limits.h"
#include "core/expressions/update_tree.h"

namespace gyre::expressions {
namespace {

template <class Member>
std::vector<Member> unite(const std::vector<Member>& a, const std::vector<Member>& b) {
  std::vector<Member> result;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(result));
  return result;
}

/// In time that grows with `a`: one expression may take the same large set from many small ones.
template <class Member>
std::vector<Member> subtract(const std::vector<Member>& a, const std::vector<Member>& b) {
  std::vector<Member> result;
  std::copy_if(a.begin(), a.end(), std::back_inserter(result),
               [&b](const Member& member) { return !std::binary_search(b.begin(), b.end(), member); });
  return result;
}

/// What a value costs to copy: an element of a document takes much more than its bytes.
std::uint64_t copy_units(const AttributeValue& value) {
  constexpr std::uint64_t kUnitsPerByte = 8;
  return kUnitsPerByte * dynamodb_size(value);
}

}  // namespace

Error item_too_large() {
  return Error::validation("Item size to update has exceeded the maximum allowed size");
}

Result<std::optional<AttributeValue>> UpdateEvaluator::evaluate(const UpdateAction& action) {
  computed_.clear();
  work_.add(limits::kExpressionPartUnits);
  if (work_.used_up()) return too_much_work();
  RETURN_IF_ERROR(check_target(action));
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
      return add(current, update_.values[action.value.value]);
    case UpdateAction::Kind::kDelete:
      if (current == nullptr) return std::optional<AttributeValue>();
      return combine_sets(*current, update_.values[action.value.value], SetOperation::kDifference);
  }
  fatal("an action of no kind");
}

Status UpdateEvaluator::check_target(const UpdateAction& action) const {
  const DocumentPath& target = action.target;
  // Anything can be removed from an item that there is not (measured on AWS by the tests of Alternator).
  if (target.size() == 1 || (!exists_ && action.kind == UpdateAction::Kind::kRemove)) return {};
  const AttributeValue* parent = find_path(before_, PathView(target).first(target.size() - 1));
  const bool indexed = target.back().kind == PathStep::Kind::kIndex;
  if (parent == nullptr || !parent->is(indexed ? AttributeType::kList : AttributeType::kMap)) {
    return Error::validation("The document path provided in the update expression is invalid for update");
  }
  return {};
}

Result<const AttributeValue*> UpdateEvaluator::evaluate_value(const Node& node) {
  work_.add(limits::kExpressionPartUnits);
  if (work_.used_up()) return too_much_work();
  switch (node.kind) {
    case Node::Kind::kValue:
      return &update_.values[node.value];
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
  work_.add(copy_units(*first) + copy_units(*second));
  AttributeValue::List elements = first->as_list();
  elements.insert(elements.end(), second->as_list().begin(), second->as_list().end());
  return keep(AttributeValue::list(std::move(elements)));
}

Result<std::optional<AttributeValue>> UpdateEvaluator::add(const AttributeValue* current,
                                                           const AttributeValue& added) const {
  if (current == nullptr) return std::optional<AttributeValue>(added);
  if (added.is(AttributeType::kList)) return append(*current, added);
  if (!added.is(AttributeType::kNumber)) return combine_sets(*current, added, SetOperation::kUnion);
  if (!current->is(AttributeType::kNumber)) return wrong_operand_type();
  ASSIGN_OR_RETURN(const Number sum, Number::add(current->as_number(), added.as_number()));
  return std::optional<AttributeValue>(AttributeValue::number(sum));
}

Result<std::optional<AttributeValue>> UpdateEvaluator::append(const AttributeValue& current,
                                                              const AttributeValue& added) const {
  if (!current.is(AttributeType::kList)) return wrong_operand_type();
  AttributeValue::List elements = current.as_list();
  elements.insert(elements.end(), added.as_list().begin(), added.as_list().end());
  return std::optional<AttributeValue>(AttributeValue::list(std::move(elements)));
}

Result<std::optional<AttributeValue>> UpdateEvaluator::combine_sets(const AttributeValue& a,
                                                                    const AttributeValue& b,
                                                                    SetOperation operation) const {
  if (a.type() != b.type()) return wrong_operand_type();
  const auto build = [operation](const auto& members, const auto& others,
                                 auto make) -> Result<std::optional<AttributeValue>> {
    auto result = operation == SetOperation::kUnion ? unite(members, others) : subtract(members, others);
    if (result.empty()) return std::optional<AttributeValue>();
    ASSIGN_OR_RETURN(AttributeValue set, make(std::move(result)));
    return std::optional<AttributeValue>(std::move(set));
  };
  switch (a.type()) {
    case AttributeType::kStringSet:
      return build(a.as_string_set(), b.as_string_set(), &AttributeValue::string_set);
    case AttributeType::kNumberSet:
      return build(a.as_number_set(), b.as_number_set(), &AttributeValue::number_set);
    case AttributeType::kBinarySet:
      return build(a.as_binary_set(), b.as_binary_set(), &AttributeValue::binary_set);
    default:
      return wrong_operand_type();
  }
}

Error UpdateEvaluator::wrong_operand_type() const {
  return Error::validation(std::string(update_.tree->type_mismatch));
}

const AttributeValue* UpdateEvaluator::keep(AttributeValue computed) {
  return &computed_.emplace_back(std::move(computed));
}

}  // namespace gyre::expressions
