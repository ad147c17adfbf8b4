// SPDX-License-Identifier: Apache-2.0
#include "core/operations/request_reader.h"

#include <fmt/core.h>

namespace gyre::operations {
namespace {

// A scalar as AWS's parser names it.
std::string_view token_name(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::kBool:
      return value.as_bool() ? "TRUE_VALUE" : "FALSE_VALUE";
    case json::Kind::kNumber:
      return value.as_int() ? "NUMBER_VALUE" : "DECIMAL_VALUE";
    default:
      return "STRING_VALUE";
  }
}

Error wrong_type(const json::Value& value, std::string_view wanted) {
  if (value.is_array()) {
    return Error::serialization(fmt::format("Unrecognized collection type class java.lang.{}", wanted));
  }
  if (value.is_object()) return Error::serialization("Start of structure or map found where not expected");
  return Error::serialization(fmt::format("{} can not be converted to {}", token_name(value), wanted));
}

}  // namespace

Error constraint_error(std::string_view value, std::string_view member, std::string_view constraint) {
  return Error::validation(
      fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: {}", value,
                  member, constraint));
}

Error missing_member_error(std::string_view member) {
  return Error::validation(fmt::format(
      "1 validation error detected: Value null at '{}' failed to satisfy constraint: Member must not be null",
      member));
}

std::string RequestReader::path_of(std::string_view name) const {
  std::string path = path_.empty() ? std::string() : path_ + '.';
  const std::size_t start = path.size();
  path += name;
  if (path[start] >= 'A' && path[start] <= 'Z') path[start] = static_cast<char>(path[start] - 'A' + 'a');
  return path;
}

Result<std::optional<std::string_view>> RequestReader::string(std::string_view name) const {
  const std::optional<json::Value> value = object_.find(name);
  if (!value) return std::optional<std::string_view>();
  if (!value->is_string()) return wrong_type(*value, "String");
  return std::optional(value->as_string());
}

Result<std::string_view> RequestReader::required_string(std::string_view name) const {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> value, string(name));
  if (!value) return missing_member_error(path_of(name));
  return *value;
}

Result<std::optional<bool>> RequestReader::boolean(std::string_view name) const {
  const std::optional<json::Value> value = object_.find(name);
  if (!value) return std::optional<bool>();
  if (value->is_string()) return Error::serialization("Unexpected token received from parser");
  if (value->kind() != json::Kind::kBool) return wrong_type(*value, "Boolean");
  return std::optional(value->as_bool());
}

Result<bool> RequestReader::flag(std::string_view name) const {
  ASSIGN_OR_RETURN(const std::optional<bool> value, boolean(name));
  return value.value_or(false);
}

Result<std::optional<std::int64_t>> RequestReader::integer(std::string_view name, std::int64_t least,
                                                           std::int64_t most) const {
  const std::optional<json::Value> value = object_.find(name);
  if (!value) return std::optional<std::int64_t>();
  if (value->kind() != json::Kind::kNumber || !value->as_int()) return wrong_type(*value, "Integer");
  const std::int64_t number = *value->as_int();
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

Result<std::int64_t> RequestReader::required_integer(std::string_view name, std::int64_t least) const {
  ASSIGN_OR_RETURN(const std::optional<std::int64_t> value, integer(name, least));
  if (!value) return missing_member_error(path_of(name));
  return *value;
}

Result<std::optional<RequestReader>> RequestReader::structure(std::string_view name) const {
  const std::optional<json::Value> value = object_.find(name);
  if (!value) return std::optional<RequestReader>();
  RETURN_IF_ERROR(check_structure(*value));
  return std::optional(RequestReader(*value, path_of(name)));
}

Result<RequestReader> RequestReader::required_structure(std::string_view name) const {
  ASSIGN_OR_RETURN(std::optional<RequestReader> value, structure(name));
  if (!value) return missing_member_error(path_of(name));
  return *std::move(value);
}

Result<std::optional<json::Value>> RequestReader::list(std::string_view name) const {
  const std::optional<json::Value> value = object_.find(name);
  if (!value) return std::optional<json::Value>();
  if (value->is_object()) return Error::serialization("Start of structure or map found where not expected");
  if (!value->is_array()) return Error::serialization("Unexpected field type");
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

Status check_structure(const json::Value& value) {
  if (value.is_object()) return {};
  if (value.is_array()) return Error::serialization("Start of list found where not expected");
  return Error::serialization("Unexpected field type");
}

}  // namespace gyre::operations
