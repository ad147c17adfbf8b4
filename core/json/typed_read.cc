// SPDX-License-Identifier: Apache-2.0
#include "core/json/typed_read.h"

#include <fmt/core.h>

#include <cmath>

#include "core/base/base64.h"

namespace gyre::json {
namespace {

constexpr std::string_view kUnexpectedMap = "Start of structure or map found where not expected";
constexpr std::string_view kUnexpectedField = "Unexpected field type";
constexpr std::string_view kModel = "com.amazonaws.dynamodb.v20120810.";

Error type_error(std::string message) {
  return Error::serialization(std::move(message));
}

// The name of a scalar in "X cannot be converted to Y".
std::string_view token_name(const Value& value) {
  switch (value.kind()) {
    case Kind::kBool:
      return value.as_bool() ? "TRUE_VALUE" : "FALSE_VALUE";
    case Kind::kNumber:
      return value.as_int() ? "NUMBER_VALUE" : "DECIMAL_VALUE";
    case Kind::kString:
      return "STRING_VALUE";
    default:
      return "NULL_VALUE";
  }
}

// `java_class` is what a list in place of a scalar is compared with: "java.lang.String".
Error not_this_scalar(const Value& value, std::string_view type, std::string_view java_class) {
  if (value.is_object()) return type_error(std::string(kUnexpectedMap));
  if (value.is_array()) return type_error(fmt::format("Unrecognized collection type class {}", java_class));
  return type_error(fmt::format("{} cannot be converted to {}", token_name(value), type));
}

Error bad_base64(std::string_view text) {
  if (text.size() % 4 != 0) {
    return type_error(
        fmt::format("Base64 encoded length is expected a multiple of 4 bytes but found: {}", text.size()));
  }
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
  const std::size_t foreign = text.find_first_not_of(kAlphabet);
  if (foreign != std::string_view::npos && static_cast<unsigned char>(text[foreign]) < 0x80) {
    return type_error(fmt::format("Invalid Base64 character: '{}'", text[foreign]));
  }
  return type_error("Invalid last non-pad Base64 character dectected");  // AWS's spelling
}

}  // namespace

Result<std::string_view> read_string(const Value& value) {
  if (value.is_string()) return value.as_string();
  return not_this_scalar(value, "String", "java.lang.String");
}

Result<bool> read_bool(const Value& value) {
  if (value.kind() == Kind::kBool) return value.as_bool();
  if (value.is_string()) return type_error("Unexpected token received from parser");
  return not_this_scalar(value, "Boolean", "java.lang.Boolean");
}

Result<std::int64_t> read_integer(const Value& value, std::string_view type) {
  if (value.kind() != Kind::kNumber) return not_this_scalar(value, type, fmt::format("java.lang.{}", type));
  if (const auto integer = value.as_int()) return *integer;
  const double cut = std::trunc(value.as_double());
  if (cut >= 0x1p63) return INT64_MAX;
  if (cut < -0x1p63) return INT64_MIN;
  return static_cast<std::int64_t>(cut);
}

Result<double> read_double(const Value& value) {
  if (value.kind() != Kind::kNumber) return not_this_scalar(value, "Double", "java.lang.Double");
  return value.as_double();
}

Result<double> read_timestamp(const Value& value) {
  if (value.kind() != Kind::kNumber) return not_this_scalar(value, "Date", "java.util.Date");
  return value.as_double();
}

Result<std::string> read_blob(const Value& value) {
  if (value.is_string()) {
    auto bytes = decode_base64(value.as_string());
    if (!bytes.ok()) return bad_base64(value.as_string());
    return bytes;
  }
  if (value.is_object() || value.is_array()) return not_this_scalar(value, "Blob", "java.nio.ByteBuffer");
  return type_error("only base-64-encoded strings are convertible to bytes");
}

Status expect_list(const Value& value) {
  if (value.is_array()) return {};
  return type_error(std::string(value.is_object() ? kUnexpectedMap : kUnexpectedField));
}

Status expect_map(const Value& value, std::string_view value_type) {
  if (value.is_object()) return {};
  if (!value.is_array()) return type_error(std::string(kUnexpectedField));
  return type_error(
      fmt::format("Unrecognized collection type java.util.Map<java.lang.String, {}>", value_type));
}

Status expect_structure(const Value& value, std::string_view type) {
  if (value.is_object()) return {};
  if (!value.is_array()) return type_error("Unexpected value type in payload");
  return type_error(fmt::format("Unrecognized collection type class {}{}", kModel, type));
}

Status expect_structure_field(const Value& value, std::string_view type) {
  if (value.is_object() || value.is_array()) return expect_structure(value, type);
  return type_error(std::string(kUnexpectedField));
}

}  // namespace gyre::json
