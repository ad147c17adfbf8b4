// SPDX-License-Identifier: Apache-2.0
#include "core/operations/requests/legacy_conditions.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "core/expressions/ordering.h"
#include "core/json/attribute_json.h"
#include "core/json/typed_read.h"
#include "core/operations/requests/legacy_parameters.h"

namespace gyre::operations {
namespace {

using expressions::AttributeCondition;
using expressions::ComparisonOperator;

constexpr std::array<std::string_view, 13> kOperatorNames = {
    "IN",       "NULL", "BETWEEN", "LT",          "NOT_CONTAINS", "EQ",      "GT",
    "NOT_NULL", "NE",   "LE",      "BEGINS_WITH", "GE",           "CONTAINS"};

std::string_view name_of(ComparisonOperator operation) {
  return kOperatorNames[static_cast<std::size_t>(operation)];
}

// --- shapes ---

Result<bool> read_any(const RequestReader& request) {
  enum class Join { kOr, kAnd };
  constexpr std::array<std::string_view, 2> kNames = {"OR", "AND"};
  Result<std::optional<Join>> join = request.choice<Join>("ConditionalOperator", kNames);
  if (join.ok()) return *join == Join::kOr;
  if (join.error().code != ErrorCode::kValidation) return std::move(join).error();
  // AWS's words since 2026, "ALL" among them.
  return Error::validation("Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]")
      .or_in_older_words(join.error().message);
}

Result<LegacyCondition> read_condition_shape(std::string_view attribute, const RequestReader& object) {
  LegacyCondition condition{.attribute = std::string(attribute)};
  ASSIGN_OR_RETURN(condition.operation,
                   object.choice<ComparisonOperator>("ComparisonOperator", kOperatorNames));
  ASSIGN_OR_RETURN(condition.value_list, object.list("AttributeValueList"));
  return condition;
}

Result<LegacyCondition> read_expected_shape(std::string_view attribute, const RequestReader& object) {
  ASSIGN_OR_RETURN(LegacyCondition condition, read_condition_shape(attribute, object));
  condition.value = object.find("Value");
  ASSIGN_OR_RETURN(condition.exists, object.boolean("Exists"));
  return condition;
}

Result<LegacyCondition> read_filter_shape(std::string_view attribute, const RequestReader& object) {
  ASSIGN_OR_RETURN(LegacyCondition condition, read_condition_shape(attribute, object));
  if (!condition.operation) return missing_member_error(object.path_of("ComparisonOperator"));
  return condition;
}

// AWS's structures of which each is a condition, with the package that Java messages name.
constexpr std::string_view kPackage = "com.amazonaws.dynamodb.v20120810.";
constexpr std::string_view kExpectedType = "com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue";
constexpr std::string_view kConditionType = "com.amazonaws.dynamodb.v20120810.Condition";
static_assert(kExpectedType.starts_with(kPackage) && kConditionType.starts_with(kPackage));

Result<std::optional<LegacyConditions>> read_conditions(
    const RequestReader& request, std::string_view parameter, std::string_view java_type,
    Result<LegacyCondition> (*read_shape)(std::string_view, const RequestReader&)) {
  LegacyConditions read{.parameter = parameter};
  ASSIGN_OR_RETURN(read.any, read_any(request));
  ASSIGN_OR_RETURN(const std::optional<RequestReader> map, request.map(parameter, java_type));
  if (!map) return std::optional<LegacyConditions>();
  RETURN_IF_ERROR(map->object().for_each_member([&](std::string_view name, json::Value value) -> Status {
    RETURN_IF_ERROR(json::expect_structure(value, java_type.substr(kPackage.size())));
    const RequestReader object(value, fmt::format("{}.{}.member", request.path_of(parameter), name));
    ASSIGN_OR_RETURN(LegacyCondition condition, read_shape(name, object));
    read.conditions.push_back(std::move(condition));
    return {};
  }));
  return std::optional(std::move(read));
}

// --- numbers and types of values ---

bool takes_count(ComparisonOperator operation, std::size_t count) {
  switch (operation) {
    case ComparisonOperator::kNull:
    case ComparisonOperator::kNotNull:
      return count == 0;
    case ComparisonOperator::kIn:
      return count > 0;
    case ComparisonOperator::kBetween:
      return count == 2;
    default:
      return count == 1;
  }
}

bool takes_type(ComparisonOperator operation, AttributeType type) {
  using enum AttributeType;
  switch (operation) {
    case ComparisonOperator::kEqual:
    case ComparisonOperator::kNotEqual:
      return true;
    case ComparisonOperator::kBeginsWith:
      return type == kString || type == kBinary;
    case ComparisonOperator::kContains:
    case ComparisonOperator::kNotContains:
      return type == kString || type == kNumber || type == kBinary || type == kBool || type == kNull;
    default:
      return type == kString || type == kNumber || type == kBinary;
  }
}

Status check_count(ComparisonOperator operation, std::size_t count) {
  if (takes_count(operation, count)) return {};
  return invalid_parameter(
      fmt::format("Invalid number of argument(s) for the {} ComparisonOperator", name_of(operation)));
}

Status check_types(ComparisonOperator operation, const std::vector<AttributeValue>& values) {
  const bool alike = std::all_of(values.begin(), values.end(), [&](const AttributeValue& value) {
    return value.type() == values.front().type();
  });
  if (!alike) return invalid_parameter("AttributeValues inside AttributeValueList must be of same type");
  for (const AttributeValue& value : values) {
    if (takes_type(operation, value.type())) continue;
    return invalid_parameter(fmt::format("ComparisonOperator {} is not valid for {} AttributeValue type",
                                         name_of(operation), attribute_type_name(value.type())));
  }
  if (operation == ComparisonOperator::kBetween && expressions::compare_orderable(values[1], values[0]) < 0) {
    return Error::validation(
        "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound");
  }
  return {};
}

Result<std::vector<AttributeValue>> read_values(const LegacyCondition& condition) {
  std::vector<AttributeValue> values;
  if (condition.value) {
    ASSIGN_OR_RETURN(AttributeValue value, json::read_attribute(*condition.value));
    values.push_back(std::move(value));
  }
  if (condition.value_list) {
    RETURN_IF_ERROR(condition.value_list->for_each_element([&](const json::Value& element) -> Status {
      ASSIGN_OR_RETURN(AttributeValue value, json::read_attribute(element));
      values.push_back(std::move(value));
      return {};
    }));
  }
  return values;
}

Result<AttributeCondition> check_comparison(const LegacyCondition& condition) {
  const ComparisonOperator operation = *condition.operation;
  ASSIGN_OR_RETURN(std::vector<AttributeValue> values, read_values(condition));
  RETURN_IF_ERROR(check_count(operation, values.size()));
  RETURN_IF_ERROR(check_types(operation, values));
  return AttributeCondition{condition.attribute, operation, std::move(values)};
}

// --- what only Expected has ---

/// Value and Exists, without an operator.
Result<AttributeCondition> check_existence(const LegacyCondition& condition) {
  const bool exists = condition.exists.value_or(true);
  if (exists && !condition.value) {
    return invalid_parameter(fmt::format("Value must be provided when Exists is {} for Attribute: {}",
                                         condition.exists ? "true" : "null", condition.attribute));
  }
  if (!exists && condition.value) {
    return invalid_parameter(
        fmt::format("Value cannot be used when Exists is false for Attribute: {}", condition.attribute));
  }
  if (!exists) return AttributeCondition{condition.attribute, ComparisonOperator::kNull, {}};
  ASSIGN_OR_RETURN(AttributeValue value, json::read_attribute(*condition.value));
  return AttributeCondition{condition.attribute, ComparisonOperator::kEqual, {std::move(value)}};
}

Result<AttributeCondition> check_expected(const LegacyCondition& condition) {
  if (condition.value && condition.value_list) {
    return invalid_parameter(fmt::format(
        "Value and AttributeValueList cannot be used together for Attribute: {}", condition.attribute));
  }
  if (!condition.operation && condition.value_list) {
    return invalid_parameter(
        fmt::format("AttributeValueList can only be used with a ComparisonOperator for Attribute: {}",
                    condition.attribute));
  }
  if (!condition.operation) return check_existence(condition);
  if (condition.exists) {
    return invalid_parameter(fmt::format(
        "Exists and ComparisonOperator cannot be used together for Attribute: {}", condition.attribute));
  }
  const bool bare = *condition.operation == ComparisonOperator::kNull ||
                    *condition.operation == ComparisonOperator::kNotNull;
  if (!bare && !condition.value && !condition.value_list) {
    return invalid_parameter(
        fmt::format("Value or AttributeValueList must be used with ComparisonOperator: {} for Attribute: {}",
                    name_of(*condition.operation), condition.attribute));
  }
  return check_comparison(condition);
}

}  // namespace

Result<std::optional<LegacyConditions>> read_expected(const RequestReader& request) {
  return read_conditions(request, "Expected", kExpectedType, read_expected_shape);
}

Result<std::optional<LegacyConditions>> read_legacy_conditions(const RequestReader& request,
                                                               std::string_view parameter) {
  return read_conditions(request, parameter, kConditionType, read_filter_shape);
}

Result<std::vector<AttributeCondition>> check_legacy_conditions(const LegacyConditions& conditions) {
  const auto check = conditions.parameter == "Expected" ? check_expected : check_comparison;
  for (const LegacyCondition& condition : conditions.conditions) {
    RETURN_IF_ERROR(json::check_attribute_name_bytes(condition.attribute));
  }
  std::vector<AttributeCondition> checked;
  checked.reserve(conditions.conditions.size());
  for (const LegacyCondition& condition : conditions.conditions) {
    ASSIGN_OR_RETURN(AttributeCondition one, check(condition));
    checked.push_back(std::move(one));
  }
  return checked;
}

Result<std::optional<expressions::Condition>> legacy_condition(const LegacyConditions& conditions) {
  ASSIGN_OR_RETURN(const std::vector<AttributeCondition> checked, check_legacy_conditions(conditions));
  if (checked.empty()) return std::optional<expressions::Condition>();
  return std::optional(conditions.any ? expressions::Condition::any_of(checked)
                                      : expressions::Condition::all_of(checked));
}

}  // namespace gyre::operations
