// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>

#include "core/model/attribute_value.h"

namespace gyre::expressions {

/// S, N and B: the types that have an order, and so may be compared with <.
bool is_orderable(AttributeType type);

/// The order of two values; unordered unless both are of the same orderable type.
std::partial_ordering compare_orderable(const AttributeValue& a, const AttributeValue& b);

}  // namespace gyre::expressions
