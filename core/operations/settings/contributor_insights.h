// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/item_intents.h"
#include "core/storage/store.h"

namespace gyre::operations {

// Gyre has no contributor insights, so they are never enabled; AWS answers the same of tables that never had
// them.

/// The table, or one of its indexes, whose insights a request is about.
struct InsightsOf {
  storage::TablePointer table;
  std::optional<std::string> index;
};
/// kValidation, kResourceNotFound.
Result<InsightsOf> read_insights_of(const RequestReader& request, storage::Store& store);
Intents insights_intent(std::string_view action, const InsightsOf& of);
/// What DescribeContributorInsights and UpdateContributorInsights answer.
std::string disabled_insights(const InsightsOf& of);

}  // namespace gyre::operations
