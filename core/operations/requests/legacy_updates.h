// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/expressions/expressions.h"
#include "core/json/json_reader.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {

/// One member of AttributeUpdates as the request gives it: its shape and its action's name are right; its
/// value is not looked at yet, since AWS does so later. Holds as long as the request.
struct LegacyUpdate {
  std::string attribute = {};
  expressions::AttributeUpdate::Action action = expressions::AttributeUpdate::Action::kPut;
  std::optional<json::Value> value = {};
};

/// `AttributeUpdates`, if it is there.
Result<std::optional<std::vector<LegacyUpdate>>> read_attribute_updates(const RequestReader& request);

/// kValidation, with AWS's messages, for values that an action does not take. Nothing if there are no
/// updates.
Result<std::optional<expressions::Update>> legacy_update(const std::vector<LegacyUpdate>& updates);

}  // namespace gyre::operations
