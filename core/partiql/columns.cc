// SPDX-License-Identifier: Apache-2.0
#include "core/partiql/columns.h"

namespace gyre::partiql {
namespace {

std::string column_name(const DocumentPath& path) {
  std::string name;
  for (const PathStep& step : path) {
    if (step.kind == PathStep::Kind::kIndex) {
      name += "[" + std::to_string(step.index) + "]";
    } else {
      name = step.name;
    }
  }
  return name;
}

}  // namespace

Columns::Columns(const std::vector<Expression>& paths) {
  for (const Expression& column : paths) columns_.push_back({column_name(column.path), column.path});
}

Item Columns::apply(const Item& item) const {
  Item selected;
  for (const Column& column : columns_) {
    const AttributeValue* value = expressions::find_path(item, column.path);
    if (value != nullptr) selected.set(column.name, *value);
  }
  return selected;
}

std::vector<std::string> Columns::attribute_names() const {
  std::vector<std::string> names;
  for (const Column& column : columns_) names.push_back(column.path.front().name);
  return names;
}

}  // namespace gyre::partiql
