// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "core/operations/requests/api_names.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"

namespace gyre::operations {
namespace {

struct AnyPage {};

/// There are no global tables of 2017 (legacy_global_tables.h), so every page is empty.
class ListGlobalTables final : public ParsedOperation<AnyPage> {
  Result<AnyPage> parse(const RequestReader& request) const override {
    ASSIGN_OR_RETURN(const auto after, request.string("ExclusiveStartGlobalTableName"));
    if (after) RETURN_IF_ERROR(check_table_name(*after, "exclusiveStartGlobalTableName"));
    const auto limit = request.integer("Limit", 1);
    if (!limit.ok()) return limit.error();
    return AnyPage();
  }

  Intents intents(const AnyPage&) const override { return general_intent("dynamodb:ListGlobalTables"); }

  void execute(AnyPage, const http::Request&, http::Responder respond) override {
    respond(std::string(R"({"GlobalTables":[]})"));
  }
};

}  // namespace

OperationPointer make_list_global_tables(const Dependencies&) {
  return std::make_unique<ListGlobalTables>();
}

}  // namespace gyre::operations
