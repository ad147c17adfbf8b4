// SPDX-License-Identifier: Apache-2.0
#include "core/operations/partiql/statement_members.h"

#include <fmt/core.h>

#include "core/base/limits.h"
#include "core/operations/items/action_reader.h"

namespace gyre::operations {
namespace {

std::string at_most(std::size_t most) {
  return fmt::format("Member must have length less than or equal to {}", most);
}

/// kValidation for a text that is empty or longer than `most`.
Status check_text(std::string_view text, std::string_view path, std::size_t most) {
  if (text.empty()) return constraint_error(text, path, kNotEmpty);
  if (text.size() > most) return constraint_error(text, path, at_most(most));
  return {};
}

/// A list of 1 to `most` elements of `type`, AWS's name for it.
Result<json::Value> read_statements(const RequestReader& request, std::string_view name,
                                    std::string_view type, std::size_t most) {
  ASSIGN_OR_RETURN(const json::Value statements, request.required_list(name));
  const std::string path = request.path_of(name);
  if (statements.size() == 0) return constraint_error("[]", path, kNotEmpty);
  if (statements.size() > most) return constraint_error(java_objects(statements, type), path, at_most(most));
  return statements;
}

}  // namespace

Status check_statement_members(const RequestReader& statement) {
  ASSIGN_OR_RETURN(const std::string_view text, statement.required_string("Statement"));
  RETURN_IF_ERROR(check_text(text, statement.path_of("Statement"), limits::kStatementBytesMax));
  ASSIGN_OR_RETURN(const std::optional<json::Value> parameters, statement.list("Parameters"));
  if (parameters && parameters->size() == 0) {
    return constraint_error("[]", statement.path_of("Parameters"), kNotEmpty);
  }
  const Result<bool> on_failure = read_item_on_failure(statement);
  if (!on_failure.ok()) return on_failure.error();
  return {};
}

Result<std::optional<std::string_view>> read_next_token(const RequestReader& request) {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> token, request.string("NextToken"));
  if (token) RETURN_IF_ERROR(check_text(*token, "nextToken", limits::kNextTokenBytesMax));
  return token;
}

Result<json::Value> read_batch_statements(const RequestReader& request) {
  return read_statements(request, "Statements", "BatchStatementRequest", limits::kBatchStatementsMax);
}

Result<json::Value> read_transact_statements(const RequestReader& request) {
  return read_statements(request, "TransactStatements", "ParameterizedStatement",
                         limits::kTransactionItemsMax);
}

}  // namespace gyre::operations
