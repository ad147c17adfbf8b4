// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/model.h"

// For tests: requests that have one wrong JSON type each, made from the model, and AWS's words for them. The
// words are those that the dynalite project's tests had from AWS.
namespace gyre::api {

struct WrongType {
  std::string body;
  std::string message;
};

namespace wrong_types {

using json::Shape;
using json::Type;

enum class Place { kMember, kElement };

struct Literal {
  std::string_view text;
  std::string_view token;  // in "TOKEN cannot be converted to X"; empty for a list, a map and a string
  json::Kind kind;
};
inline constexpr Literal kLiterals[] = {
    {"\"x\"", "STRING_VALUE", json::Kind::kString},
    {"23", "NUMBER_VALUE", json::Kind::kNumber},
    {"-2147483648", "NUMBER_VALUE", json::Kind::kNumber},
    {"3.14159", "DECIMAL_VALUE", json::Kind::kNumber},
    {"true", "TRUE_VALUE", json::Kind::kBool},
    {"false", "FALSE_VALUE", json::Kind::kBool},
    {"[]", "", json::Kind::kArray},
    {"{}", "", json::Kind::kObject},
};

inline std::string element_type(const Shape& shape) {
  if (shape.type == Type::kList) return "java.util.List<" + element_type(*shape.element) + ">";
  if (shape.type == Type::kString) return "java.lang.String";
  return "com.amazonaws.dynamodb.v20120810." + std::string(shape.name);
}

inline std::string scalar_refusal(const Literal& literal, std::string_view type,
                                  std::string_view java_class) {
  if (literal.kind == json::Kind::kObject) return "Start of structure or map found where not expected";
  if (literal.kind == json::Kind::kArray)
    return "Unrecognized collection type class " + std::string(java_class);
  return std::string(literal.token) + " cannot be converted to " + std::string(type);
}

/// AWS's words for `literal` in a place of `shape`; empty if it is right there.
inline std::string refusal(const Shape& shape, Place place, const Literal& literal) {
  const bool is_scalar = literal.kind != json::Kind::kArray && literal.kind != json::Kind::kObject;
  const bool is_number = literal.kind == json::Kind::kNumber;
  switch (shape.type) {
    case Type::kString:
      return literal.kind == json::Kind::kString ? "" : scalar_refusal(literal, "String", "java.lang.String");
    case Type::kBoolean:
      if (literal.kind == json::Kind::kBool) return "";
      if (literal.kind == json::Kind::kString) return "Unexpected token received from parser";
      return scalar_refusal(literal, "Boolean", "java.lang.Boolean");
    case Type::kInteger:
      return is_number ? "" : scalar_refusal(literal, "Integer", "java.lang.Integer");
    case Type::kLong:
      return is_number ? "" : scalar_refusal(literal, "Long", "java.lang.Long");
    case Type::kDouble:
      return is_number ? "" : scalar_refusal(literal, "Double", "java.lang.Double");
    case Type::kTimestamp:
      return is_number ? "" : scalar_refusal(literal, "Date", "java.util.Date");
    case Type::kBlob:
      if (literal.kind == json::Kind::kString) {
        return "Base64 encoded length is expected a multiple of 4 bytes but found: 1";
      }
      if (is_scalar) return "only base-64-encoded strings are convertible to bytes";
      return scalar_refusal(literal, "", "java.nio.ByteBuffer");
    case Type::kList:
      if (literal.kind == json::Kind::kArray) return "";
      return is_scalar ? "Unexpected field type" : "Start of structure or map found where not expected";
    case Type::kMap:
      if (literal.kind == json::Kind::kObject) return "";
      if (is_scalar) return "Unexpected field type";
      return "Unrecognized collection type java.util.Map<java.lang.String, " + element_type(*shape.element) +
             ">";
    case Type::kStructure:
      if (literal.kind == json::Kind::kObject) return "";
      if (!is_scalar) return "Unrecognized collection type class " + element_type(shape);
      return place == Place::kMember ? "Unexpected field type" : "Unexpected value type in payload";
  }
  return "";
}

using Wrap = std::function<std::string(std::string)>;

class Generator {
 public:
  Generator(const Operation& operation, const std::function<void(const WrongType&)>& visit)
      : operation_(operation), visit_(visit) {}

  void run() {
    members(*operation_.input, [](std::string text) { return "{" + text + "}"; }, true);
  }

 private:
  // Members of the request other than `name`, with values that no range allows.
  std::string others(std::string_view name) const {
    std::string text;
    for (const json::Member& member : operation_.input->members) {
      if (member.name == name) continue;
      const Type type = member.shape->type;
      const std::string_view value = type == Type::kString                           ? "\"\""
                                     : type == Type::kInteger || type == Type::kLong ? "-1"
                                     : type == Type::kMap                            ? "{}"
                                     : type == Type::kList                           ? "[]"
                                                                                     : "";
      if (!value.empty()) text += ",\"" + std::string(member.name) + "\":" + std::string(value);
    }
    return text;
  }

  void members(const Shape& shape, const Wrap& wrap, bool whole) {
    for (const json::Member& member : shape.members) {
      const std::string key = "\"" + std::string(member.name) + "\":";
      visit(*member.shape, Place::kMember, [&](std::string text) { return wrap(key + text); });
      if (!whole) continue;
      const std::string wrong_values = others(member.name);
      visit(*member.shape, Place::kMember, [&](std::string text) { return wrap(key + text + wrong_values); });
    }
  }

  void visit(const Shape& shape, Place place, const Wrap& wrap) {
    for (const Literal& literal : kLiterals) {
      const std::string message = refusal(shape, place, literal);
      if (!message.empty()) visit_({wrap(std::string(literal.text)), message});
    }
    if (std::find(path_.begin(), path_.end(), &shape) != path_.end()) return;
    path_.push_back(&shape);
    if (shape.type == Type::kList) {
      visit(*shape.element, Place::kElement, [&](std::string text) { return wrap("[" + text + "]"); });
    } else if (shape.type == Type::kMap) {
      visit(*shape.element, Place::kElement,
            [&](std::string text) { return wrap("{\"key\":" + text + "}"); });
    } else if (shape.type == Type::kStructure) {
      members(shape, [&](std::string text) { return wrap("{" + text + "}"); }, false);
    }
    path_.pop_back();
  }

  const Operation& operation_;
  const std::function<void(const WrongType&)>& visit_;
  std::vector<const Shape*> path_;
};

}  // namespace wrong_types

/// Each member of `operation`'s request, through all structures, lists and maps, with each wrong JSON type:
/// once with all other members missing, and once with those of the request out of range.
inline void for_each_wrong_type(const Operation& operation,
                                const std::function<void(const WrongType&)>& visit) {
  wrong_types::Generator(operation, visit).run();
}

}  // namespace gyre::api
