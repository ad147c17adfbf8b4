// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "core/base/limits.h"
#include "core/expressions/expressions.h"
#include "core/expressions/lexer.h"

namespace gyre::expressions {
namespace {

/// `first` is "#" or ":", `member` the request's member that holds the placeholder. Length before syntax, and
/// only names tell the length (measured on AWS by a third party).
Status check_shape(std::string_view placeholder, char first, std::string_view member) {
  const auto invalid_key = [&](const std::string& detail) {
    return Error::validation(std::string(member) + " contains invalid key: " + detail);
  };
  if (placeholder.size() > limits::kPlaceholderBytesMax) {
    return invalid_key("The expression attribute map contains a key that is too long;" +
                       (first == '#' ? " size of key: " + std::to_string(placeholder.size()) : ""));
  }
  const bool valid = placeholder.size() >= 2 && placeholder.front() == first &&
                     std::all_of(placeholder.begin() + 1, placeholder.end(), is_placeholder_character);
  if (valid) return {};
  return invalid_key("Syntax error; key: \"" + std::string(placeholder) + "\"");
}

Status check_attribute_name(const std::string& placeholder, const std::string& name) {
  const auto invalid_value = [&](std::string_view detail) {
    return Error::validation("ExpressionAttributeNames contains invalid value: " + std::string(detail) +
                             " for key " + placeholder);
  };
  if (name.empty()) return invalid_value("Empty attribute name");
  if (name.size() > limits::kAttributeNameBytesMax) {
    return invalid_value("Attribute name is too large, must be less than 65536 bytes");
  }
  return {};
}

Status check_none_unused(const std::vector<std::string_view>& unused, std::string_view member) {
  if (unused.empty()) return {};
  std::string keys;
  for (const std::string_view key : unused) keys += (keys.empty() ? "" : ", ") + std::string(key);
  return Error::validation("Value provided in " + std::string(member) + " unused in expressions: keys: {" +
                           keys + "}");
}

}  // namespace

Placeholders::Placeholders(std::map<std::string, std::string, std::less<>> names, AttributeMap values)
    : names_(std::move(names)), values_(std::move(values)) {}

Status Placeholders::validate() const {
  std::size_t name_bytes = 0;
  for (const auto& [placeholder, name] : names_) {
    RETURN_IF_ERROR(check_shape(placeholder, '#', "ExpressionAttributeNames"));
    RETURN_IF_ERROR(check_attribute_name(placeholder, name));
    name_bytes += placeholder.size() + name.size();
  }
  if (name_bytes > limits::kPlaceholdersTotalBytesMax) {
    return Error::validation("ExpressionAttributeNames exceeds max size");
  }
  std::size_t value_bytes = 0;
  for (const Attribute& attribute : values_) {
    RETURN_IF_ERROR(check_shape(attribute.name, ':', "ExpressionAttributeValues"));
    value_bytes += attribute.name.size() + dynamodb_size(attribute.value);
  }
  if (value_bytes > limits::kPlaceholdersTotalBytesMax) {
    return Error::validation("ExpressionAttributeValues exceeds max size");
  }
  if (name_bytes + value_bytes > limits::kPlaceholdersTotalBytesMax) {
    return Error::validation(
        "Combined size of ExpressionAttributeNames and ExpressionAttributeValues exceeds max size");
  }
  return {};
}

Status Placeholders::check_all_used() const {
  std::vector<std::string_view> unused;
  for (const auto& [placeholder, name] : names_) {
    if (!used_.contains(placeholder)) unused.push_back(placeholder);
  }
  RETURN_IF_ERROR(check_none_unused(unused, "ExpressionAttributeNames"));
  for (const Attribute& attribute : values_) {
    if (!used_.contains(attribute.name)) unused.push_back(attribute.name);
  }
  return check_none_unused(unused, "ExpressionAttributeValues");
}

const std::string* Placeholders::name(std::string_view placeholder) {
  const auto found = names_.find(placeholder);
  if (found == names_.end()) return nullptr;
  used_.emplace(found->first);
  return &found->second;
}

const AttributeValue* Placeholders::value(std::string_view placeholder) {
  const AttributeValue* found = std::as_const(values_).find(placeholder);
  if (found != nullptr) used_.emplace(placeholder);
  return found;
}

}  // namespace gyre::expressions
