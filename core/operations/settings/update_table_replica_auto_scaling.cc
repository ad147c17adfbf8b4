// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "core/operations/requests/dependencies.h"
#include "core/operations/settings/replica_auto_scaling.h"

namespace gyre::operations {
namespace {

/// Of one structure that has a member of AutoScalingSettingsUpdate: kValidation unless it disables.
Status check_disabled(const RequestReader& structure, std::initializer_list<std::string_view> members) {
  for (const std::string_view member : members) {
    ASSIGN_OR_RETURN(const std::optional<RequestReader> settings, structure.structure(member));
    if (!settings) continue;
    ASSIGN_OR_RETURN(const bool disabled, settings->flag("AutoScalingDisabled"));
    if (!disabled) return Error::validation("Gyre: auto scaling is not supported yet");
  }
  return {};
}

Status check_list(const RequestReader& request, std::string_view list_name, std::string_view type,
                  const std::function<Status(const RequestReader&)>& check) {
  ASSIGN_OR_RETURN(const std::optional<json::Value> list, request.list(list_name));
  if (!list) return {};
  return for_each_structure(*list, type, request.path_of(list_name), check);
}

Status check_replica(const RequestReader& replica) {
  RETURN_IF_ERROR(check_disabled(replica, {"ReplicaProvisionedReadCapacityAutoScalingUpdate"}));
  return check_list(replica, "ReplicaGlobalSecondaryIndexUpdates",
                    "ReplicaGlobalSecondaryIndexAutoScalingUpdate", [](const RequestReader& index) {
                      return check_disabled(index, {"ProvisionedReadCapacityAutoScalingUpdate"});
                    });
}

Status check_update(const RequestReader& request) {
  RETURN_IF_ERROR(check_disabled(request, {"ProvisionedWriteCapacityAutoScalingUpdate"}));
  RETURN_IF_ERROR(check_list(request, "GlobalSecondaryIndexUpdates", "GlobalSecondaryIndexAutoScalingUpdate",
                             [](const RequestReader& index) {
                               return check_disabled(index, {"ProvisionedWriteCapacityAutoScalingUpdate"});
                             }));
  return check_list(request, "ReplicaUpdates", "ReplicaAutoScalingUpdate", check_replica);
}

/// Disabling what is never enabled is answered as AWS does; enabling is refused.
class UpdateTableReplicaAutoScaling final : public ParsedOperation<storage::TablePointer> {
 public:
  explicit UpdateTableReplicaAutoScaling(storage::Store& store) : store_(store) {}

 private:
  Result<storage::TablePointer> parse(const RequestReader& request) const override {
    ASSIGN_OR_RETURN(storage::TablePointer table, read_scaled_table(request, store_));
    RETURN_IF_ERROR(check_update(request));
    return table;
  }

  Intents intents(const storage::TablePointer& table) const override {
    return table_intent("dynamodb:UpdateTableReplicaAutoScaling", table->schema.name);
  }

  void execute(storage::TablePointer table, const http::Request&, http::Responder respond) override {
    respond(auto_scaling_reply(table->schema));
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_update_table_replica_auto_scaling(const Dependencies& dependencies) {
  return std::make_unique<UpdateTableReplicaAutoScaling>(dependencies.store);
}

}  // namespace gyre::operations
