// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/operations/items/item_action.h"

/// The four kinds of action: each is made of parsed parts, or parsed out of a request. The actions are in
/// the files of their operations: put_item.cc, update_item.cc, delete_item.cc, condition_check.cc.
namespace gyre::operations {

ActionPointer make_put_action(ActionParameters parameters, Item item);
/// Without an `update`, an item of the key alone is made if there is none.
ActionPointer make_update_action(ActionParameters parameters, AttributeMap key,
                                 std::optional<expressions::Update> update);
ActionPointer make_delete_action(ActionParameters parameters, AttributeMap key);
/// Writes nothing: fails if the condition of `parameters` does not hold.
ActionPointer make_condition_check(ActionParameters parameters, AttributeMap key);

/// Who holds an action: the operation of its name, or a transaction, which knows neither ReturnValues nor the
/// legacy parameters.
enum class ActionHolder { kOperation, kTransaction };

// From the members of PutItem, or of a transaction's `Put`, ...; the table is not looked up yet. kValidation
// and kSerialization, in AWS's order: values, then expressions.
Result<ActionPointer> parse_put_action(const RequestReader& request, const RegionId& region,
                                       ActionHolder holder);
Result<ActionPointer> parse_update_action(const RequestReader& request, const RegionId& region,
                                          ActionHolder holder);
Result<ActionPointer> parse_delete_action(const RequestReader& request, const RegionId& region,
                                          ActionHolder holder);
Result<ActionPointer> parse_condition_check(const RequestReader& request, const RegionId& region,
                                            ActionHolder holder);

}  // namespace gyre::operations
