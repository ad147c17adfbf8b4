// SPDX-License-Identifier: Apache-2.0
#include "core/operations/item_write.h"

#include <utility>

#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/model/item_codec.h"
#include "core/operations/expression_parameters.h"
#include "core/operations/legacy_parameters.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kWriteExpressions[] = {"ConditionExpression"};

}  // namespace

Result<ReturnValues> read_return_values(const RequestReader& request) {
  constexpr std::array<std::string_view, 5> kNames = {"ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE",
                                                      "UPDATED_NEW"};
  ASSIGN_OR_RETURN(const auto values, request.choice<ReturnValues>("ReturnValues", kNames));
  return values.value_or(ReturnValues::kNone);
}

Status check_old_return_values(ReturnValues values) {
  if (values == ReturnValues::kAllOld || values == ReturnValues::kNone) return {};
  return Error::validation("ReturnValues can only be ALL_OLD or NONE");
}

Status check_write_forms(const RequestReader& request) {
  constexpr std::string_view kLegacy[] = {"Expected", "ConditionalOperator"};
  return check_forms(request, kLegacy, kWriteExpressions);
}

Status read_write_condition(const RequestReader& request, const std::optional<LegacyConditions>& expected,
                            ItemWriteParameters& parameters) {
  if (!expected) return read_write_condition(request, parameters);
  ASSIGN_OR_RETURN(parameters.condition, legacy_condition(*expected));
  if (parameters.condition) parameters.expression_bytes += parameters.condition->value_bytes();
  return {};
}

Status read_write_condition(const RequestReader& request, ItemWriteParameters& parameters) {
  ASSIGN_OR_RETURN(ExpressionParameters expressions, read_expression_parameters(request, kWriteExpressions));
  ASSIGN_OR_RETURN(parameters.condition, read_condition(request, "ConditionExpression", expressions));
  parameters.expression_bytes = expressions.bytes;
  return expressions.placeholders.check_all_used();
}

Status read_item_write_options(const RequestReader& request, ItemWriteParameters& parameters) {
  enum class OnFailure { kAllOld, kNone };
  constexpr std::array<std::string_view, 2> kNames = {"ALL_OLD", "NONE"};
  ASSIGN_OR_RETURN(const auto on_failure,
                   request.choice<OnFailure>("ReturnValuesOnConditionCheckFailure", kNames));
  parameters.item_on_condition_failure = on_failure == OnFailure::kAllOld;
  ASSIGN_OR_RETURN(parameters.capacity, read_capacity_detail(request));
  return check_collection_metrics(request);
}

Status check_item_bytes(std::size_t bytes, std::string_view message) {
  if (bytes <= limits::kItemBytesMax) return {};
  return Error::validation(std::string(message));
}

ItemWrite::ItemWrite(ItemWriteParameters parameters, const http::Request& request, http::Responder respond)
    : ClientWrite(request, std::move(respond)), parameters_(std::move(parameters)) {}

std::size_t ItemWrite::request_bytes() const {
  return sizeof(*this) + parameters_.key.partition.size() + parameters_.key.sort.size() +
         parameters_.reference.text.size() * 2 + parameters_.expression_bytes;
}

Result<ItemWrite::Before> ItemWrite::begin(storage::WriteTransaction& transaction, bool decode) {
  Before before;
  ASSIGN_OR_RETURN(before.table, find_item_table(transaction.catalog(), parameters_.table->schema.id));
  ASSIGN_OR_RETURN(before.stored, transaction.read(*before.table, parameters_.key));
  if (before.stored.exists() && (decode || parameters_.condition)) {
    ASSIGN_OR_RETURN(before.item, decode_item(*before.stored.image));
  }
  RETURN_IF_ERROR(check_condition(before));
  return before;
}

Status ItemWrite::check_condition(const Before& before) const {
  if (!parameters_.condition) return {};
  ASSIGN_OR_RETURN(const bool holds, parameters_.condition->evaluate(before.item_or_null()));
  if (holds) return {};
  Error error(ErrorCode::kConditionalCheckFailed, "The conditional request failed");
  if (parameters_.item_on_condition_failure && before.item) {
    error.reply_members = "\"Item\":";
    json::Writer writer(error.reply_members);
    json::write_attribute_map(writer, *before.item);
  }
  return error;
}

Result<std::string> ItemWrite::reply() {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  if (attributes_) {
    writer.key("Attributes");
    RETURN_IF_ERROR(json::write_encoded_item(writer, *attributes_));
  }
  write_consumed_capacity(writer, parameters_.capacity, parameters_.reference.text, units_);
  writer.end_object();
  return out;
}

}  // namespace gyre::operations
