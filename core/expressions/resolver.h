// SPDX-License-Identifier: Apache-2.0
#pragma once

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

/// Gives a kValue node its value, which comes to stand in `values`.
Status resolve_value(std::string_view parameter, Node& node, Placeholders& placeholders, Values& values);

}  // namespace gyre::expressions
