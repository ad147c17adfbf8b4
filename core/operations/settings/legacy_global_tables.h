// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/item_intents.h"

namespace gyre::operations {

// Global tables of 2017.11.29 as AWS answers for them today (measured by others in 2026): none can be made
// any more, so there are none, and those of 2019.11.21 are not among them.

/// `GlobalTableName`: kValidation.
Result<std::string> read_global_table_name(const RequestReader& request);
/// One action on a global table of 2017.
Intents global_table_intent(std::string_view action, const std::string& name);

/// kValidation: what would make one.
Error legacy_global_tables_refused();
/// kGlobalTableNotFound, in the words of DescribeGlobalTable and UpdateGlobalTable.
Error legacy_global_table_not_found(const std::string& name);
/// The same in the words of DescribeGlobalTableSettings and UpdateGlobalTableSettings.
Error legacy_global_table_settings_not_found(const std::string& name);

}  // namespace gyre::operations
