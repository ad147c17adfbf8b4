// SPDX-License-Identifier: Apache-2.0
#include "core/operations/items/batch_tables.h"

#include <fmt/core.h>

#include <optional>

#include "core/json/json_copy.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kName = "RequestItems";

/// "{pk=com.amazonaws.dynamodb.v20120810.AttributeValue@483470e1}"
std::string show_attributes(const json::Value& attributes) {
  std::string shown;
  for (json::MemberCursor cursor(attributes); !cursor.at_end(); cursor.advance()) {
    shown += fmt::format("{}{}={}", shown.empty() ? "" : ", ", cursor.name(),
                         java_object(cursor.value(), "AttributeValue"));
  }
  return "{" + shown + "}";
}

/// "PutRequest(item={...}, workloadProfileName=null)", or "null" without such a member.
std::string show_member(const json::Value& request, std::string_view type, std::string_view member,
                        std::string_view shown_member) {
  const std::optional<json::Value> part = request.is_object() ? request.find(type) : std::nullopt;
  if (!part || !part->is_object()) return "null";
  const std::optional<json::Value> attributes = part->find(member);
  return fmt::format("{}({}={}, workloadProfileName=null)", type, shown_member,
                     attributes && attributes->is_object() ? show_attributes(*attributes) : "null");
}

std::string show_write_request(const json::Value& request) {
  return fmt::format("WriteRequest(putRequest={}, deleteRequest={})",
                     show_member(request, "PutRequest", "Item", "item"),
                     show_member(request, "DeleteRequest", "Key", "key"));
}

}  // namespace

Result<RequestReader> read_request_items(const RequestReader& request, std::string_view operation,
                                         std::string_view value_type) {
  ASSIGN_OR_RETURN(RequestReader items, request.required_map(kName, value_type));
  if (items.object().size() != 0) return items;
  return member_error(
      kName, kNotEmpty,
      Error::validation(fmt::format("The requestItems parameter is required for {}", operation)));
}

Status check_table_names(const RequestReader& items, const RegionId& region,
                         std::string (*show)(const json::Value& items)) {
  return items.object().for_each_member([&](std::string_view name, json::Value) -> Status {
    if (is_arn(name)) {
      const auto table = parse_item_table(name, region);
      return table.ok() ? Status() : table.error();
    }
    if (check_table_name(name, kName).ok()) return {};
    return constraint_error(show(items.object()), "requestItems",
                            "Map keys must satisfy constraint: [Member must have length less than or equal "
                            "to 255, Member must have length greater than or equal to 3, Member must satisfy "
                            "regular expression pattern: [a-zA-Z0-9_.-]+]");
  });
}

std::string show_keys_and_attributes(const json::Value& items) {
  std::string text;
  json::Writer writer(text);
  json::copy(writer, items);
  return text;
}

std::string show_write_requests(const json::Value& items) {
  std::string shown;
  for (json::MemberCursor table(items); !table.at_end(); table.advance()) {
    std::string requests;
    if (table.value().is_array()) {
      for (json::ElementCursor cursor(table.value()); !cursor.at_end(); cursor.advance()) {
        requests += (requests.empty() ? "" : ", ") + show_write_request(cursor.value());
      }
    }
    shown += fmt::format("{}{}=[{}]", shown.empty() ? "" : ", ", table.name(), requests);
  }
  return "{" + shown + "}";
}

}  // namespace gyre::operations
