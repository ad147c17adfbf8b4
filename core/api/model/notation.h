// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/api/model/tables.h"

// How the tables of the model are written.
namespace gyre::api::model {

using json::Bounds;
using json::Member;
using json::Presence;
using json::Shape;
using json::Type;

inline constexpr Presence kRequired = Presence::kRequired;
inline constexpr Presence kRequiredInOwnWords = Presence::kRequiredInOwnWords;

/// Bounds of one side.
consteval Bounds at_least(std::int64_t least) {
  return {.least = least};
}
consteval Bounds at_most(std::int64_t most) {
  return {.most = most};
}

consteval Shape text(Bounds bounds, std::string_view pattern = {}) {
  return {.type = Type::kString, .bounds = bounds, .pattern = pattern};
}
consteval Shape one_of(std::span<const std::string_view> choices) {
  return {.type = Type::kString, .choices = choices};
}
consteval Shape whole(Bounds bounds) {
  return {.type = Type::kInteger, .bounds = bounds};
}
consteval Shape whole_long(Bounds bounds) {
  return {.type = Type::kLong, .bounds = bounds};
}
consteval Shape structure(std::string_view name, std::span<const Member> members) {
  return {.type = Type::kStructure, .name = name, .members = members};
}
consteval Shape list_of(const Shape* element, Bounds bounds = {}) {
  return {.type = Type::kList, .element = element, .bounds = bounds};
}
consteval Shape map_of(const Shape* element, Bounds bounds = {}, const Shape* key = nullptr) {
  return {.type = Type::kMap, .element = element, .key = key, .bounds = bounds};
}

/// The operation refuses wrong values in words of its own.
consteval Shape own_words(Shape shape) {
  shape.own_words = true;
  return shape;
}
/// A table's name, or its ARN.
consteval Shape table_name(Shape shape) {
  shape.table_name = true;
  return shape;
}
consteval Shape shown_by_members(Shape shape) {
  shape.shown_by_members = true;
  return shape;
}

inline constexpr Shape kString{.type = Type::kString};
inline constexpr Shape kBlob{.type = Type::kBlob};
inline constexpr Shape kBoolean{.type = Type::kBoolean};
inline constexpr Shape kInteger{.type = Type::kInteger};
inline constexpr Shape kLong{.type = Type::kLong};
inline constexpr Shape kDouble{.type = Type::kDouble};
inline constexpr Shape kTimestamp{.type = Type::kTimestamp};

}  // namespace gyre::api::model
