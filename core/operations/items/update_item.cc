// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <utility>

#include "core/base/limits.h"
#include "core/model/index_keys.h"
#include "core/model/item_codec.h"
#include "core/operations/items/action_reader.h"
#include "core/operations/items/item_write.h"
#include "core/operations/requests/expression_parameters.h"
#include "core/operations/requests/legacy_parameters.h"
#include "core/operations/requests/legacy_updates.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kLegacyUpdateParameters[] = {"AttributeUpdates", "Expected",
                                                        "ConditionalOperator"};
constexpr std::string_view kUpdateExpressions[] = {"UpdateExpression", "ConditionExpression"};

/// What an update makes of an item, encoded.
struct UpdateDecision {
  std::optional<std::string> after;  ///< absent: nothing is written
  std::size_t after_bytes = 0;
  std::optional<std::string> attributes;  ///< for the reply
};

Status check_key_untouched(const expressions::Update& update, const KeySchema& schema) {
  for (const std::string& name : update.written_names()) {
    if (name == schema.partition.name || (schema.sort && name == schema.sort->name)) {
      return Error::validation(
          fmt::format("One or more parameter values were invalid: Cannot update attribute {}. This attribute "
                      "is part of the key",
                      name));
    }
  }
  return {};
}

class UpdateAction final : public ItemAction {
 public:
  UpdateAction(ActionParameters&& parameters, AttributeMap&& key, std::optional<expressions::Update>&& update)
      : ItemAction(std::move(parameters), std::move(key)), update_(std::move(update)) {}

 protected:
  std::vector<std::string> named_attributes() const override {
    return update_ ? update_->written_names() : std::vector<std::string>();
  }
  Status check_schema(const TableSchema& table) const override {
    if (!update_) return {};
    RETURN_IF_ERROR(check_key_untouched(*update_, table.key_schema));
    return check_key_paths(update_->nested_names(), table);
  }
  std::uint64_t item_bytes_max() const override { return limits::kItemBytesMax; }
  bool needs_old_item() const override { return true; }

  Status consider_write(const TableSchema& table, const Item* before, Work& work) override {
    considered_ = decide(table, before, work);
    const bool unfinished = !considered_->ok() && considered_->error().code == ErrorCode::kIncomplete;
    return unfinished ? Status(too_much_work()) : Status();
  }

  Result<ActionOutcome> write(storage::WriteTransaction& transaction, Before before) override {
    ASSIGN_OR_RETURN(UpdateDecision decision,
                     before.considered
                         ? *std::move(considered_)
                         : decide(before.table->schema, before.item_or_null(), transaction.work()));
    RETURN_IF_ERROR(check_collection(before, decision.after_bytes));
    ActionOutcome outcome{{before.stored.dynamodb_bytes, decision.after_bytes},
                          std::move(decision.attributes)};
    if (decision.after) {
      RETURN_IF_ERROR(transaction.items().put(*before.table, key(), *std::move(decision.after)));
    }
    return outcome;
  }

 private:
  // Pure. `before` is null if there is no such item.
  Result<UpdateDecision> decide(const TableSchema& table, const Item* before, Work& work) const {
    const Item& start = before != nullptr ? *before : attributes();
    Item after = start;
    if (update_) {
      ASSIGN_OR_RETURN(after, before != nullptr ? update_->apply(start, work) : update_->create(start, work));
    }
    UpdateDecision decision;
    // REMOVE and DELETE alone do not bring an item into being; SET, ADD and no expression at all do.
    if (before == nullptr && update_ && after == start) return decision;
    decision.after_bytes = dynamodb_size(after);
    RETURN_IF_ERROR(
        check_item_bytes(decision.after_bytes, "Item size to update has exceeded the maximum allowed size"));
    RETURN_IF_ERROR(check_updated_index_keys(table, start, after));
    if (const auto attributes = attributes_to_answer(before, after)) {
      decision.attributes = encode_item(*attributes);
    }
    decision.after = encode_item(after);
    return decision;
  }

