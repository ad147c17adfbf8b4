// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/evaluator.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <utility>

#include "core/base/check.h"
#include "core/base/limits.h"
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

/// The length in UTF-16 code units, which is what DynamoDB's size counts (measured on AWS by a third party):
/// one for the first byte of each character, another one for that of a character of four bytes.
std::size_t utf16_length(std::string_view utf8) {
  constexpr std::uint64_t kLowBits = 0x0101'0101'0101'0101;
  std::size_t units = 0;
  while (utf8.size() >= sizeof(std::uint64_t)) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, utf8.data(), sizeof bytes);
    utf8.remove_prefix(sizeof bytes);
    const std::uint64_t later = (bytes >> 7) & ~(bytes >> 6) & kLowBits;  // 10......
    const std::uint64_t of_four =
        (bytes >> 7) & (bytes >> 6) & (bytes >> 5) & (bytes >> 4) & kLowBits;  // 1111....
    units += sizeof bytes - static_cast<std::size_t>(std::popcount(later)) +
             static_cast<std::size_t>(std::popcount(of_four));
  }
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    units += ((byte & 0xC0) != 0x80 ? 1 : 0) + (byte >= 0xF0 ? 1 : 0);
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

/// What a condition is evaluated over, and what counts the work of it.
struct Scope {
  const Values& values;
  const Item* item;
  Work& work;
};

/// Equal bytes are compared many at a time.
constexpr std::uint64_t kComparedBytesPerUnit = 8;
constexpr std::uint64_t kElementUnits = 8;

/// What comparing the two may touch: nothing much, unless they are alike from the outside.
std::uint64_t comparison_units(const AttributeValue& a, const AttributeValue& b) {
  if (a.type() != b.type()) return 0;
  switch (a.type()) {
    case AttributeType::kString:
      return std::min(a.as_string().size(), b.as_string().size()) / kComparedBytesPerUnit;
    case AttributeType::kBinary:
      return std::min(a.as_binary().size(), b.as_binary().size()) / kComparedBytesPerUnit;
    case AttributeType::kNumber:
    case AttributeType::kBool:
    case AttributeType::kNull:
      return 0;
    default:
      return size_of(a) == size_of(b) ? kElementUnits * dynamodb_size(a) : 0;
  }
}

