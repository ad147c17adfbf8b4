// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/expressions/ast.h"
#include "core/expressions/path.h"

namespace gyre::expressions {

class Placeholders;

/// kValidation if a name in the path, as written, is a reserved word, or if the path has too many steps.
Status check_path(std::string_view parameter, const DocumentPath& path);

/// Puts attribute names in the place of the path's "#name" placeholders.
Status resolve_names(std::string_view parameter, DocumentPath& path, Placeholders& placeholders);

/// Gathers the values of one expression while it is checked.
struct ValueTable {
  Values values;
  std::map<std::string, std::size_t, std::less<>> places;  ///< of the placeholders, in `values`
};

/// Gives a kValue node its value's place, and puts the value there.
Status resolve_value(std::string_view parameter, Node& node, Placeholders& placeholders, ValueTable& table);

}  // namespace gyre::expressions
