// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "core/operations/items/action_reader.h"

namespace gyre::operations {
namespace {

class ConditionCheck final : public ItemAction {
 public:
  ConditionCheck(ActionParameters&& parameters, AttributeMap&& key)
      : ItemAction(std::move(parameters), std::move(key)) {}

  bool writes() const override { return false; }

 protected:
  Result<ActionOutcome> write(storage::WriteTransaction&, Before before) override {
    return ActionOutcome{{before.stored.dynamodb_bytes, before.stored.dynamodb_bytes}};
  }
};

}  // namespace

ActionPointer make_condition_check(ActionParameters parameters, AttributeMap key) {
  return std::make_unique<ConditionCheck>(std::move(parameters), std::move(key));
}

Result<ActionPointer> parse_condition_check(const RequestReader& request, const RegionId& region,
                                            ActionHolder holder) {
  ASSIGN_OR_RETURN(ActionParameters parameters, read_action_parameters(request, region));
  parameters.action = "dynamodb:ConditionCheckItem";
  ASSIGN_OR_RETURN(AttributeMap key, request.required_attributes("Key"));
  RETURN_IF_ERROR(request.required_string("ConditionExpression"));
  RETURN_IF_ERROR(read_write_condition(request, holder, std::nullopt, parameters));
  return make_condition_check(std::move(parameters), std::move(key));
}

}  // namespace gyre::operations
