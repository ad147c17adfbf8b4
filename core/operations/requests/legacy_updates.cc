// SPDX-License-Identifier: Apache-2.0
#include "core/operations/requests/legacy_updates.h"

#include <fmt/core.h>

#include <utility>

#include "core/json/attribute_json.h"
#include "core/json/typed_read.h"
#include "core/operations/requests/legacy_parameters.h"

namespace gyre::operations {
namespace {

using expressions::AttributeUpdate;
using Action = AttributeUpdate::Action;

Result<LegacyUpdate> read_update_shape(std::string_view attribute, const RequestReader& object) {
  enum class Word { kAdd, kDelete, kPut };  // as AWS lists them
  constexpr std::array<std::string_view, 3> kWords = {"ADD", "DELETE", "PUT"};
  LegacyUpdate update{.attribute = std::string(attribute)};
  ASSIGN_OR_RETURN(const std::optional<Word> word, object.choice<Word>("Action", kWords));
  if (word == Word::kAdd) update.action = Action::kAdd;
  if (word == Word::kDelete) update.action = Action::kDelete;
  update.value = object.find("Value");
  return update;
}

bool is_set(AttributeType type) {
  return type == AttributeType::kStringSet || type == AttributeType::kNumberSet ||
         type == AttributeType::kBinarySet;
}

Status check_type(Action action, AttributeType type) {
  if (action == Action::kDelete && !is_set(type)) {
    return invalid_parameter(
        fmt::format("DELETE action with value is not supported for the type {}", attribute_type_name(type)));
  }
  // That lists can be added to is not documented, but so it is.
  const bool addable = is_set(type) || type == AttributeType::kNumber || type == AttributeType::kList;
  if (action == Action::kAdd && !addable) {
    return invalid_parameter(
        fmt::format("ADD action is not supported for the type {}", attribute_type_name(type)));
  }
  return {};
}

Result<AttributeUpdate> check_update(const LegacyUpdate& update) {
  AttributeUpdate checked{.attribute = update.attribute, .action = update.action};
  if (update.value) {
    ASSIGN_OR_RETURN(checked.value, json::read_attribute(*update.value));
    RETURN_IF_ERROR(check_type(update.action, checked.value->type()));
  } else if (update.action != Action::kDelete) {
    return invalid_parameter("Only DELETE action is allowed when no attribute value is specified");
  }
  return checked;
}

}  // namespace

Result<std::optional<std::vector<LegacyUpdate>>> read_attribute_updates(const RequestReader& request) {
  constexpr std::string_view kJavaType = "com.amazonaws.dynamodb.v20120810.AttributeValueUpdate";
  ASSIGN_OR_RETURN(const std::optional<RequestReader> map, request.map("AttributeUpdates", kJavaType));
  if (!map) return std::optional<std::vector<LegacyUpdate>>();
  std::vector<LegacyUpdate> updates;
  RETURN_IF_ERROR(map->object().for_each_member([&](std::string_view name, json::Value value) -> Status {
    RETURN_IF_ERROR(json::expect_structure(value, "AttributeValueUpdate"));
    ASSIGN_OR_RETURN(
        LegacyUpdate update,
        read_update_shape(name, RequestReader(value, fmt::format("attributeUpdates.{}.member", name))));
    updates.push_back(std::move(update));
    return {};
  }));
  return std::optional(std::move(updates));
}

Result<std::optional<expressions::Update>> legacy_update(const std::vector<LegacyUpdate>& updates) {
  if (updates.empty()) return std::optional<expressions::Update>();
  for (const LegacyUpdate& update : updates)
    RETURN_IF_ERROR(json::check_attribute_name_bytes(update.attribute));
  std::vector<AttributeUpdate> checked;
  checked.reserve(updates.size());
  for (const LegacyUpdate& update : updates) {
    ASSIGN_OR_RETURN(AttributeUpdate one, check_update(update));
    checked.push_back(std::move(one));
  }
  return std::optional(expressions::Update::of_attributes(checked));
}

}  // namespace gyre::operations
