// SPDX-License-Identifier: Apache-2.0
#include "global-tables/operations/table_reads.h"

#include <fmt/core.h>

#include "core/json/typed_read.h"

namespace gyre::global_tables {

Result<std::string> text_member(const json::Value& body, std::string_view name) {
  const auto value = body.find(name);
  if (!value) return Error::validation(fmt::format("{} is required", name));
  ASSIGN_OR_RETURN(const std::string_view text, json::read_string(*value));
  return std::string(text);
}

Result<std::uint64_t> number_member(const json::Value& body, std::string_view name, std::uint64_t fallback,
                                    std::uint64_t most) {
  const auto value = body.find(name);
  if (!value) return fallback;
  ASSIGN_OR_RETURN(const std::int64_t number, json::read_integer(*value, "Long"));
  if (number < 0 || static_cast<std::uint64_t>(number) > most) {
    return Error::validation(fmt::format("{} must be between 0 and {}", name, most));
  }
  return static_cast<std::uint64_t>(number);
}

Result<storage::TablePointer> table_member(storage::Store& store, const json::Value& body) {
  ASSIGN_OR_RETURN(const std::string name, text_member(body, "TableName"));
  storage::TablePointer table = store.catalog().snapshot()->find(name);
  if (table == nullptr) {
    return Error::resource_not_found(fmt::format("Requested resource not found: Table: {} not found", name));
  }
  return table;
}

void answer_from_read_pool(storage::Store& store, const http::Request& request, http::Responder respond,
                           std::function<Result<std::string>()> read) {
  CompletionSink* sink = request.sink;
  const bool taken = store.read_pool().post([sink, respond, read = std::move(read)] {
    sink->deliver({[respond, reply = read()]() mutable { respond(std::move(reply)); }});
  });
  if (!taken) respond(Error(ErrorCode::kThrottled, "Too many reads are waiting; try again."));
}

}  // namespace gyre::global_tables
