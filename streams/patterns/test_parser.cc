// SPDX-License-Identifier: Apache-2.0
#include "streams/patterns/test_parser.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "core/json/number_text.h"

namespace gyre::streams {
namespace {

using Operator = ValueTest::Operator;

// What EventBridge compares numerically (Amazon EventBridge user guide, "Numeric matching").
constexpr std::int64_t kNumericMost = 5'000'000'000;

ValueTest text_test(Operator op, std::string_view text) {
  ValueTest test{.op = op};
  test.texts.emplace_back(text);
  return test;
}

PatternNumber read_number(const json::Value& value) {
  PatternNumber number{.integer_text = json::written_as_integer(value)};
  // Magnitudes that no value can have are no numbers of ours.
  Result<Number> parsed = Number::parse(json::number_text(value));
  if (parsed.ok()) number.value = *parsed;
  return number;
}

// An operand of "numeric", or a number in "anything-but". In typed mode one in quotes is exact, however many
// digits it has.
Result<PatternNumber> read_operand(const json::Value& value, PatternMode mode, std::string_view what) {
  PatternNumber number;
  if (value.kind() == json::Kind::kNumber) {
    number = read_number(value);
  } else if (mode == PatternMode::kTyped && value.is_string()) {
    const Result<Number> parsed = Number::parse(value.as_string());
    if (parsed.ok()) number.value = *parsed;
  } else {
    return Error::validation(fmt::format("value of {} must be numeric", what));
  }
  if (!number.value) return Error::validation(fmt::format("value of {} is no number", what));
  if (mode == PatternMode::kAws &&
      (*number.value < Number::from_int(-kNumericMost) || *number.value > Number::from_int(kNumericMost))) {
    return Error::validation("value must be between -5.0E9 and 5.0E9, inclusive");
  }
  return number;
}

Result<ValueTest> read_affix(std::string_view name, const json::Value& value) {
  const bool prefix = name == "prefix";
  if (value.is_string()) {
    return text_test(prefix ? Operator::kPrefix : Operator::kSuffix, value.as_string());
  }
  if (value.is_object() && value.size() == 1) {
    const json::MemberCursor member(value);
    if (member.name() == "equals-ignore-case" && member.value().is_string()) {
      return text_test(prefix ? Operator::kPrefixIgnoringCase : Operator::kSuffixIgnoringCase,
                       member.value().as_string());
    }
  }
  return Error::validation(fmt::format("{} match pattern must be a string", name));
}

Result<ValueTest> read_anything_but(const json::Value& value, PatternMode mode) {
  ValueTest test{.op = Operator::kAnythingButTexts};
  const auto add = [&](const json::Value& element) -> Status {
    if (element.is_string()) {
      test.texts.emplace_back(element.as_string());
      return {};
    }
    if (element.kind() != json::Kind::kNumber) {
      return Error::validation("anything-but takes strings or numbers");
    }
    ASSIGN_OR_RETURN(PatternNumber number, read_operand(element, mode, "anything-but"));
    test.numbers.push_back(std::move(number));
    return {};
  };
  RETURN_IF_ERROR(value.is_array() ? value.for_each_element(add) : add(value));
  if (test.texts.empty() == test.numbers.empty()) {
    return Error::validation("inside anything-but, all values are numbers or all are strings");
  }
  if (test.texts.empty()) test.op = Operator::kAnythingButNumbers;
  return test;
}

// `[">", 10, "<=", 20]`: one comparison, or one from below and then one from above.
Result<ValueTest> read_numeric(const json::Value& value, PatternMode mode) {
  if (!value.is_array()) return Error::validation("value of numeric must be an array");
  const std::size_t size = value.size();
  if (size != 2 && size != 4) return Error::validation("numeric takes one comparison, or two");
  ValueTest test{.op = Operator::kNumeric};
  json::ElementCursor cursor(value);
  for (std::size_t term = 0; term < size / 2; ++term) {
    if (!cursor.value().is_string()) return Error::validation("invalid member in numeric match");
    const std::string_view comparison = cursor.value().as_string();
    cursor.advance();
    ASSIGN_OR_RETURN(const PatternNumber operand, read_operand(cursor.value(), mode, comparison));
    cursor.advance();
    const NumericBound bound{*operand.value, comparison.ends_with('=')};
    const bool above = comparison == ">" || comparison == ">=";
    const bool below = comparison == "<" || comparison == "<=";
    if (comparison == "=" && size == 2) {
      test.low = test.high = bound;
    } else if (above && term == 0) {
      test.low = bound;
    } else if (below && (term == 1 || size == 2)) {
      test.high = bound;
    } else {
      return Error::validation(fmt::format("bad numeric range operator: {}", comparison));
    }
  }
  if (size == 4 && !(test.low->value < test.high->value)) {
    return Error::validation("bottom must be less than top");
  }
  return test;
}

Result<ValueTest> read_operator(const json::Value& object, PatternMode mode) {
  if (object.size() != 1) return Error::validation("only one key allowed in match expression");
  const json::MemberCursor member(object);
  const std::string_view name = member.name();
  const json::Value value = member.value();
  if (name == "prefix" || name == "suffix") return read_affix(name, value);
  if (name == "anything-but") return read_anything_but(value, mode);
  if (name == "numeric") return read_numeric(value, mode);
  if (name == "equals-ignore-case") {
    if (!value.is_string()) return Error::validation("equals-ignore-case match pattern must be a string");
    return text_test(Operator::kTextIgnoringCase, value.as_string());
  }
  if (name == "exists") {
    if (value.kind() != json::Kind::kBool) {
      return Error::validation("exists match pattern must be either true or false");
    }
    return ValueTest{.op = value.as_bool() ? Operator::kExists : Operator::kAbsent};
  }
  return Error::validation(fmt::format("unrecognized match type {}", name));
}

Result<ValueTest> read_test(const json::Value& value, PatternMode mode) {
  switch (value.kind()) {
    case json::Kind::kString:
      return text_test(Operator::kText, value.as_string());
    case json::Kind::kNumber: {
      ValueTest test{.op = Operator::kNumber};
      test.numbers.push_back(read_number(value));
      return test;
    }
    case json::Kind::kBool:
      return ValueTest{.op = Operator::kBool, .boolean = value.as_bool()};
    case json::Kind::kNull:
      return ValueTest{.op = Operator::kNull};
    case json::Kind::kObject:
      return read_operator(value, mode);
    case json::Kind::kArray:
      break;
  }
  return Error::validation("match value must be string, number, true, false, or null");
}

}  // namespace

Result<std::vector<ValueTest>> read_alternatives(const json::Value& array, PatternMode mode) {
  if (array.size() == 0) return Error::validation("empty arrays are not allowed");
  std::vector<ValueTest> alternatives;
  RETURN_IF_ERROR(array.for_each_element([&](const json::Value& element) -> Status {
    ASSIGN_OR_RETURN(ValueTest test, read_test(element, mode));
    alternatives.push_back(std::move(test));
    return {};
  }));
  return alternatives;
}

}  // namespace gyre::streams
