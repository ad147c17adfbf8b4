// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "core/operations/requests/api_names.h"

// Members of requests with statements, as AWS's model checks them: kValidation, kSerialization.
namespace gyre::operations {

/// One statement: `Statement`, `Parameters` and `ReturnValuesOnConditionCheckFailure`. Checked of all
/// statements before anything is run.
Status check_statement_members(const RequestReader& statement);

/// `NextToken`, if it is there: 1 to 32,768 bytes.
Result<std::optional<std::string_view>> read_next_token(const RequestReader& request);
/// `Statements` of a batch: 1 to 25.
Result<json::Value> read_batch_statements(const RequestReader& request);
/// `TransactStatements`: 1 to 100.
Result<json::Value> read_transact_statements(const RequestReader& request);

}  // namespace gyre::operations
