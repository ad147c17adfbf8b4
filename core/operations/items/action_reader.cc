// SPDX-License-Identifier: Apache-2.0
#include "core/operations/items/action_reader.h"

#include "core/operations/capacity/collection_metrics.h"
#include "core/operations/requests/expression_parameters.h"
#include "core/operations/requests/legacy_parameters.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kExpressions[] = {"ConditionExpression"};
constexpr std::string_view kLegacyParameters[] = {"Expected", "ConditionalOperator"};

// What the model refuses, in other words since 2026.
Error reworded(Error refusal, std::string_view words) {
  if (refusal.code != ErrorCode::kValidation) return refusal;
  return Error::validation(std::string(kOneError).append(words))
      .or_in_older_words(std::move(refusal.message));
}

}  // namespace

Result<bool> read_item_on_failure(const RequestReader& request) {
  enum class OnFailure { kAllOld, kNone };
  constexpr std::array<std::string_view, 2> kNames = {"ALL_OLD", "NONE"};
  ASSIGN_OR_RETURN(const auto on_failure,
                   request.choice<OnFailure>("ReturnValuesOnConditionCheckFailure", kNames));
  return on_failure == OnFailure::kAllOld;
}

Result<ActionParameters> read_action_parameters(const RequestReader& request, const RegionId& region) {
  ActionParameters parameters;
  ASSIGN_OR_RETURN(parameters.reference, read_item_table(request, region));
  ASSIGN_OR_RETURN(parameters.item_on_condition_failure, read_item_on_failure(request));
  return parameters;
}

Result<ReturnValues> read_return_values(const RequestReader& request, ActionHolder holder) {
  if (holder == ActionHolder::kTransaction) return ReturnValues::kNone;
  auto values = request.choice<ReturnValues>("ReturnValues", kReturnValuesNames);
  if (values.ok()) return values->value_or(ReturnValues::kNone);
  // AWS's words since 2026, "UPDATE_NEW" among them; they name neither the member nor its value.
  return reworded(std::move(values).error(),
                  "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, "
                  "ALL_NEW, UPDATE_NEW, NONE]");
}

Result<bool> read_item_metrics(const RequestReader& request) {
  Result<bool> wanted = wants_collection_metrics(request);
  if (wanted.ok()) return wanted;
  return reworded(std::move(wanted).error(), "ReturnItemCollectionMetrics can only be SIZE or NONE");
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

Status read_write_condition(const RequestReader& request, ActionHolder holder,
                            const std::optional<LegacyConditions>& expected, ActionParameters& parameters) {
  if (expected) {
    ASSIGN_OR_RETURN(parameters.condition, legacy_condition(*expected));
    if (parameters.condition) parameters.expression_bytes += parameters.condition->value_bytes();
    return {};
  }
  // Unlike the operations, AWS's transactions pass over placeholders that no expression could use.
  if (holder == ActionHolder::kTransaction && !request.has(kExpressions[0])) return {};
  ASSIGN_OR_RETURN(ExpressionParameters expressions, read_expression_parameters(request, kExpressions));
  ASSIGN_OR_RETURN(parameters.condition, read_condition(request, "ConditionExpression", expressions));
  parameters.expression_bytes = expressions.bytes;
  return expressions.placeholders.check_all_used();
}

}  // namespace gyre::operations
