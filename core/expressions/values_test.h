// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/model/attribute_value.h"

// Short names for values, so that tests of this room read like DynamoDB's JSON.
namespace gyre::expressions {

inline AttributeValue S(std::string text) {
  return AttributeValue::string(std::move(text));
}
inline AttributeValue N(const std::string& text) {
  return AttributeValue::number(Number::parse(text).value());
}
inline AttributeValue B(std::string bytes) {
  return AttributeValue::binary(std::move(bytes));
}
inline AttributeValue Bool(bool value) {
  return AttributeValue::boolean(value);
}
inline AttributeValue Null() {
  return AttributeValue::null();
}
inline AttributeValue L(AttributeValue::List elements) {
  return AttributeValue::list(std::move(elements));
}
inline AttributeValue M(AttributeMap members) {
  return AttributeValue::map(std::move(members));
}
inline AttributeValue SS(std::vector<std::string> members) {
  return AttributeValue::string_set(std::move(members)).value();
}
inline AttributeValue NS(const std::vector<std::string>& texts) {
  std::vector<Number> members;
  for (const std::string& text : texts) members.push_back(Number::parse(text).value());
  return AttributeValue::number_set(std::move(members)).value();
}
inline AttributeValue BS(std::vector<std::string> members) {
  return AttributeValue::binary_set(std::move(members)).value();
}

}  // namespace gyre::expressions
