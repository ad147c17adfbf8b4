// SPDX-License-Identifier: Apache-2.0
#include "core/operations/partiql/prepared_statement.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/model/item_codec.h"
#include "core/operations/items/action_reader.h"
#include "core/operations/requests/arn.h"
#include "core/partiql/parser.h"

namespace gyre::operations {
namespace {

Result<partiql::Parameters> read_parameters(const RequestReader& request) {
  partiql::Parameters parameters;
  ASSIGN_OR_RETURN(const std::optional<json::Value> list, request.list("Parameters"));
  if (!list) return parameters;
  RETURN_IF_ERROR(list->for_each_element([&](json::Value value) -> Status {
    ASSIGN_OR_RETURN(AttributeValue parameter, json::read_attribute(value));
    parameters.push_back(std::move(parameter));
    return {};
  }));
  return parameters;
}

std::uint64_t binding_of(std::string_view text, const partiql::Parameters& parameters) {
  std::string bytes;
  append_sized(bytes, text);
  for (const AttributeValue& parameter : parameters) append_value(bytes, parameter);
  return hash64(bytes);
}

}  // namespace

Status check_statement_members(const RequestReader& request) {
  ASSIGN_OR_RETURN(const std::string_view text, request.required_string("Statement"));
  if (text.empty()) {
    return constraint_error(text, request.path_of("Statement"),
                            "Member must have length greater than or equal to 1");
  }
  if (text.size() > limits::kStatementBytesMax) {
    return constraint_error(text, request.path_of("Statement"),
                            "Member must have length less than or equal to 8192");
  }
  static_assert(limits::kStatementBytesMax == 8192);
  ASSIGN_OR_RETURN(const std::optional<json::Value> parameters, request.list("Parameters"));
  if (parameters && parameters->size() == 0) {
    return constraint_error("[]", request.path_of("Parameters"),
                            "Member must have length greater than or equal to 1");
  }
  const Result<bool> on_failure = read_item_on_failure(request);
  if (!on_failure.ok()) return on_failure.error();
  return {};
}

Result<PreparedStatement> prepare_statement(const RequestReader& request) {
  PreparedStatement prepared;
  ASSIGN_OR_RETURN(const partiql::Parameters parameters, read_parameters(request));
  ASSIGN_OR_RETURN(const std::string_view text, request.required_string("Statement"));
  ASSIGN_OR_RETURN(const partiql::Statement statement, partiql::parse_statement(text));
  ASSIGN_OR_RETURN(prepared.bound, partiql::bind(statement, parameters));
  ASSIGN_OR_RETURN(prepared.item_on_condition_failure, read_item_on_failure(request));
  prepared.binding = binding_of(text, parameters);
  prepared.parameter_bytes = text.size();
  for (const AttributeValue& parameter : parameters) prepared.parameter_bytes += dynamodb_size(parameter);
  return prepared;
}

Result<TableReference> statement_table(const partiql::BoundStatement& statement, const RegionId& region) {
  const std::string& text = partiql::source_of(statement).table;
  if (is_arn(text)) return parse_item_table(text, region);
  Result<TableReference> reference = parse_item_table(text, region);
  if (reference.ok()) return reference;
  return Error::validation(
      "Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', '-', '_', '.'.");
}

}  // namespace gyre::operations
