// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/expressions/expressions.h"
#include "core/json/json_reader.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {

/// One condition of Expected, KeyConditions, QueryFilter or ScanFilter as the request gives it: its shape and
/// its operator's name are right; its values are not looked at yet, since AWS does so later. Holds as long as
/// the request.
struct LegacyCondition {
  std::string attribute = {};
  std::optional<expressions::ComparisonOperator> operation = {};  ///< may be absent in Expected only
  std::optional<json::Value> value_list = {};
  std::optional<json::Value> value = {};  ///< of Expected
  std::optional<bool> exists = {};        ///< of Expected
};

/// All conditions of one parameter, and how they are joined.
struct LegacyConditions {
  std::string_view parameter = {};
  std::vector<LegacyCondition> conditions = {};
  bool any = false;  ///< ConditionalOperator is OR
};

/// Each is absent if the parameter is.
Result<std::optional<LegacyConditions>> read_expected(const RequestReader& request);
/// `parameter`: "KeyConditions", "QueryFilter" or "ScanFilter".
Result<std::optional<LegacyConditions>> read_legacy_conditions(const RequestReader& request,
                                                               std::string_view parameter);

/// Reads the values. kValidation, with AWS's messages, if they are wrong in number or type.
Result<std::vector<expressions::AttributeCondition>> check_legacy_conditions(
    const LegacyConditions& conditions);
/// The same, joined; nothing if there are no conditions.
Result<std::optional<expressions::Condition>> legacy_condition(const LegacyConditions& conditions);

}  // namespace gyre::operations
