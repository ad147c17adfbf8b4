// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/expressions/ast.h"
#include "core/expressions/attribute_condition.h"

namespace gyre::expressions {

/// The conditions that a parsed KeyConditionExpression puts on attributes. kValidation if it puts any that no
/// schema allows.
Result<std::vector<AttributeCondition>> read_key_conditions(const Node& root, const Values& values);

}  // namespace gyre::expressions
