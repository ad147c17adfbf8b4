// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/expressions/attribute_condition.h"
#include "core/expressions/condition_parser.h"

namespace gyre::expressions {

/// The tree that an expression of the same meaning would parse to. `junction` is kAnd or kOr.
ParsedCondition build_condition(Node::Kind junction, const std::vector<AttributeCondition>& conditions);

}  // namespace gyre::expressions
