// SPDX-License-Identifier: Apache-2.0
#include "streams/patterns/value_matching.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "streams/patterns/fold_case.h"

namespace gyre::streams {
namespace {

// A character is looked up among the ranges of letters that have a case.
constexpr std::uint64_t kFoldedByteUnits = 16;

// AWS compares numbers by how they are written: 300 is not 300.0. Values of N in typed mode have one
// spelling.
bool is_number(const PatternNumber& wanted, const LeafValue& value) {
  if (!value.number || !wanted.value || *wanted.value != *value.number) return false;
  return value.kind != LeafValue::Kind::kNumber || wanted.integer_text == value.integer_text;
}

bool has_value(const PatternNumber& wanted, const LeafValue& value) {
  return value.number && wanted.value && *wanted.value == *value.number;
}

bool is_within(const ValueTest& test, const Number& number) {
  if (test.low && (test.low->inclusive ? number < test.low->value : number <= test.low->value)) return false;
  if (test.high && (test.high->inclusive ? number > test.high->value : number >= test.high->value)) {
    return false;
  }
  return true;
}

bool ignores_case(ValueTest::Operator op) {
  using Operator = ValueTest::Operator;
  return op == Operator::kPrefixIgnoringCase || op == Operator::kSuffixIgnoringCase ||
         op == Operator::kTextIgnoringCase;
}

}  // namespace

std::uint64_t ValueTest::units(const LeafValue& value) const {
  std::uint64_t units = limits::kExpressionPartUnits * (1 + texts.size() + numbers.size());
  if (value.kind != LeafValue::Kind::kText) return units;
  const std::uint64_t byte_units = ignores_case(op) ? kFoldedByteUnits : 1;
  for (const std::string& text : texts) units += std::min(text.size(), value.text.size()) * byte_units;
  return units;
}

bool ValueTest::matches(const LeafValue& value) const {
  const bool is_text = value.kind == LeafValue::Kind::kText;
  switch (op) {
    case Operator::kText:
      return is_text && value.text == texts[0];
    case Operator::kNumber:
      return is_number(numbers[0], value);
    case Operator::kBool:
      return value.kind == LeafValue::Kind::kBool && value.boolean == boolean;
    case Operator::kNull:
    case Operator::kAbsent:
      return false;
    case Operator::kPrefix:
      return is_text && value.text.starts_with(texts[0]);
    case Operator::kPrefixIgnoringCase:
      return is_text && starts_with_ignoring_case(value.text, texts[0]);
    case Operator::kSuffix:
      return is_text && value.text.ends_with(texts[0]);
    case Operator::kSuffixIgnoringCase:
      return is_text && ends_with_ignoring_case(value.text, texts[0]);
    case Operator::kTextIgnoringCase:
      return is_text && equal_ignoring_case(value.text, texts[0]);
    case Operator::kAnythingButTexts:
      return !is_text || std::find(texts.begin(), texts.end(), value.text) == texts.end();
    case Operator::kAnythingButNumbers:
      return std::none_of(numbers.begin(), numbers.end(),
                          [&](const PatternNumber& number) { return has_value(number, value); });
    case Operator::kNumeric:
      return value.number && is_within(*this, *value.number);
    case Operator::kExists:
      return true;
  }
  fatal("a test of an unknown operator");
}

}  // namespace gyre::streams
