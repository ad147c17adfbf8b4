// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/json/json_reader.h"
#include "core/model/attribute_value.h"

namespace gyre::api {

/// "One or more parameter values were invalid: ...".
Error invalid_parameter(std::string_view detail);
/// AWS's sentence for a member whose value its model refuses: "1 validation error detected: Value 'x' at
/// 'tableName' failed to satisfy constraint: Member must ...". `member` is a path in camelCase.
Error constraint_error(std::string_view value, std::string_view member, std::string_view constraint);
Error missing_member_error(std::string_view member);
/// The same in AWS's words since 2026, which name the member as the request does and leave out its value.
/// `older` has the words of before.
Error member_error(std::string_view path, std::string_view constraint, const Error& older);
/// How these sentences begin.
inline constexpr std::string_view kOneError = "1 validation error detected: ";

/// A value as Java shows an object: "com.amazonaws.dynamodb.v20120810.Get@1b2c3d4e", and a list of them.
std::string java_object(const json::Value& value, std::string_view type);
std::string java_objects(const json::Value& list, std::string_view type);

/// What operations answer that have not gone over to AWS's words of 2026.
template <class T>
Result<T> in_older_words(Result<T> result) {
  if (result.ok()) return result;
  return std::move(result).error().in_older_words();
}

inline constexpr std::string_view kNotEmpty = "Member must have length greater than or equal to 1";

/// Reads the members of one JSON object of a request, with the types and ranges that AWS's model gives them.
/// A member of the wrong JSON type is kSerialization, a value out of range kValidation, both in AWS's words.
/// Holds as long as the request.
class RequestReader {
 public:
  explicit RequestReader(json::Value object, std::string path = {})
      : object_(object), path_(std::move(path)) {}

  bool has(std::string_view name) const { return object_.find(name).has_value(); }
  std::optional<json::Value> find(std::string_view name) const { return object_.find(name); }
  json::Value object() const { return object_; }

  Result<std::optional<std::string_view>> string(std::string_view name) const;
  Result<std::string_view> required_string(std::string_view name) const;
  Result<std::optional<bool>> boolean(std::string_view name) const;
  /// False if absent.
  Result<bool> flag(std::string_view name) const;
  Result<std::optional<std::int64_t>> integer(
      std::string_view name, std::int64_t least = std::numeric_limits<std::int64_t>::min(),
      std::int64_t most = std::numeric_limits<std::int64_t>::max()) const;
  /// A `Long` of AWS's model.
  Result<std::int64_t> required_long(std::string_view name, std::int64_t least) const;
  /// A structure of AWS's model, whose type has the member's name (or nearly).
  Result<std::optional<RequestReader>> structure(std::string_view name) const;
  /// A map of values of `value_type`, a Java name, for messages.
  Result<std::optional<RequestReader>> map(std::string_view name, std::string_view value_type) const;
  Result<RequestReader> required_map(std::string_view name, std::string_view value_type) const;
  /// `Item` or `Key`.
  Result<AttributeMap> required_attributes(std::string_view name) const;
  Result<std::optional<json::Value>> list(std::string_view name) const;
  Result<json::Value> required_list(std::string_view name) const;

  /// One of `names`, which are in the order of Enum's values.
  template <class Enum, std::size_t N>
  Result<std::optional<Enum>> choice(std::string_view name,
                                     const std::array<std::string_view, N>& names) const {
    ASSIGN_OR_RETURN(const std::optional<std::size_t> index, choice_index(name, names));
    if (!index) return std::optional<Enum>();
    return std::optional<Enum>(static_cast<Enum>(*index));
  }

  /// The member's path as messages give it: "provisionedThroughput.readCapacityUnits".
  std::string path_of(std::string_view name) const;

 private:
  Result<std::optional<std::int64_t>> read_integer(std::string_view name, std::string_view type,
                                                   std::int64_t least, std::int64_t most) const;
  Result<std::optional<std::size_t>> choice_index(std::string_view name,
                                                  std::span<const std::string_view> names) const;

  json::Value object_;
  std::string path_;  // of the object itself; empty for the whole request
};

/// Calls `visit` for each element of a list of structures of `type`; `path` is the list's.
Status for_each_structure(const json::Value& list, std::string_view type, std::string_view path,
                          const std::function<Status(const RequestReader&)>& visit);

// Java names of the values of AWS's maps.
inline constexpr std::string_view kStringType = "java.lang.String";
inline constexpr std::string_view kAttributeValueType = "com.amazonaws.dynamodb.v20120810.AttributeValue";

}  // namespace gyre::api
