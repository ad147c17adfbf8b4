// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <utility>

#include "core/base/limits.h"
#include "core/model/item_codec.h"
#include "core/operations/expression_parameters.h"
#include "core/operations/item_write.h"
#include "core/operations/legacy_parameters.h"
#include "core/operations/legacy_updates.h"
#include "core/operations/operation_list.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kLegacyParameters[] = {"AttributeUpdates", "Expected", "ConditionalOperator"};
constexpr std::string_view kExpressions[] = {"UpdateExpression", "ConditionExpression"};

struct UpdateParameters {
  ItemWriteParameters write;
  AttributeMap key;
  std::optional<expressions::Update> update;  ///< absent: an item of the key alone is made if there is none
};

/// What an update makes of an item.
struct UpdateDecision {
  std::optional<Item> after;  ///< absent: nothing is written
  std::size_t after_bytes = 0;
  std::optional<Item> attributes;  ///< for the reply
};

Status check_nesting(const Item& item) {
  for (const Attribute& attribute : item) {
    if (nesting_levels(attribute.value) > limits::kNestingLevelsMax) {
      return Error::validation(
          "Nesting Levels have exceeded supported limits: Attributes of the item have nested levels beyond "
          "supported "
          "limits");
    }
  }
  return {};
}

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

class UpdateItemWrite final : public ItemWrite {
 public:
  UpdateItemWrite(UpdateParameters parameters, const http::Request& request, http::Responder respond)
      : ItemWrite(std::move(parameters.write), request, std::move(respond)),
        key_(std::move(parameters.key)),
        update_(std::move(parameters.update)) {}

 protected:
  Status apply(storage::WriteTransaction& transaction) override {
    ASSIGN_OR_RETURN(const Before before, begin(transaction, true));
    ASSIGN_OR_RETURN(const UpdateDecision decision, decide(before.item_or_null()));
    charge(before.stored.dynamodb_bytes, decision.after_bytes);
    if (decision.attributes) answer_attributes(encode_item(*decision.attributes));
    if (!decision.after) return {};
    return transaction.put(*before.table, parameters().key, encode_item(*decision.after));
  }

 private:
  // Pure. `before` is null if there is no such item.
  Result<UpdateDecision> decide(const Item* before) const {
    const Item& start = before != nullptr ? *before : key_;
    Item after = start;
    if (update_) {
      ASSIGN_OR_RETURN(after, update_->apply(start));
    }
    UpdateDecision decision;
    // REMOVE and DELETE alone do not bring an item into being; SET, ADD and no expression at all do.
    if (before == nullptr && update_ && after == start) return decision;
    decision.after_bytes = dynamodb_size(after);
    RETURN_IF_ERROR(
        check_item_bytes(decision.after_bytes, "Item size to update has exceeded the maximum allowed size"));
    RETURN_IF_ERROR(check_nesting(after));
    decision.attributes = attributes_to_answer(before, after);
    decision.after = std::move(after);
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

  AttributeMap key_;
  std::optional<expressions::Update> update_;
};

class UpdateItem final : public http::Operation {
 public:
  explicit UpdateItem(storage::Store& store) : store_(store) {}

  void run(const http::Request& request, http::Responder respond) override {
    Result<UpdateParameters> parameters = parse(RequestReader(request.body));
    if (!parameters.ok()) return respond(std::move(parameters).error());
    submit(store_, std::make_unique<UpdateItemWrite>(std::move(*parameters), request, std::move(respond)));
  }

 private:
  Result<UpdateParameters> parse(const RequestReader& request) const {
    UpdateParameters parameters;
    ItemWriteParameters& write = parameters.write;
    ASSIGN_OR_RETURN(write.reference, read_item_table(request, store_.region()));
    RETURN_IF_ERROR(read_item_write_options(request, write));
    ASSIGN_OR_RETURN(write.return_values, read_return_values(request));
    ASSIGN_OR_RETURN(const std::optional<LegacyConditions> expected, read_expected(request));
    ASSIGN_OR_RETURN(const auto updates, read_attribute_updates(request));
    RETURN_IF_ERROR(check_forms(request, kLegacyParameters, kExpressions));
    ASSIGN_OR_RETURN(parameters.key, request.required_attributes("Key"));
    RETURN_IF_ERROR(read_expressions(request, parameters));
    if (updates) {
      ASSIGN_OR_RETURN(parameters.update, legacy_update(*updates));
      if (parameters.update) write.expression_bytes += parameters.update->value_bytes();
    }
    if (expected) RETURN_IF_ERROR(read_write_condition(request, expected, write));
    ASSIGN_OR_RETURN(write.table, find_item_table(*store_.catalog().snapshot(), write.reference.name));
    const KeySchema& schema = write.table->schema.key_schema;
    ASSIGN_OR_RETURN(write.key, item_key(schema, parameters.key, true));
    if (parameters.update) RETURN_IF_ERROR(check_key_untouched(*parameters.update, schema));
    return parameters;
  }

  static Status read_expressions(const RequestReader& request, UpdateParameters& parameters) {
    ASSIGN_OR_RETURN(const std::optional<std::string_view> update, request.string("UpdateExpression"));
    ASSIGN_OR_RETURN(const std::optional<std::string_view> condition, request.string("ConditionExpression"));
    if (!update && !condition) return {};
    ASSIGN_OR_RETURN(ExpressionParameters expressions, read_expression_parameters(request, kExpressions));
    if (update) {
      ASSIGN_OR_RETURN(parameters.update, expressions::Update::parse(*update, expressions.placeholders));
    }
    if (condition) {
      ASSIGN_OR_RETURN(parameters.write.condition,
                       read_condition(request, "ConditionExpression", expressions));
    }
    parameters.write.expression_bytes = expressions.bytes;
    return expressions.placeholders.check_all_used();
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_update_item(const Dependencies& dependencies) {
  return std::make_unique<UpdateItem>(dependencies.store);
}

}  // namespace gyre::operations
