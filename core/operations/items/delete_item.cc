// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "core/operations/items/action_reader.h"
#include "core/operations/items/item_write.h"

namespace gyre::operations {
namespace {

class DeleteAction final : public ItemAction {
 public:
  DeleteAction(ActionParameters&& parameters, AttributeMap&& key)
      : ItemAction(std::move(parameters), std::move(key)) {}

 protected:
  Result<ActionOutcome> write(storage::WriteTransaction& transaction, Before before) override {
    ActionOutcome outcome{{before.stored.dynamodb_bytes, 0}};
    if (parameters().return_values == ReturnValues::kAllOld)
      outcome.attributes = std::move(before.stored.image);
    RETURN_IF_ERROR(transaction.items().erase(*before.table, key()));
    return outcome;
  }
};

}  // namespace

ActionPointer make_delete_action(ActionParameters parameters, AttributeMap key) {
  return std::make_unique<DeleteAction>(std::move(parameters), std::move(key));
}

Result<ActionPointer> parse_delete_action(const RequestReader& request, const RegionId& region,
                                          ActionHolder holder) {
  ASSIGN_OR_RETURN(ActionParameters parameters, read_action_parameters(request, region));
  parameters.action = "dynamodb:DeleteItem";
  ASSIGN_OR_RETURN(parameters.return_values, read_return_values(request, holder));
  ASSIGN_OR_RETURN(const std::optional<LegacyConditions> expected, read_condition_form(request, holder));
  ASSIGN_OR_RETURN(AttributeMap key, request.required_attributes("Key"));
  RETURN_IF_ERROR(check_old_return_values(parameters.return_values));
  RETURN_IF_ERROR(read_write_condition(request, holder, expected, parameters));
  return make_delete_action(std::move(parameters), std::move(key));
}

OperationPointer make_delete_item(const Dependencies& dependencies) {
  return make_item_write(dependencies, parse_delete_action);
}

}  // namespace gyre::operations
