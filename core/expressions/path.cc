// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/path.h"

#include <algorithm>
#include <optional>

#include "core/expressions/errors.h"

namespace gyre::expressions {
namespace {

/// One step down; nullptr if `value` has no such member or element. Const or not, as the value is.
template <class Value>
Value* step_into(Value& value, const PathStep& step) {
  if (step.kind == PathStep::Kind::kIndex) {
    if (!value.is(AttributeType::kList)) return nullptr;
    auto& elements = value.as_list();
    return step.index < elements.size() ? &elements[step.index] : nullptr;
  }
  return value.is(AttributeType::kMap) ? value.as_map().find(step.name) : nullptr;
}

template <class Value, class Attributes>
Value* walk(Attributes& item, PathView path) {
  Value* value = item.find(path.front().name);
  for (const PathStep& step : path.subspan(1)) {
    if (value == nullptr) return nullptr;
    value = step_into(*value, step);
  }
  return value;
}

enum class Relation { kDistinct, kOverlap, kConflict };

Relation relation(const DocumentPath& a, const DocumentPath& b) {
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (a[i].kind != b[i].kind) return Relation::kConflict;
    if (a[i] != b[i]) return Relation::kDistinct;
  }
  return Relation::kOverlap;
}

Error not_distinct(std::string_view parameter, std::string_view how, const DocumentPath& a,
                   const DocumentPath& b) {
  return invalid(parameter, "Two document paths " + std::string(how) +
                                " with each other; must remove or rewrite one of these paths; path one: " +
                                path_text(a) + ", path two: " + path_text(b));
}

}  // namespace

std::string path_text(PathView path) {
  std::string text;
  for (const PathStep& step : path) {
    text += text.empty() ? "[" : ", ";
    text += step.kind == PathStep::Kind::kIndex ? "[" + std::to_string(step.index) + "]" : step.name;
  }
  return text + "]";
}

const AttributeValue* find_path(const Item& item, PathView path) {
  return walk<const AttributeValue>(item, path);
}
AttributeValue* find_path(Item& item, PathView path) {
  return walk<AttributeValue>(item, path);
}

Status check_paths_distinct(std::string_view parameter, const std::vector<const DocumentPath*>& paths) {
  // AWS reports any overlap before any conflict.
  std::optional<Error> conflict;
  for (std::size_t later = 1; later < paths.size(); ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      const Relation found = relation(*paths[earlier], *paths[later]);
      if (found == Relation::kOverlap)
        return not_distinct(parameter, "overlap", *paths[earlier], *paths[later]);
      if (found == Relation::kConflict && !conflict) {
        conflict = not_distinct(parameter, "conflict", *paths[earlier], *paths[later]);
      }
    }
  }
  if (conflict) return *std::move(conflict);
  return {};
}

}  // namespace gyre::expressions
