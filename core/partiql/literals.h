// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/model/attribute_value.h"
#include "core/partiql/ast.h"

namespace gyre::partiql {

using Parameters = std::vector<AttributeValue>;

/// Whether the expression is a value by itself: a literal or a parameter.
bool is_constant(const Expression& expression);

/// The value of a literal or parameter. kValidation, with AWS's messages ("... under root.a[1]"), if it is no
/// DynamoDB value. Collections hold literals alone: a parameter inside one is refused. `parameters` has one
/// for each "?" of the statement.
Result<AttributeValue> read_constant(const Expression& expression, const Parameters& parameters);

/// What INSERT writes: a tuple, whose values may be parameters, or a parameter that is a map.
Result<AttributeMap> read_item(const Expression& expression, const Parameters& parameters);

}  // namespace gyre::partiql
