// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/selection.h"

#include <utility>

namespace gyre::expressions {

void Selection::add(PathView path) {
  if (path.empty()) return;
  const PathStep& step = path.front();
  Selection& below = step.kind == PathStep::Kind::kIndex ? elements_[step.index] : members_[step.name];
  below.add(path.subspan(1));
}

Item Selection::apply(const Item& item) const {
  Item selected;
  for (const auto& [name, below] : members_) {
    const AttributeValue* value = item.find(name);
    if (value == nullptr) continue;
    if (std::optional<AttributeValue> part = below.select(*value)) selected.set(name, *std::move(part));
  }
  return selected;
}

std::vector<std::string> Selection::nested_names() const {
  std::vector<std::string> names;
  for (const auto& [name, below] : members_) {
    if (!below.is_whole()) names.push_back(name);
  }
  return names;
}

std::optional<AttributeValue> Selection::select(const AttributeValue& value) const {
  if (is_whole()) return value;
  if (!members_.empty()) {
    if (!value.is(AttributeType::kMap)) return std::nullopt;
    AttributeMap members = apply(value.as_map());
    if (members.empty()) return std::nullopt;
    return AttributeValue::map(std::move(members));
  }
  if (!value.is(AttributeType::kList)) return std::nullopt;
  AttributeValue::List elements;
  for (const auto& [index, below] : elements_) {
    if (index >= value.as_list().size()) break;
    if (std::optional<AttributeValue> part = below.select(value.as_list()[index]))
      elements.push_back(*std::move(part));
  }
  if (elements.empty()) return std::nullopt;
  return AttributeValue::list(std::move(elements));
}

std::vector<std::string> Selection::names() const {
  std::vector<std::string> names;
  for (const auto& [name, selection] : members_) names.push_back(name);
  return names;
}

}  // namespace gyre::expressions
