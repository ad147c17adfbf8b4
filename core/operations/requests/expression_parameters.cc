// SPDX-License-Identifier: Apache-2.0
#include "core/operations/requests/expression_parameters.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/json/typed_read.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kNamesMember = "ExpressionAttributeNames";
constexpr std::string_view kValuesMember = "ExpressionAttributeValues";

/// The members that hold a request's placeholders, as far as it has them.
struct PlaceholderMembers {
  explicit PlaceholderMembers(const RequestReader& request)
      : names(request.find(kNamesMember)), values(request.find(kValuesMember)) {}

  const std::optional<json::Value> names;
  const std::optional<json::Value> values;
};

bool uses_values(std::string_view expression) {
  return expression != "ProjectionExpression";
}
bool may_use_values(std::span<const std::string_view> expressions) {
  return std::any_of(expressions.begin(), expressions.end(), uses_values);
}
std::vector<std::string_view> with_values(std::span<const std::string_view> expressions) {
  std::vector<std::string_view> names;
  std::copy_if(expressions.begin(), expressions.end(), std::back_inserter(names), uses_values);
  return names;
}

bool is_write(std::span<const std::string_view> expressions) {
  return std::find(expressions.begin(), expressions.end(), "ConditionExpression") != expressions.end();
}

// "ConditionExpression is null", "UpdateExpression and ConditionExpression are null"
std::string are_null(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += " and ";
    text += name;
  }
  return text + (names.size() == 1 ? " is null" : " are null");
}

Result<AttributeNames> read_names(const json::Value& object) {
  RETURN_IF_ERROR(json::expect_map(object, kStringType));
  AttributeNames names;
  RETURN_IF_ERROR(object.for_each_member([&](std::string_view name, json::Value value) -> Status {
    std::string_view attribute;
    if (!value.is_null()) {
      ASSIGN_OR_RETURN(attribute, json::read_string(value));
    }
    names.emplace_hint(names.end(), name, attribute);
    return {};
  }));
  if (names.empty()) return Error::validation("ExpressionAttributeNames must not be empty");
  return names;
}

Result<AttributeMap> read_values(const json::Value& values) {
  RETURN_IF_ERROR(json::expect_map(values, kAttributeValueType));
  AttributeMap::Storage storage;
  storage.reserve(values.size());
  RETURN_IF_ERROR(values.for_each_member([&](std::string_view name, json::Value value) -> Status {
    Result<AttributeValue> read = json::read_attribute(value);
    if (read.ok()) {
      storage.emplace_back(std::string(name), std::move(*read));
      return {};
    }
    if (read.error().code != ErrorCode::kValidation) return std::move(read).error();
    std::string older = fmt::format("ExpressionAttributeValues contains invalid value: {} for key {}",
                                    read.error().older_words(), name);
    return std::move(read).error().or_in_older_words(std::move(older));
  }));
  if (storage.empty()) return Error::validation("ExpressionAttributeValues must not be empty");
  std::optional<AttributeMap> map = AttributeMap::from_unsorted(std::move(storage));
  if (!map) return Error::serialization("ExpressionAttributeValues names a value twice");
  return *std::move(map);
}

Status check_wanted(const PlaceholderMembers& members, const RequestReader& request,
                    std::span<const std::string_view> expressions) {
  if (members.names && !has_any(request, expressions)) {
    return Error::validation("ExpressionAttributeNames can only be specified when using expressions");
  }
  const auto wants_values = [&](std::string_view name) { return uses_values(name) && request.has(name); };
  if (!members.values || !may_use_values(expressions) ||
      std::any_of(expressions.begin(), expressions.end(), wants_values)) {
    return {};
  }
  constexpr std::string_view kRefusal =
      "ExpressionAttributeValues can only be specified when using expressions";
  std::string longer = fmt::format("{}: {}", kRefusal, are_null(with_values(expressions)));
  if (!is_write(expressions)) return Error::validation(std::move(longer));
  return Error::validation(std::string(kRefusal)).or_in_older_words(std::move(longer));
}

}  // namespace

bool has_any(const RequestReader& request, std::span<const std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return request.has(name); });
}

Result<AttributeNames> read_attribute_names(const RequestReader& request) {
  const std::optional<json::Value> names = request.find(kNamesMember);
  return names ? read_names(*names) : AttributeNames();
}

Status check_placeholders_wanted(const RequestReader& request,
                                 std::span<const std::string_view> expressions) {
  return check_wanted(PlaceholderMembers(request), request, expressions);
}

Result<ExpressionParameters> read_expression_parameters(const RequestReader& request,
                                                        std::span<const std::string_view> expressions) {
  const PlaceholderMembers members(request);
  if (!members.names && !members.values) return ExpressionParameters();
  RETURN_IF_ERROR(check_wanted(members, request, expressions));
  AttributeNames names;
  if (members.names) {
    ASSIGN_OR_RETURN(names, read_names(*members.names));
  }
  AttributeMap values;
  if (members.values && may_use_values(expressions)) {
    ASSIGN_OR_RETURN(values, read_values(*members.values));
  }
  ExpressionParameters parameters;
  parameters.bytes = dynamodb_size(values);
  parameters.placeholders = expressions::Placeholders(std::move(names), std::move(values));
  RETURN_IF_ERROR(parameters.placeholders.validate());
  return parameters;
}

Status check_key_paths(const std::vector<std::string>& nested_names, const TableSchema& schema) {
  if (nested_names.empty()) return {};
  const auto check = [&](const KeyAttribute& key, std::string_view kind) -> Status {
    if (std::find(nested_names.begin(), nested_names.end(), key.name) == nested_names.end()) return {};
    return Error::validation(
        fmt::format("Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
                    "allowed: {}: {}",
                    kind, key.name));
  };
  RETURN_IF_ERROR(check(schema.key_schema.partition, "Key"));
  if (schema.key_schema.sort) RETURN_IF_ERROR(check(*schema.key_schema.sort, "Key"));
  for (const IndexSchema& index : schema.indexes) {
    for (const KeyAttribute& key : index.partition) RETURN_IF_ERROR(check(key, "IndexKey"));
    for (const KeyAttribute& key : index.sort) RETURN_IF_ERROR(check(key, "IndexKey"));
  }
  return {};
}

expressions::ParseCache& parse_cache() {
  thread_local expressions::ParseCache cache(limits::kParseCacheEntries, limits::kParseCacheBytes);
  return cache;
}

Result<std::optional<expressions::Condition>> read_condition(const RequestReader& request,
                                                             std::string_view name,
                                                             ExpressionParameters& parameters) {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> text, request.string(name));
  if (!text) return std::optional<expressions::Condition>();
  ASSIGN_OR_RETURN(expressions::Condition condition,
                   parse_cache().condition(name, *text, parameters.placeholders));
  return std::optional(std::move(condition));
}

Result<std::optional<expressions::Projection>> read_projection(const RequestReader& request,
                                                               ExpressionParameters& parameters) {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> text, request.string("ProjectionExpression"));
  if (!text) return std::optional<expressions::Projection>();
  ASSIGN_OR_RETURN(expressions::Projection projection,
                   parse_cache().projection(*text, parameters.placeholders));
  return std::optional(std::move(projection));
}

}  // namespace gyre::operations