  std::optional<Item> attributes_to_answer(const Item* before, const Item& after) const {
    switch (parameters().return_values) {
      case ReturnValues::kNone:
        return std::nullopt;
      case ReturnValues::kAllOld:
        return before != nullptr ? std::optional(*before) : std::nullopt;
      case ReturnValues::kAllNew:
        return after;
      case ReturnValues::kUpdatedOld:
        return touched(before);
      case ReturnValues::kUpdatedNew:
        return touched(&after);
    }
    return std::nullopt;
  }

  std::optional<Item> touched(const Item* item) const {
    if (!update_ || item == nullptr) return std::nullopt;
    Item part = update_->touched(*item);
    if (part.empty()) return std::nullopt;
    return part;
  }

  std::optional<expressions::Update> update_;
  std::optional<Result<UpdateDecision>> considered_;
};

/// Both expressions, which share their placeholders; the condition goes into `parameters`.
Result<std::optional<expressions::Update>> read_expressions(const RequestReader& request,
                                                            ActionParameters& parameters) {
  std::optional<expressions::Update> update;
  ASSIGN_OR_RETURN(const std::optional<std::string_view> text, request.string("UpdateExpression"));
  ASSIGN_OR_RETURN(const std::optional<std::string_view> condition, request.string("ConditionExpression"));
  if (!text && !condition) return update;
  ASSIGN_OR_RETURN(ExpressionParameters expressions, read_expression_parameters(request, kUpdateExpressions));
  if (text) {
    ASSIGN_OR_RETURN(update, parse_cache().update(*text, expressions.placeholders));
  }
  ASSIGN_OR_RETURN(parameters.condition, read_condition(request, "ConditionExpression", expressions));
  parameters.expression_bytes = expressions.bytes;
  RETURN_IF_ERROR(expressions.placeholders.check_all_used());
  return update;
}

/// The members of UpdateItem, which may also say all of it without expressions.
Result<ActionPointer> parse_operation(const RequestReader& request, ActionParameters parameters) {
  ASSIGN_OR_RETURN(parameters.return_values, read_return_values(request, ActionHolder::kOperation));
  ASSIGN_OR_RETURN(const std::optional<LegacyConditions> expected, read_expected(request));
  ASSIGN_OR_RETURN(const auto updates, read_attribute_updates(request));
  RETURN_IF_ERROR(check_forms(request, kLegacyUpdateParameters, kUpdateExpressions));
  ASSIGN_OR_RETURN(AttributeMap key, request.required_attributes("Key"));
  ASSIGN_OR_RETURN(std::optional<expressions::Update> update, read_expressions(request, parameters));
  if (updates) {
    ASSIGN_OR_RETURN(update, legacy_update(*updates));
    if (update) parameters.expression_bytes += update->value_bytes();
  }
  if (expected) {
    RETURN_IF_ERROR(read_write_condition(request, ActionHolder::kOperation, expected, parameters));
  }
  return make_update_action(std::move(parameters), std::move(key), std::move(update));
}

}  // namespace

ActionPointer make_update_action(ActionParameters parameters, AttributeMap key,
                                 std::optional<expressions::Update> update) {
  return std::make_unique<UpdateAction>(std::move(parameters), std::move(key), std::move(update));
}

Result<ActionPointer> parse_update_action(const RequestReader& request, const RegionId& region,
                                          ActionHolder holder) {
  ASSIGN_OR_RETURN(ActionParameters parameters, read_action_parameters(request, region));
  parameters.action = "dynamodb:UpdateItem";
  if (holder == ActionHolder::kOperation) return parse_operation(request, std::move(parameters));
  ASSIGN_OR_RETURN(AttributeMap key, request.required_attributes("Key"));
  RETURN_IF_ERROR(request.required_string("UpdateExpression"));
  ASSIGN_OR_RETURN(std::optional<expressions::Update> update, read_expressions(request, parameters));
  return make_update_action(std::move(parameters), std::move(key), std::move(update));
}

OperationPointer make_update_item(const Dependencies& dependencies) {
  return make_item_write(dependencies, parse_update_action);
}

}  // namespace gyre::operations
