// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/json/json_reader.h"

// What a JSON value is meant to be, in the terms of AWS's API models.
namespace gyre::json {

enum class Type : std::uint8_t {
  kString,
  kBlob,  ///< base64
  kBoolean,
  kInteger,
  kLong,
  kDouble,
  kTimestamp,  ///< seconds since 1970
  kStructure,
  kList,
  kMap,
};

/// Least and most length, number of elements, or value; what is not given is not bounded.
struct Bounds {
  static constexpr std::int64_t kNoLeast = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kNoMost = std::numeric_limits<std::int64_t>::max();
  std::int64_t least = kNoLeast;
  std::int64_t most = kNoMost;
};

struct Shape;

enum class Presence : std::uint8_t {
  kOptional,
  kRequired,
  kRequiredInOwnWords,  ///< the operation refuses its absence in a sentence of its own
};

struct Member {
  std::string_view name;
  const Shape* shape = nullptr;
  Presence presence = Presence::kOptional;
};

/// Always constant data of the program's whole life, so views and pointers are enough.
struct Shape {
  Type type = Type::kString;
  std::string_view name{};            ///< of a structure: AWS's name, which messages have
  std::span<const Member> members{};  ///< of a structure
  const Shape* element = nullptr;     ///< of a list, and of a map's values
  const Shape* key = nullptr;         ///< of a map whose keys are checked
  Bounds bounds{};
  std::string_view pattern{};                   ///< a regular expression, as messages show it
  std::span<const std::string_view> choices{};  ///< an enumeration's values, in the order of messages
  /// The operation refuses wrong values (not types) in words of its own.
  bool own_words = false;
  /// A table's name, in whose place its ARN may be.
  bool table_name = false;
  /// Messages show an object of it with its members, "KeySchemaElement(attributeName=pk, keyType=HASH)", and
  /// not as Java's hash.
  bool shown_by_members = false;

  const Member* find(std::string_view member) const {
    for (const Member& candidate : members) {
      // Most names differ in length or first letter, which needs no call.
      if (candidate.name.size() == member.size() && candidate.name[0] == member[0] &&
          candidate.name == member) {
        return &candidate;
      }
    }
    return nullptr;
  }
};

/// That every known value inside of `value` has the JSON type of its shape, the first wrong one in the order
/// of the text: kSerialization with AWS's words (typed_read.h). What the shape does not know is not looked
/// at, and null counts as absent. Ranges, lengths and the like are not checked.
Status check_types(const Value& value, const Shape& shape);

/// The Java name of a shape's values, as messages give it for the values of a map:
/// "java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>".
std::string java_type(const Shape& shape);

}  // namespace gyre::json
