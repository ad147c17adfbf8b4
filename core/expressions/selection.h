// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/expressions/path.h"
#include "core/model/attribute_value.h"

namespace gyre::expressions {

/// The parts of a document that a list of distinct paths names, as a tree. A value type.
class Selection {
 public:
  /// The path must be distinct from all before it (check_paths_distinct).
  void add(PathView path);

  /// Only the selected parts of the item, in the shape that they have there; but elements of lists close up.
  /// A path that leads nowhere selects nothing.
  Item apply(const Item& item) const;
  /// The names that the paths begin with.
  std::vector<std::string> names() const;

  /// Top-level names of which only parts are selected.
  std::vector<std::string> nested_names() const;

 private:
  /// What is selected of `value`; nothing if none of the paths leads anywhere.
  std::optional<AttributeValue> select(const AttributeValue& value) const;

  bool is_whole() const { return members_.empty() && elements_.empty(); }

  std::map<std::string, Selection, std::less<>> members_;
  std::map<std::size_t, Selection> elements_;
};

}  // namespace gyre::expressions
