// SPDX-License-Identifier: Apache-2.0
#include "core/api/request_reader.h"

#include <fmt/core.h>

#include "core/api/names.h"
#include "core/base/hash.h"
#include "core/json/attribute_json.h"
#include "core/json/json_copy.h"
#include "core/json/typed_read.h"

namespace gyre::api {

Error invalid_parameter(std::string_view detail) {
  return Error::validation(fmt::format("One or more parameter values were invalid: {}", detail));
}

Error constraint_error(std::string_view value, std::string_view member, std::string_view constraint) {
  return Error::validation(fmt::format("{}Value '{}' at '{}' failed to satisfy constraint: {}", kOneError,
                                       value, member, constraint));
}

Error missing_member_error(std::string_view member) {
  return Error::validation(fmt::format(
      "{}Value null at '{}' failed to satisfy constraint: Member must not be null", kOneError, member));
}

Error member_error(std::string_view path, std::string_view constraint, const Error& older) {
  return Error::validation(
             fmt::format("{}Value at '{}' failed to satisfy constraint: {}", kOneError, path, constraint))
      .or_in_older_words(older.message);
}

std::string java_object(const json::Value& value, std::string_view type) {
  std::string text;
  json::Writer writer(text);
  json::copy(writer, value, {.sort_members = true, .leave_out_null_members = true});
  return fmt::format("com.amazonaws.dynamodb.v20120810.{}@{:x}", type, hash64(text) >> 32);
}

std::string java_objects(const json::Value& list, std::string_view type) {
  std::string objects;
  for (json::ElementCursor cursor(list); !cursor.at_end(); cursor.advance()) {
    objects += (objects.empty() ? "" : ", ") + java_object(cursor.value(), type);
  }
  return "[" + objects + "]";
}

std::string RequestReader::path_of(std::string_view name) const {
  return path_.empty() ? camel_case(name) : path_ + '.' + camel_case(name);
}

Result<std::optional<std::string_view>> RequestReader::string(std::string_view name) const {
  const std::optional<json::Value> value = object_.find(name);
  if (!value) return std::optional<std::string_view>();
  ASSIGN_OR_RETURN(const std::string_view text, json::read_string(*value));
  return std::optional(text);
}

Result<std::string_view> RequestReader::required_string(std::string_view name) const {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> value, string(name));
  if (!value) return missing_member_error(path_of(name));
  return *value;
}

Result<std::optional<bool>> RequestReader::boolean(std::string_view name) const {
  const std::optional<json::Value> value = object_.find(name);
  if (!value) return std::optional<bool>();
  ASSIGN_OR_RETURN(const bool flag, json::read_bool(*value));
  return std::optional(flag);
}

Result<bool> RequestReader::flag(std::string_view name) const {
  ASSIGN_OR_RETURN(const std::optional<bool> value, boolean(name));
  return value.value_or(false);
}

Result<std::optional<std::int64_t>> RequestReader::integer(std::string_view name, std::int64_t least,
                                                           std::int64_t most) const {
  return read_integer(name, "Integer", least, most);
}

Result<std::optional<std::int64_t>> RequestReader::read_integer(std::string_view name, std::string_view type,
                                                                std::int64_t least, std::int64_t most) const {
  const std::optional<json::Value> value = object_.find(name);
  if (!value) return std::optional<std::int64_t>();
  ASSIGN_OR_RETURN(const std::int64_t number, json::read_integer(*value, type));
  if (number < least) {
    return constraint_error(std::to_string(number), path_of(name),
                            fmt::format("Member must have value greater than or equal to {}", least));
  }
  if (number > most) {
    return constraint_error(std::to_string(number), path_of(name),
                            fmt::format("Member must have value less than or equal to {}", most));
  }
  return std::optional(number);
}

Result<std::int64_t> RequestReader::required_long(std::string_view name, std::int64_t least) const {
  ASSIGN_OR_RETURN(const std::optional<std::int64_t> value,
                   read_integer(name, "Long", least, std::numeric_limits<std::int64_t>::max()));
  if (!value) return missing_member_error(path_of(name));
  return *value;
}

Result<std::optional<RequestReader>> RequestReader::structure(std::string_view name) const {
  const std::optional<json::Value> value = object_.find(name);
  if (!value) return std::optional<RequestReader>();
  RETURN_IF_ERROR(json::expect_structure_field(*value, name));
  return std::optional(RequestReader(*value, path_of(name)));
}

Result<std::optional<RequestReader>> RequestReader::map(std::string_view name,
                                                        std::string_view value_type) const {
  const std::optional<json::Value> value = object_.find(name);
  if (!value) return std::optional<RequestReader>();
  RETURN_IF_ERROR(json::expect_map(*value, value_type));
  return std::optional(RequestReader(*value, path_of(name)));
}

Result<RequestReader> RequestReader::required_map(std::string_view name, std::string_view value_type) const {
  ASSIGN_OR_RETURN(std::optional<RequestReader> value, map(name, value_type));
  if (!value) return missing_member_error(path_of(name));
  return *std::move(value);
}

Result<AttributeMap> RequestReader::required_attributes(std::string_view name) const {
  const std::optional<json::Value> value = object_.find(name);
  if (!value) return missing_member_error(path_of(name));
  return json::read_attribute_map(*value);
}

Result<std::optional<json::Value>> RequestReader::list(std::string_view name) const {
  const std::optional<json::Value> value = object_.find(name);
  if (!value) return std::optional<json::Value>();
  RETURN_IF_ERROR(json::expect_list(*value));
  return std::optional(*value);
}

Result<json::Value> RequestReader::required_list(std::string_view name) const {
  ASSIGN_OR_RETURN(const std::optional<json::Value> value, list(name));
  if (!value) return missing_member_error(path_of(name));
  return *value;
}

Result<std::optional<std::size_t>> RequestReader::choice_index(
    std::string_view name, std::span<const std::string_view> names) const {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> text, string(name));
  if (!text) return std::optional<std::size_t>();
  std::string all;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == *text) return std::optional(i);
    if (i > 0) all += ", ";
    all += names[i];
  }
  return constraint_error(*text, path_of(name), fmt::format("Member must satisfy enum value set: [{}]", all));
}

Status for_each_structure(const json::Value& list, std::string_view type, std::string_view path,
                          const std::function<Status(const RequestReader&)>& visit) {
  int position = 0;
  return list.for_each_element([&](const json::Value& value) -> Status {
    RETURN_IF_ERROR(json::expect_structure(value, type));
    return visit(RequestReader(value, fmt::format("{}.{}.member", path, ++position)));
  });
}

}  // namespace gyre::api
