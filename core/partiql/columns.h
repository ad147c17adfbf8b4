// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/model/attribute_value.h"
#include "core/partiql/ast.h"

namespace gyre::partiql {

/// What SELECT answers of an item: each path's value under the path's last name, "k[0]" for m.k[0]. A value
/// type.
class Columns {
 public:
  explicit Columns(const std::vector<Expression>& paths);

  /// A path that leads nowhere adds nothing.
  Item apply(const Item& item) const;
  /// The attributes that are read, in the order of the statement.
  std::vector<std::string> attribute_names() const;

 private:
  struct Column {
    std::string name;
    DocumentPath path;
  };
  std::vector<Column> columns_;
};

}  // namespace gyre::partiql
