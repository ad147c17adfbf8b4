// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/evaluator.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/base/check.h"
#include "core/expressions/ordering.h"

namespace gyre::expressions {
namespace {

/// What an operand stands for: a value borrowed from the item or the expression, a computed one, or nothing.
class OperandValue {
 public:
  explicit OperandValue(const AttributeValue* borrowed) : borrowed_(borrowed) {}
  explicit OperandValue(AttributeValue computed) : computed_(std::move(computed)) {}

  /// nullptr if there is no value.
  const AttributeValue* get() const { return computed_ ? &*computed_ : borrowed_; }

 private:
  const AttributeValue* borrowed_ = nullptr;
  std::optional<AttributeValue> computed_;
};

/// The length in UTF-16 code units, which is what DynamoDB's size counts (measured on AWS by a third party).
std::size_t utf16_length(std::string_view utf8) {
  std::size_t units = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80) continue;  // not the first byte of its character
    units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

std::optional<std::size_t> size_of(const AttributeValue& value) {
  switch (value.type()) {
    case AttributeType::kString:
      return utf16_length(value.as_string());
    case AttributeType::kBinary:
      return value.as_binary().size();
    case AttributeType::kMap:
      return value.as_map().size();
    case AttributeType::kList:
      return value.as_list().size();
    case AttributeType::kStringSet:
      return value.as_string_set().size();
    case AttributeType::kNumberSet:
      return value.as_number_set().size();
    case AttributeType::kBinarySet:
      return value.as_binary_set().size();
    case AttributeType::kNumber:
    case AttributeType::kBool:
    case AttributeType::kNull:
      return std::nullopt;
  }
  return std::nullopt;
}

/// What a condition is evaluated over.
struct Scope {
  const Values& values;
  const Item* item;
};

OperandValue evaluate_operand(const Node& operand, const Scope& scope) {
  switch (operand.kind) {
    case Node::Kind::kPath:
      return OperandValue(scope.item == nullptr ? nullptr : find_path(*scope.item, operand.path));
    case Node::Kind::kValue:
      return OperandValue(&scope.values[operand.value]);
    default: {
      if (operand.function != Function::kSize) {  // a condition, whose truth is compared
        return OperandValue(AttributeValue::boolean(evaluate_condition(operand, scope.values, scope.item)));
      }
      const OperandValue measured = evaluate_operand(operand.operands.front(), scope);
      if (measured.get() == nullptr) return OperandValue(nullptr);
      const std::optional<std::size_t> size = size_of(*measured.get());
      if (!size) return OperandValue(nullptr);
      return OperandValue(AttributeValue::number(Number::from_int(static_cast<std::int64_t>(*size))));
    }
  }
}

bool begins_with(const AttributeValue& value, const AttributeValue& prefix) {
  if (value.type() != prefix.type()) return false;
  if (value.is(AttributeType::kString)) return value.as_string().starts_with(prefix.as_string());
  if (value.is(AttributeType::kBinary)) return value.as_binary().starts_with(prefix.as_binary());
  return false;
}

template <class Member>
bool has_member(const std::vector<Member>& sorted, const Member& member) {
  return std::binary_search(sorted.begin(), sorted.end(), member);
}

/// A substring of S or B, a member of a set, an element of a list.
bool contains(const AttributeValue& container, const AttributeValue& part) {
  switch (container.type()) {
    case AttributeType::kString:
      return part.is(AttributeType::kString) &&
             container.as_string().find(part.as_string()) != std::string::npos;
    case AttributeType::kBinary:
      return part.is(AttributeType::kBinary) &&
             container.as_binary().find(part.as_binary()) != std::string::npos;
    case AttributeType::kStringSet:
      return part.is(AttributeType::kString) && has_member(container.as_string_set(), part.as_string());
    case AttributeType::kNumberSet:
      return part.is(AttributeType::kNumber) && has_member(container.as_number_set(), part.as_number());
    case AttributeType::kBinarySet:
      return part.is(AttributeType::kBinary) && has_member(container.as_binary_set(), part.as_binary());
    case AttributeType::kList:
      return std::find(container.as_list().begin(), container.as_list().end(), part) !=
             container.as_list().end();
    default:
      return false;
  }
}

bool evaluate_function(const Node& node, const Scope& scope) {
  const OperandValue first = evaluate_operand(node.operands[0], scope);
  if (node.function == Function::kAttributeNotExists) return first.get() == nullptr;
  if (first.get() == nullptr) return false;
  if (node.function == Function::kAttributeExists) return true;

  const OperandValue second = evaluate_operand(node.operands[1], scope);
  if (second.get() == nullptr) return false;
  switch (node.function) {
    case Function::kAttributeType:
      return attribute_type_name(first.get()->type()) == second.get()->as_string();
    case Function::kBeginsWith:
      return begins_with(*first.get(), *second.get());
    case Function::kContains:
      return contains(*first.get(), *second.get());
    default:
      fatal("a function that is no condition");
  }
}

bool evaluate_comparison(const Node& node, const Scope& scope) {
  const OperandValue left = evaluate_operand(node.operands[0], scope);
  const OperandValue right = evaluate_operand(node.operands[1], scope);
  // Nothing is unequal to everything, also to nothing.
  if (left.get() == nullptr || right.get() == nullptr) return node.kind == Node::Kind::kNotEqual;
  switch (node.kind) {
    case Node::Kind::kEqual:
      return *left.get() == *right.get();
    case Node::Kind::kNotEqual:
      return *left.get() != *right.get();
    case Node::Kind::kLess:
      return compare_orderable(*left.get(), *right.get()) < 0;
    case Node::Kind::kLessOrEqual:
      return compare_orderable(*left.get(), *right.get()) <= 0;
    case Node::Kind::kGreater:
      return compare_orderable(*left.get(), *right.get()) > 0;
    case Node::Kind::kGreaterOrEqual:
      return compare_orderable(*left.get(), *right.get()) >= 0;
    default:
      fatal("a node that is no comparison");
  }
}

bool evaluate_between(const Node& node, const Scope& scope) {
  const OperandValue compared = evaluate_operand(node.operands[0], scope);
  const OperandValue lower = evaluate_operand(node.operands[1], scope);
  const OperandValue upper = evaluate_operand(node.operands[2], scope);
  if (compared.get() == nullptr || lower.get() == nullptr || upper.get() == nullptr) return false;
  return compare_orderable(*lower.get(), *compared.get()) <= 0 &&
         compare_orderable(*compared.get(), *upper.get()) <= 0;
}

bool evaluate_in(const Node& node, const Scope& scope) {
  const OperandValue wanted = evaluate_operand(node.operands[0], scope);
  if (wanted.get() == nullptr) return false;
  return std::any_of(node.operands.begin() + 1, node.operands.end(), [&](const Node& operand) {
    const OperandValue listed = evaluate_operand(operand, scope);
    return listed.get() != nullptr && *listed.get() == *wanted.get();
  });
}

}  // namespace

bool evaluate_condition(const Node& condition, const Values& values, const Item* item) {
  const auto holds = [&](const Node& operand) { return evaluate_condition(operand, values, item); };
  const Scope scope{values, item};
  switch (condition.kind) {
    case Node::Kind::kAnd:
      return std::all_of(condition.operands.begin(), condition.operands.end(), holds);
    case Node::Kind::kOr:
      return std::any_of(condition.operands.begin(), condition.operands.end(), holds);
    case Node::Kind::kNot:
      return !holds(condition.operands.front());
    case Node::Kind::kFunction:
      return evaluate_function(condition, scope);
    case Node::Kind::kBetween:
      return evaluate_between(condition, scope);
    case Node::Kind::kIn:
      return evaluate_in(condition, scope);
    default:
      return evaluate_comparison(condition, scope);
  }
}

std::optional<AttributeType> find_attribute_type(std::string_view name) {
  using enum AttributeType;
  for (const AttributeType type :
       {kString, kNumber, kBinary, kBool, kNull, kMap, kList, kStringSet, kNumberSet, kBinarySet}) {
    if (attribute_type_name(type) == name) return type;
  }
  return std::nullopt;
}

}  // namespace gyre::expressions
