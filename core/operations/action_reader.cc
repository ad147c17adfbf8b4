// SPDX-License-Identifier: Apache-2.0
#include "core/operations/action_reader.h"

#include "core/operations/expression_parameters.h"
#include "core/operations/legacy_parameters.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kExpressions[] = {"ConditionExpression"};
constexpr std::string_view kLegacyParameters[] = {"Expected", "ConditionalOperator"};

}  // namespace

Result<ActionParameters> read_action_parameters(const RequestReader& request, const RegionId& region) {
  enum class OnFailure { kAllOld, kNone };
  constexpr std::array<std::string_view, 2> kNames = {"ALL_OLD", "NONE"};
  ActionParameters parameters;
  ASSIGN_OR_RETURN(parameters.reference, read_item_table(request, region));
  ASSIGN_OR_RETURN(const auto on_failure,
                   request.choice<OnFailure>("ReturnValuesOnConditionCheckFailure", kNames));
  parameters.item_on_condition_failure = on_failure == OnFailure::kAllOld;
  return parameters;
}

Result<ReturnValues> read_return_values(const RequestReader& request, ActionHolder holder) {
  if (holder == ActionHolder::kTransaction) return ReturnValues::kNone;
  constexpr std::array<std::string_view, 5> kNames = {"ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE",
                                                      "UPDATED_NEW"};
  ASSIGN_OR_RETURN(const auto values, request.choice<ReturnValues>("ReturnValues", kNames));
  return values.value_or(ReturnValues::kNone);
}

Status check_old_return_values(ReturnValues values) {
  if (values == ReturnValues::kAllOld || values == ReturnValues::kNone) return {};
  return Error::validation("ReturnValues can only be ALL_OLD or NONE");
}

Result<std::optional<LegacyConditions>> read_condition_form(const RequestReader& request,
                                                            ActionHolder holder) {
  if (holder == ActionHolder::kTransaction) return std::optional<LegacyConditions>();
  ASSIGN_OR_RETURN(std::optional<LegacyConditions> expected, read_expected(request));
  RETURN_IF_ERROR(check_forms(request, kLegacyParameters, kExpressions));
  return expected;
}

Status read_write_condition(const RequestReader& request, const std::optional<LegacyConditions>& expected,
                            ActionParameters& parameters) {
  if (expected) {
    ASSIGN_OR_RETURN(parameters.condition, legacy_condition(*expected));
    if (parameters.condition) parameters.expression_bytes += parameters.condition->value_bytes();
    return {};
  }
  ASSIGN_OR_RETURN(ExpressionParameters expressions, read_expression_parameters(request, kExpressions));
  ASSIGN_OR_RETURN(parameters.condition, read_condition(request, "ConditionExpression", expressions));
  parameters.expression_bytes = expressions.bytes;
  return expressions.placeholders.check_all_used();
}

}  // namespace gyre::operations
