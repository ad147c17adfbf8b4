// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/path.h"

#include <optional>
#include <unordered_map>

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

/// The paths that were seen, as a tree: what each new one has to do with them is found in one walk along it,
/// however many there are.
class SeenPaths {
 public:
  struct Found {
    std::optional<std::size_t> overlap =
        {};  ///< the first path that is a part of this one, or has it as a part
    std::optional<std::size_t> conflict = {};  ///< the first that takes for a map what this takes for a list
  };

  /// What the path has to do with those before it; it then counts as seen. `number` grows from call to call.
  Found add(const DocumentPath& path, std::size_t number);

 private:
  struct Place {
    std::unordered_map<std::string_view, std::size_t> members;
    std::unordered_map<std::size_t, std::size_t> elements;
    // The first paths that...
    std::optional<std::size_t> through;       ///< come here
    std::optional<std::size_t> ends;          ///< end here
    std::optional<std::size_t> into_members;  ///< go on to a member
    std::optional<std::size_t> into_elements;
  };
  static void keep_first(std::optional<std::size_t>& first, std::optional<std::size_t> other) {
    if (other && (!first || *other < *first)) first = other;
  }

  std::vector<Place> places_{1};
};

SeenPaths::Found SeenPaths::add(const DocumentPath& path, std::size_t number) {
  Found found;
  std::size_t at = 0;
  for (const PathStep& step : path) {
    const bool indexed = step.kind == PathStep::Kind::kIndex;
    keep_first(found.overlap, places_[at].ends);
    keep_first(found.conflict, indexed ? places_[at].into_members : places_[at].into_elements);
    std::optional<std::size_t>& into = indexed ? places_[at].into_elements : places_[at].into_members;
    if (!into) into = number;
    std::size_t& next = indexed ? places_[at].elements[step.index] : places_[at].members[step.name];
    const bool is_new = next == 0;  // no step leads to the first place
    if (is_new) next = places_.size();
    at = next;
    if (is_new) places_.emplace_back();
    if (!places_[at].through) places_[at].through = number;
  }
  if (*places_[at].through != number) keep_first(found.overlap, places_[at].through);
  if (!places_[at].ends) places_[at].ends = number;
  return found;
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
  SeenPaths seen;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const SeenPaths::Found found = seen.add(*paths[i], i);
    if (found.overlap) return not_distinct(parameter, "overlap", *paths[*found.overlap], *paths[i]);
    if (found.conflict && !conflict) {
      conflict = not_distinct(parameter, "conflict", *paths[*found.conflict], *paths[i]);
    }
  }
  if (conflict) return *std::move(conflict);
  return {};
}

}  // namespace gyre::expressions
