// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/expressions/ast.h"
#include "core/expressions/attribute_condition.h"

namespace gyre::expressions {

/// What a condition asks of the key that it names, if a key can be asked for that.
std::optional<ComparisonOperator> key_operator(const Node& node);
/// The same comparison with its sides exchanged: ":v < sk" is "sk > :v".
ComparisonOperator exchanged(ComparisonOperator operation);

}  // namespace gyre::expressions
