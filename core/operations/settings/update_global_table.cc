// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "core/operations/requests/api_names.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/settings/legacy_global_tables.h"

namespace gyre::operations {
namespace {

struct LegacyUpdate {
  std::string name;
  bool any = false;
  bool adds_replicas = false;
};

/// Adding a replica is refused before AWS looks for the global table; and there is none.
class UpdateGlobalTable final : public ParsedOperation<LegacyUpdate> {
  Result<LegacyUpdate> parse(const RequestReader& request) const override {
    LegacyUpdate update;
    ASSIGN_OR_RETURN(update.name, read_global_table_name(request));
    ASSIGN_OR_RETURN(const json::Value list, request.required_list("ReplicaUpdates"));
    update.any = list.size() != 0;
    RETURN_IF_ERROR(for_each_structure(list, "ReplicaUpdate", "replicaUpdates",
                                       [&](const RequestReader& element) -> Status {
                                         update.adds_replicas |= element.has("Create");
                                         return {};
                                       }));
    return update;
  }

  Intents intents(const LegacyUpdate& update) const override {
    return global_table_intent("dynamodb:UpdateGlobalTable", update.name);
  }

  void execute(LegacyUpdate update, const http::Request&, http::Responder respond) override {
    if (!update.any) return respond(Error::validation("One or more parameter values were invalid"));
    if (update.adds_replicas) return respond(legacy_global_tables_refused());
    respond(legacy_global_table_not_found(update.name));
  }
};

}  // namespace

OperationPointer make_update_global_table(const Dependencies&) {
  return std::make_unique<UpdateGlobalTable>();
}

}  // namespace gyre::operations
