// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "core/base/limits.h"
#include "core/expressions/expressions.h"
#include "core/expressions/lexer.h"

namespace gyre::expressions {
namespace {

/// `first` is "#" or ":", `member` the request's member that holds the placeholder.
Status check_shape(std::string_view placeholder, char first, std::string_view member) {
  const bool valid = placeholder.size() >= 2 && placeholder.front() == first &&
                     std::all_of(placeholder.begin() + 1, placeholder.end(), is_placeholder_character);
  if (!valid) {
    return Error::validation(std::string(member) + " contains invalid key: Syntax error; key: \"" +
                             std::string(placeholder) + "\"");
  }
  if (placeholder.size() > limits::kPlaceholderBytesMax) {
    return Error::validation(std::string(member) + " contains invalid key: The key is longer than " +
                             std::to_string(limits::kPlaceholderBytesMax) + " bytes; key: \"" +
                             std::string(placeholder) + "\"");
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
  std::size_t bytes = 0;
  for (const auto& [placeholder, name] : names_) {
    RETURN_IF_ERROR(check_shape(placeholder, '#', "ExpressionAttributeNames"));
    if (name.empty()) {
      return Error::validation(
          "ExpressionAttributeNames contains invalid value: An attribute name must not be empty; key: \"" +
          placeholder + "\"");
    }
    bytes += placeholder.size() + name.size();
  }
  for (const Attribute& attribute : values_) {
    RETURN_IF_ERROR(check_shape(attribute.name, ':', "ExpressionAttributeValues"));
    bytes += attribute.name.size() + dynamodb_size(attribute.value);
  }
  if (bytes > limits::kPlaceholdersTotalBytesMax) {
    return Error::validation("ExpressionAttributeValues exceeds max size");
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
