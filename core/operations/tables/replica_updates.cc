// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/replica_updates.h"

#include <fmt/core.h>

#include <array>
#include <set>
#include <string>
#include <utility>

#include "core/operations/requests/api_names.h"

namespace gyre::operations {
namespace {

/// What Create, Update and Delete all have.
struct NamedRegion {
  RegionId region;
  std::string key_id;
};

Result<NamedRegion> read_action(const RequestReader& action) {
  RETURN_IF_ERROR(refuse_unsupported(action, {{"ProvisionedThroughputOverride"},
                                              {"OnDemandThroughputOverride"},
                                              {"GlobalSecondaryIndexes"},
                                              {"TableClassOverride"}}));
  ASSIGN_OR_RETURN(const std::string_view region, action.required_string("RegionName"));
  ASSIGN_OR_RETURN(std::string key, read_key_id(action));
  return NamedRegion{RegionId(std::string(region)), std::move(key)};
}

Status read_element(const RequestReader& element, std::set<RegionId>& named, ReplicaRequest& replicas) {
  constexpr std::array<std::string_view, 3> kActions = {"Create", "Update", "Delete"};
  RETURN_IF_ERROR(refuse_unsupported(element, {{"Disassociate"}}));
  std::string_view name;
  std::optional<RequestReader> action;
  for (const std::string_view one : kActions) {
    ASSIGN_OR_RETURN(std::optional<RequestReader> structure, element.structure(one));
    if (!structure) continue;
    name = action ? "" : one;  // two are as wrong as none
    action = std::move(structure);
  }
  if (name.empty()) {
    return Error::validation(
        "One or more parameter values were invalid: Exactly one of Create, Update and Delete must be "
        "specified in each "
        "element of ReplicaUpdates");
  }
  ASSIGN_OR_RETURN(NamedRegion of, read_action(*action));
  if (!named.insert(of.region).second) {
    return Error::validation(fmt::format(
        "One or more parameter values were invalid: Replica specified more than once: {}", of.region.name()));
  }
  if (name == "Update") {
    if (!replicas.updates) replicas.updates.emplace();
    replicas.updates->emplace(std::move(of.region), std::move(of.key_id));
    return {};
  }
  const bool create = name == "Create";
  if (create) replicas.keys.emplace(of.region, std::move(of.key_id));
  replicas.members.push_back(
      {create ? ReplicaUpdate::Action::kCreate : ReplicaUpdate::Action::kDelete, std::move(of.region)});
  return {};
}

Status check_consistency(const RequestReader& request) {
  enum class Consistency { kEventual, kStrong };
  constexpr std::array<std::string_view, 2> kNames = {"EVENTUAL", "STRONG"};
  ASSIGN_OR_RETURN(const auto consistency, request.choice<Consistency>("MultiRegionConsistency", kNames));
  if (consistency != Consistency::kStrong) return {};
  return Error::validation("Gyre: the parameter MultiRegionConsistency supports EVENTUAL only");
}

}  // namespace

Result<ReplicaRequest> read_replica_updates(const RequestReader& request) {
  RETURN_IF_ERROR(check_consistency(request));
  ReplicaRequest replicas;
  ASSIGN_OR_RETURN(const std::optional<json::Value> list, request.list("ReplicaUpdates"));
  if (!list) return replicas;
  std::set<RegionId> named;
  RETURN_IF_ERROR(for_each_structure(
      *list, "ReplicationGroupUpdate", "replicaUpdates",
      [&](const RequestReader& element) { return read_element(element, named, replicas); }));
  if (replicas.updates && !replicas.members.empty()) {
    return Error::validation(
        "Update table operation with more than one type of replica actions not allowed.");
  }
  return replicas;
}

}  // namespace gyre::operations
