// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/replica_updates.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/operations/requests/api_names.h"

namespace gyre::operations {
namespace {

Result<ReplicaUpdate> read_update(const RequestReader& element) {
  RETURN_IF_ERROR(refuse_unsupported(element, {{"Update"}, {"Disassociate"}}));
  ASSIGN_OR_RETURN(const std::optional<RequestReader> create, element.structure("Create"));
  ASSIGN_OR_RETURN(const std::optional<RequestReader> remove, element.structure("Delete"));
  if (create.has_value() == remove.has_value()) {
    return Error::validation(
        "One or more parameter values were invalid: Exactly one of Create, Update and Delete must be "
        "specified in each "
        "element of ReplicaUpdates");
  }
  const RequestReader& action = create ? *create : *remove;
  RETURN_IF_ERROR(refuse_unsupported(action, {{"KMSMasterKeyId"},
                                              {"ProvisionedThroughputOverride"},
                                              {"OnDemandThroughputOverride"},
                                              {"GlobalSecondaryIndexes"},
                                              {"TableClassOverride"}}));
  ASSIGN_OR_RETURN(const std::string_view region, action.required_string("RegionName"));
  return ReplicaUpdate{create ? ReplicaUpdate::Action::kCreate : ReplicaUpdate::Action::kDelete,
                       RegionId(std::string(region))};
}

Status check_consistency(const RequestReader& request) {
  enum class Consistency { kEventual, kStrong };
  constexpr std::array<std::string_view, 2> kNames = {"EVENTUAL", "STRONG"};
  ASSIGN_OR_RETURN(const auto consistency, request.choice<Consistency>("MultiRegionConsistency", kNames));
  if (consistency != Consistency::kStrong) return {};
  return Error::validation("Gyre: the parameter MultiRegionConsistency supports EVENTUAL only");
}

}  // namespace

Result<std::vector<ReplicaUpdate>> read_replica_updates(const RequestReader& request) {
  RETURN_IF_ERROR(check_consistency(request));
  std::vector<ReplicaUpdate> updates;
  ASSIGN_OR_RETURN(const std::optional<json::Value> list, request.list("ReplicaUpdates"));
  if (!list) return updates;
  RETURN_IF_ERROR(for_each_structure(
      *list, "ReplicationGroupUpdate", "replicaUpdates", [&](const RequestReader& element) -> Status {
        ASSIGN_OR_RETURN(ReplicaUpdate update, read_update(element));
        const bool repeated = std::any_of(updates.begin(), updates.end(), [&](const ReplicaUpdate& other) {
          return other.region == update.region;
        });
        if (repeated) {
          return Error::validation(
              fmt::format("One or more parameter values were invalid: Replica specified more than once: {}",
                          update.region.name()));
        }
        updates.push_back(std::move(update));
        return {};
      }));
  return updates;
}

}  // namespace gyre::operations
