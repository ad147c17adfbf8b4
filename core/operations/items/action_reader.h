// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/operations/items/item_actions.h"
#include "core/operations/requests/legacy_conditions.h"

// What the parsers of the four kinds of action share.
namespace gyre::operations {

/// `ReturnValuesOnConditionCheckFailure`: whether the item is wanted.
Result<bool> read_item_on_failure(const RequestReader& request);
/// `TableName` and `ReturnValuesOnConditionCheckFailure`.
Result<ActionParameters> read_action_parameters(const RequestReader& request, const RegionId& region);
/// `ReturnValues` of an operation; a transaction has none.
Result<ReturnValues> read_return_values(const RequestReader& request, ActionHolder holder);
/// `ReturnItemCollectionMetrics` of a write of one item: whether they are wanted.
Result<bool> read_item_metrics(const RequestReader& request);
/// kValidation: a put and a delete allow two of them.
Status check_old_return_values(ReturnValues values);

/// `Expected` of a put or a delete, if it is there; kValidation if the request says some things by
/// expressions and others without. A transaction knows expressions alone.
Result<std::optional<LegacyConditions>> read_condition_form(const RequestReader& request,
                                                            ActionHolder holder);
/// What `expected` says, or else the `ConditionExpression` of a request without other expressions.
Status read_write_condition(const RequestReader& request, ActionHolder holder,
                            const std::optional<LegacyConditions>& expected, ActionParameters& parameters);

}  // namespace gyre::operations