OperandValue evaluate_operand(const Node& operand, const Scope& scope) {
  switch (operand.kind) {
    case Node::Kind::kPath:
      return OperandValue(scope.item == nullptr ? nullptr : find_path(*scope.item, operand.path));
    case Node::Kind::kValue:
      return OperandValue(&scope.values[operand.value]);
    default: {
      if (operand.function != Function::kSize) {  // a condition, whose truth is compared
        return OperandValue(
            AttributeValue::boolean(evaluate_condition(operand, scope.values, scope.item, scope.work)));
      }
      const OperandValue measured = evaluate_operand(operand.operands.front(), scope);
      if (measured.get() == nullptr) return OperandValue(nullptr);
      if (measured.get()->is(AttributeType::kString)) scope.work.add(measured.get()->as_string().size());
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

/// How often a sorted set is looked into, times what a comparison may touch.
std::uint64_t lookup_units(std::size_t members, std::size_t member_bytes) {
  return static_cast<std::uint64_t>(std::bit_width(members)) *
         (kElementUnits + member_bytes / kComparedBytesPerUnit);
}

bool has_member(const std::vector<std::string>& sorted, const std::string& member, Work& work) {
  work.add(lookup_units(sorted.size(), member.size()));
  return !work.used_up() && std::binary_search(sorted.begin(), sorted.end(), member);
}

bool has_member(const std::vector<Number>& sorted, const Number& member, Work& work) {
  work.add(lookup_units(sorted.size(), 0));
  return std::binary_search(sorted.begin(), sorted.end(), member);
}

/// What memmem takes at most: one byte is looked for by memchr. Texts that are made for it, such as "aaa..."
/// for "baa...", take so many times as long as others (measured), but no text takes quadratic time.
std::uint64_t search_units(std::size_t text_bytes, std::size_t part_bytes) {
  return part_bytes <= 1 ? text_bytes : limits::kSearchedByteUnits * text_bytes;
}

/// In time that grows with `text` alone, whatever is looked for: std::string::find compares from each place
/// anew.
bool has_substring(const std::string& text, const std::string& part, Work& work) {
  if (part.size() > text.size()) return false;
  work.add(search_units(text.size(), part.size()));
  if (work.used_up()) return false;
  return ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

bool has_element(const AttributeValue::List& elements, const AttributeValue& element, Work& work) {
  return std::any_of(elements.begin(), elements.end(), [&](const AttributeValue& other) {
    work.add(kElementUnits + comparison_units(other, element));
    return !work.used_up() && other == element;
  });
}

/// A substring of S or B, a member of a set, an element of a list.
bool contains(const AttributeValue& container, const AttributeValue& part, Work& work) {
  switch (container.type()) {
    case AttributeType::kString:
      return part.is(AttributeType::kString) && has_substring(container.as_string(), part.as_string(), work);
    case AttributeType::kBinary:
      return part.is(AttributeType::kBinary) && has_substring(container.as_binary(), part.as_binary(), work);
    case AttributeType::kStringSet:
      return part.is(AttributeType::kString) && has_member(container.as_string_set(), part.as_string(), work);
    case AttributeType::kNumberSet:
      return part.is(AttributeType::kNumber) && has_member(container.as_number_set(), part.as_number(), work);
    case AttributeType::kBinarySet:
      return part.is(AttributeType::kBinary) && has_member(container.as_binary_set(), part.as_binary(), work);
    case AttributeType::kList:
      return has_element(container.as_list(), part, work);
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
  scope.work.add(comparison_units(*first.get(), *second.get()));
  switch (node.function) {
    case Function::kAttributeType:
      return attribute_type_name(first.get()->type()) == second.get()->as_string();
    case Function::kBeginsWith:
      return begins_with(*first.get(), *second.get());
    case Function::kContains:
      return contains(*first.get(), *second.get(), scope.work);
    default:
      fatal("a function that is no condition");
  }
}

bool evaluate_comparison(const Node& node, const Scope& scope) {
  const OperandValue left = evaluate_operand(node.operands[0], scope);
  const OperandValue right = evaluate_operand(node.operands[1], scope);
  // Nothing is unequal to everything, also to nothing.
  if (left.get() == nullptr || right.get() == nullptr) return node.kind == Node::Kind::kNotEqual;
  scope.work.add(comparison_units(*left.get(), *right.get()));
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
  scope.work.add(comparison_units(*compared.get(), *lower.get()) +
                 comparison_units(*compared.get(), *upper.get()));
  return compare_orderable(*lower.get(), *compared.get()) <= 0 &&
         compare_orderable(*compared.get(), *upper.get()) <= 0;
}

bool evaluate_in(const Node& node, const Scope& scope) {
  const OperandValue wanted = evaluate_operand(node.operands[0], scope);
  if (wanted.get() == nullptr) return false;
  return std::any_of(node.operands.begin() + 1, node.operands.end(), [&](const Node& operand) {
    const OperandValue listed = evaluate_operand(operand, scope);
    if (listed.get() == nullptr) return false;
    scope.work.add(kElementUnits + comparison_units(*listed.get(), *wanted.get()));
    return !scope.work.used_up() && *listed.get() == *wanted.get();
  });
}

}  // namespace

bool evaluate_condition(const Node& condition, const Values& values, const Item* item, Work& work) {
  work.add(limits::kExpressionPartUnits);
  if (work.used_up()) return false;
  const auto holds = [&](const Node& operand) { return evaluate_condition(operand, values, item, work); };
  const Scope scope{values, item, work};
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
