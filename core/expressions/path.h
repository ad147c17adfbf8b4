// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/attribute_value.h"

namespace gyre::expressions {

/// One step into a document: a member of a map or an element of a list.
struct PathStep {
  enum class Kind {
    kName,
    kPlaceholder,  ///< "#name", until ExpressionAttributeNames is consulted: then kName
    kIndex,
  };
  Kind kind = Kind::kName;
  std::string name;
  std::size_t index = 0;

  friend auto operator<=>(const PathStep&, const PathStep&) = default;
};

/// A document path, such as a.b[3]; never empty, and its first step is a name. Paths order by their steps,
/// elements of one list by index.
using DocumentPath = std::vector<PathStep>;
using PathView = std::span<const PathStep>;

/// As AWS prints paths in messages: "[a, b, [3]]".
std::string path_text(PathView path);

/// The value at the path, or nullptr. The pointer holds until the item changes.
const AttributeValue* find_path(const Item& item, PathView path);
AttributeValue* find_path(Item& item, PathView path);

/// kValidation if one path is a part of another ("overlap") or takes for a map what another takes for a list
/// ("conflict"). The paths come in the order of the expression.
Status check_paths_distinct(std::string_view parameter, const std::vector<const DocumentPath*>& paths);

}  // namespace gyre::expressions
