// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/expressions/ast.h"

namespace gyre::expressions {

class Placeholders;
struct ParsedCondition;
struct UpdateAction;
struct ValueTable;

// What must hold for an expression beyond its grammar, as far as it can be known without an item. The checks
// resolve names and values on the way, since AWS reports an undefined placeholder between other errors: of
// several errors the one that AWS reports is reported. Values are put into `values`.

Status check_condition(std::string_view parameter, Node& root, Placeholders& placeholders,
                       ValueTable& values);

/// What of that concerns a condition that was built, not parsed: operands, their number and their types. All
/// is resolved, and errors name no parameter.
Status check_built_condition(ParsedCondition& built);

/// Do the checks of this condition depend on what its values hold, beside their types?
bool looks_into_values(const Node& root);
/// Do these checks pass with other values of the same types?
bool fits_values(const Node& root, Values& values);

Status check_update(std::vector<UpdateAction>& actions, Placeholders& placeholders, ValueTable& values);

// --- shared by both ---

/// kValidation if the function has not as many operands as it needs.
Status check_operand_count(std::string_view parameter, const Node& function);

Error incorrect_operand_type(std::string_view parameter, const Node& where, std::string_view type);
Error misused_function(std::string_view parameter, const Node& function);
Error path_required(std::string_view parameter, const Node& function);

}  // namespace gyre::expressions
