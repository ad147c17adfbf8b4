// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "core/base/work.h"
#include "core/expressions/ast.h"
#include "core/model/attribute_value.h"

namespace gyre::expressions {

/// Whether a resolved and checked condition holds for an item; nullptr is "no such item". Never fails: what
/// cannot be compared, because it is missing or of another type, makes the condition around it false. Copies
/// no value. Stops once `work` is used up, a little late; the answer means nothing then.
bool evaluate_condition(const Node& condition, const Values& values, const Item* item, Work& work);

/// "SS" and the like; empty for any other text.
std::optional<AttributeType> find_attribute_type(std::string_view name);

}  // namespace gyre::expressions
