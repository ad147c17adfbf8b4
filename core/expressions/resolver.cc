// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/resolver.h"

#include <string>

#include "core/base/limits.h"
#include "core/expressions/errors.h"
#include "core/expressions/expressions.h"
#include "core/expressions/reserved_words.h"

namespace gyre::expressions {

Status check_path(std::string_view parameter, const DocumentPath& path) {
  if (path.size() > static_cast<std::size_t>(limits::kNestingLevelsMax)) {
    return invalid(parameter, "The document path has too many nesting levels; nesting levels: " +
                                  std::to_string(path.size()));
  }
  for (const PathStep& step : path) {
    if (step.kind == PathStep::Kind::kName && is_reserved_word(step.name)) {
      return invalid(parameter, "Attribute name is a reserved keyword; reserved keyword: " + step.name);
    }
  }
  return {};
}

Status resolve_names(std::string_view parameter, DocumentPath& path, Placeholders& placeholders) {
  for (PathStep& step : path) {
    if (step.kind != PathStep::Kind::kPlaceholder) continue;
    const std::string* name = placeholders.name(step.name);
    if (name == nullptr) {
      return invalid(
          parameter,
          "An expression attribute name used in the document path is not defined; attribute name: " +
              step.name);
    }
    step = PathStep{PathStep::Kind::kName, *name, 0};
  }
  return {};
}

Status resolve_value(std::string_view parameter, Node& node, Placeholders& placeholders, ValueTable& table) {
  auto known = table.places.find(node.text);
  if (known == table.places.end()) {
    const AttributeValue* value = placeholders.value(node.text);
    if (value == nullptr) {
      return invalid(
          parameter,
          "An expression attribute value used in expression is not defined; attribute value: " + node.text);
    }
    known = table.places.emplace(node.text, table.values.size()).first;
    table.values.push_back(*value);
  }
  node.value = known->second;
  return {};
}

}  // namespace gyre::expressions
