// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "core/operations/requests/api_names.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/settings/legacy_global_tables.h"

namespace gyre::operations {
namespace {

/// Refused whatever its replicas are: AWS lets nobody make a global table of 2017 any more.
class CreateGlobalTable final : public ParsedOperation<std::string> {
  Result<std::string> parse(const RequestReader& request) const override {
    ASSIGN_OR_RETURN(std::string name, read_global_table_name(request));
    const auto replicas = request.required_list("ReplicationGroup");
    if (!replicas.ok()) return replicas.error();
    return name;
  }

  Intents intents(const std::string& name) const override {
    return global_table_intent("dynamodb:CreateGlobalTable", name);
  }

  void execute(std::string, const http::Request&, http::Responder respond) override {
    respond(legacy_global_tables_refused());
  }
};

}  // namespace

OperationPointer make_create_global_table(const Dependencies&) {
  return std::make_unique<CreateGlobalTable>();
}

}  // namespace gyre::operations
