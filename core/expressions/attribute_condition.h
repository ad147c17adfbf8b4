// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/model/attribute_value.h"

namespace gyre::expressions {

/// The operators of a condition on one attribute, in the order in which AWS lists them.
enum class ComparisonOperator {
  kIn,
  kNull,  ///< there is no such attribute
  kBetween,
  kLess,
  kNotContains,
  kEqual,
  kGreater,
  kNotNull,
  kNotEqual,
  kLessOrEqual,
  kBeginsWith,
  kGreaterOrEqual,
  kContains,
};

/// A condition on one top-level attribute: what a KeyConditionExpression breaks up into, and how the
/// parameters from before expressions (Expected, KeyConditions, QueryFilter, ScanFilter) write all
/// conditions.
struct AttributeCondition {
  std::string attribute = {};
  ComparisonOperator operation = ComparisonOperator::kEqual;
  std::vector<AttributeValue> values = {};  ///< as many as the operator takes, of types that it takes
};

}  // namespace gyre::expressions
