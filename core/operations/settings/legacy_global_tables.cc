// SPDX-License-Identifier: Apache-2.0
#include "core/operations/settings/legacy_global_tables.h"

#include <fmt/core.h>

#include "core/operations/requests/api_names.h"

namespace gyre::operations {

Result<std::string> read_global_table_name(const RequestReader& request) {
  ASSIGN_OR_RETURN(const std::string_view name, request.required_string("GlobalTableName"));
  RETURN_IF_ERROR(check_table_name(name, request.path_of("GlobalTableName")));
  return std::string(name);
}

Intents global_table_intent(std::string_view action, const std::string& name) {
  return {{action, Resource::of_global_table(name)}};
}

Error legacy_global_tables_refused() {
  return invalid_parameter(
      "DynamoDB global tables version 2017.11.29 is not supported. We recommend using DynamoDB global tables "
      "version 2019.11.21, instead of version 2017.11.29 (Legacy).");
}

Error legacy_global_table_not_found(const std::string& name) {
  return {ErrorCode::kGlobalTableNotFound,
          fmt::format("Global table not found: Global table with name: '{}' does not exist.", name)};
}

Error legacy_global_table_settings_not_found(const std::string& name) {
  return {ErrorCode::kGlobalTableNotFound, fmt::format("Global table with name: '{}' does not exist.", name)};
}

}  // namespace gyre::operations
