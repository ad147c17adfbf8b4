// SPDX-License-Identifier: Apache-2.0
#include "core/operations/partiql/prepared_statement.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "core/base/bounded_cache.h"
#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/model/item_codec.h"
#include "core/operations/items/action_reader.h"
#include "core/operations/requests/api_names.h"
#include "core/partiql/parser.h"

namespace gyre::operations {
namespace {

/// A statement is parsed without its parameters, so one text is one statement. Each I/O thread keeps its own.
Result<std::shared_ptr<const partiql::Statement>> parse_or_find(std::string_view text) {
  thread_local BoundedCache<partiql::Statement> cache(limits::kParseCacheEntries, limits::kParseCacheBytes);
  if (std::shared_ptr<const partiql::Statement> kept = cache.find(text)) return kept;
  ASSIGN_OR_RETURN(partiql::Statement parsed, partiql::parse_statement(text));
  auto statement = std::make_shared<const partiql::Statement>(std::move(parsed));
  constexpr std::size_t kBytesOfACharacter = 40;  // of the text, in the tree: about
  cache.put(std::string(text), statement, text.size() * kBytesOfACharacter);
  return std::shared_ptr<const partiql::Statement>(std::move(statement));
}

std::uint64_t binding_of(std::string_view text, const partiql::Parameters& parameters) {
  std::string bytes;
  append_sized(bytes, text);
  for (const AttributeValue& parameter : parameters) append_value(bytes, parameter);
  return hash64(bytes);
}

}  // namespace

Result<partiql::Parameters> read_parameters(const RequestReader& request) {
  partiql::Parameters parameters;
  ASSIGN_OR_RETURN(const std::optional<json::Value> list, request.list("Parameters"));
  if (!list) return parameters;
  RETURN_IF_ERROR(list->for_each_element([&](json::Value value) -> Status {
    ASSIGN_OR_RETURN(AttributeValue parameter, in_older_words(json::read_attribute(value)));
    parameters.push_back(std::move(parameter));
    return {};
  }));
  return parameters;
}

Result<PreparedStatement> prepare_statement(const RequestReader& request,
                                            const partiql::Parameters& parameters) {
  PreparedStatement prepared;
  ASSIGN_OR_RETURN(const std::string_view text, request.required_string("Statement"));
  ASSIGN_OR_RETURN(const std::shared_ptr<const partiql::Statement> statement, parse_or_find(text));
  ASSIGN_OR_RETURN(prepared.bound, partiql::bind(*statement, parameters));
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
