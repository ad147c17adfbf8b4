// SPDX-License-Identifier: Apache-2.0
#include "core/json/attribute_json.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/base64.h"
#include "core/base/limits.h"
#include "core/json/typed_read.h"

namespace gyre::json {
namespace {

constexpr std::string_view kAttributeValueClass = "com.amazonaws.dynamodb.v20120810.AttributeValue";

Result<AttributeValue> read_at_level(const Value& value, int level);

// AWS's name for the type -> the type.
std::optional<AttributeType> parse_type(std::string_view name) {
  constexpr AttributeType kTypes[] = {
      AttributeType::kString,    AttributeType::kNumber,   AttributeType::kBinary, AttributeType::kBool,
      AttributeType::kNull,      AttributeType::kMap,      AttributeType::kList,   AttributeType::kStringSet,
      AttributeType::kNumberSet, AttributeType::kBinarySet};
  for (const AttributeType type : kTypes) {
    if (attribute_type_name(type) == name) return type;
  }
  return std::nullopt;
}

struct TypedContent {
  AttributeType type;
  Value content;
};

// The one member of {"S": ...}. Members that are null or that AWS does not know count as absent.
Result<TypedContent> find_content(const Value& value) {
  if (value.is_null()) {
    return Error::validation(
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  }
  RETURN_IF_ERROR(expect_structure(value, "AttributeValue"));
  std::optional<TypedContent> found;
  RETURN_IF_ERROR(value.for_each_member([&](std::string_view name, const Value& content) -> Status {
    const auto type = content.is_null() ? std::nullopt : parse_type(name);
    if (!type) return {};
    if (found) {
      return Error::validation(
          "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
          "supported "
          "datatypes");
    }
    found = TypedContent{*type, content};
    return {};
  }));
  if (!found) {
    return Error::validation(
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  }
  return *found;
}

// At the top, level 1, the members are an item's attributes; those of a document inside may have empty names.
Status check_attribute_name(std::string_view name, int level) {
  if (name.empty() && level == 1) return Error::validation("Empty attribute name");
  return check_attribute_name_bytes(name);
}

// Of several mistakes AWS tells of the first one in the document; but bad names are told before bad values.
Result<AttributeMap> read_map(const Value& value, int level) {
  RETURN_IF_ERROR(expect_map(value, kAttributeValueClass));
  for (MemberCursor cursor(value); !cursor.at_end(); cursor.advance()) {
    RETURN_IF_ERROR(check_attribute_name(cursor.name(), level));
  }
  AttributeMap::Storage members;
  members.reserve(value.size());
  for (MemberCursor cursor(value); !cursor.at_end(); cursor.advance()) {
    Result<AttributeValue> attribute = read_at_level(cursor.value(), level);
    if (!attribute.ok()) return std::move(attribute).error();
    members.emplace_back(std::string(cursor.name()), *std::move(attribute));
  }
  std::optional<AttributeMap> map = AttributeMap::from_unsorted(std::move(members));
  CHECK(map);  // the parser refuses duplicates
  return *std::move(map);
}

Result<AttributeValue> read_list(const Value& value, int level) {
  RETURN_IF_ERROR(expect_list(value));
  AttributeValue::List elements;
  elements.reserve(value.size());
  for (ElementCursor cursor(value); !cursor.at_end(); cursor.advance()) {
    ASSIGN_OR_RETURN(auto element, read_at_level(cursor.value(), level));
    elements.push_back(std::move(element));
  }
  return AttributeValue::list(std::move(elements));
}

Result<Number> read_number(const Value& value) {
  ASSIGN_OR_RETURN(const std::string_view text, read_string(value));
  return Number::parse(text);
}

Result<std::string> read_owned_string(const Value& value) {
  ASSIGN_OR_RETURN(const std::string_view text, read_string(value));
  return std::string(text);
}

template <class Member>
Result<std::vector<Member>> read_members(const Value& value, Result<Member> (*read)(const Value&)) {
  RETURN_IF_ERROR(expect_list(value));
  std::vector<Member> members;
  members.reserve(value.size());
  for (ElementCursor cursor(value); !cursor.at_end(); cursor.advance()) {
    ASSIGN_OR_RETURN(auto member, read(cursor.value()));
    members.push_back(std::move(member));
  }
  return members;
}

Result<AttributeValue> read_set(const TypedContent& typed) {
  if (typed.type == AttributeType::kNumberSet) {
    ASSIGN_OR_RETURN(auto members, read_members<Number>(typed.content, read_number));
    return AttributeValue::number_set(std::move(members));
  }
  if (typed.type == AttributeType::kBinarySet) {
    ASSIGN_OR_RETURN(auto members, read_members<std::string>(typed.content, read_blob));
    return AttributeValue::binary_set(std::move(members));
  }
  ASSIGN_OR_RETURN(auto members, read_members<std::string>(typed.content, read_owned_string));
  return AttributeValue::string_set(std::move(members));
}

Result<AttributeValue> read_null(const Value& content) {
  ASSIGN_OR_RETURN(const bool is_null, read_bool(content));
  if (is_null) return AttributeValue::null();
  return Error::validation(
      "One or more parameter values were invalid: Null attribute value types must have the value of true");
}

Result<AttributeValue> read_content(const TypedContent& typed, int level) {
  switch (typed.type) {
    case AttributeType::kString: {
      ASSIGN_OR_RETURN(const std::string_view text, read_string(typed.content));
      return AttributeValue::string(std::string(text));
    }
    case AttributeType::kNumber: {
      ASSIGN_OR_RETURN(auto number, read_number(typed.content));
      return AttributeValue::number(number);
    }
    case AttributeType::kBinary: {
      ASSIGN_OR_RETURN(auto bytes, read_blob(typed.content));
      return AttributeValue::binary(std::move(bytes));
    }
    case AttributeType::kBool: {
      ASSIGN_OR_RETURN(const bool value, read_bool(typed.content));
      return AttributeValue::boolean(value);
    }
    case AttributeType::kNull:
      return read_null(typed.content);
    case AttributeType::kMap: {
      ASSIGN_OR_RETURN(auto members, read_map(typed.content, level + 1));
      return AttributeValue::map(std::move(members));
    }
    case AttributeType::kList:
      return read_list(typed.content, level + 1);
    default:
      return read_set(typed);
  }
}

// `level` counts the value itself: 1 at the top.
Result<AttributeValue> read_at_level(const Value& value, int level) {
  if (level > limits::kNestingLevelsMax) return nested_too_deep();
  ASSIGN_OR_RETURN(const TypedContent typed, find_content(value));
  return read_content(typed, level);
}

}  // namespace

Status check_attribute_name_bytes(std::string_view name) {
  if (name.size() <= limits::kAttributeNameBytesMax) return {};
  return Error::validation("Attribute name is too large, must be less than 65536 bytes");
}

Result<AttributeValue> read_attribute(const Value& value) {
  return read_at_level(value, 1);
}

Result<AttributeMap> read_attribute_map(const Value& value) {
  return read_map(value, 1);
}

}  // namespace gyre::json
