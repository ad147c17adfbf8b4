// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/capacity_settings.h"

#include <fmt/core.h>

#include <string_view>

namespace gyre::operations {
namespace {

// Of a table whose mode has changed.
void keep_all_warm(const TableSchema& before, const RegionId& region, TableSchema& table) {
  keep_warm(warm_throughput(before.billing_mode, before.throughput, before.warm), capacity_of(table, region));
  for (std::size_t i = 0; i < table.indexes.size(); ++i) {
    const IndexSchema& old = before.indexes[i];
    if (old.local) continue;
    keep_warm(warm_throughput(before.billing_mode, old.throughput, old.warm),
              capacity_of(table.indexes[i], table.billing_mode, region));
  }
}

void become_on_demand(std::uint64_t now_ms, TableSchema& table) {
  table.billing_mode = BillingMode::kPayPerRequest;
  table.on_demand_ms = now_ms;
  table.throughput.read_units = table.throughput.write_units = 0;
}

Status become_provisioned(const Throughput& wanted, const RegionId& region, TableSchema& table) {
  table.billing_mode = BillingMode::kProvisioned;
  table.on_demand = {};
  for (IndexSchema& index : table.indexes) index.on_demand = {};
  return set_throughput(wanted, capacity_of(table, region));
}

Status change_billing(const CapacityRequest& request, const RegionId& region, std::uint64_t now_ms,
                      TableSchema& table) {
  if (!request.changes_billing()) return {};
  const BillingMode mode = request.mode.value_or(table.billing_mode);
  if (mode == BillingMode::kPayPerRequest) {
    if (request.throughput && request.mode) {
      return invalid_parameter(
          "ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST");
    }
    RETURN_IF_ERROR(check_billing(mode, request.throughput));
  } else if (!request.throughput) {
    return invalid_parameter("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  }
  if (mode == table.billing_mode) {
    if (!request.throughput) return {};
    return change_throughput(*request.throughput, now_ms, capacity_of(table, region));
  }
  const TableSchema before = table;
  if (mode == BillingMode::kPayPerRequest) {
    become_on_demand(now_ms, table);
  } else {
    RETURN_IF_ERROR(become_provisioned(*request.throughput, region, table));
  }
  keep_all_warm(before, region, table);
  return {};
}

}  // namespace

Result<CapacityRequest> read_index_capacity(const RequestReader& index) {
  CapacityRequest capacity;
  ASSIGN_OR_RETURN(capacity.throughput, read_throughput(index));
  ASSIGN_OR_RETURN(const std::optional<RequestReader> on_demand, index.structure("OnDemandThroughput"));
  if (on_demand) {
    capacity.on_demand.emplace();
    ASSIGN_OR_RETURN(capacity.on_demand->read_units_max, on_demand->integer("MaxReadRequestUnits"));
    ASSIGN_OR_RETURN(capacity.on_demand->write_units_max, on_demand->integer("MaxWriteRequestUnits"));
  }
  ASSIGN_OR_RETURN(const std::optional<RequestReader> warm, index.structure("WarmThroughput"));
  if (warm) {
    capacity.warm.emplace();
    ASSIGN_OR_RETURN(capacity.warm->read_units, warm->integer("ReadUnitsPerSecond"));
    ASSIGN_OR_RETURN(capacity.warm->write_units, warm->integer("WriteUnitsPerSecond"));
  }
  return capacity;
}

Result<CapacityRequest> read_capacity(const RequestReader& table) {
  ASSIGN_OR_RETURN(const std::optional<BillingMode> mode, read_billing_mode(table));
  ASSIGN_OR_RETURN(CapacityRequest capacity, read_index_capacity(table));
  capacity.mode = mode;
  if (capacity.on_demand && !capacity.on_demand->any()) capacity.on_demand.reset();
  if (capacity.warm && !capacity.warm->any()) capacity.warm.reset();
  return capacity;
}

Status set_capacity(const CapacityRequest& request, const RegionId& region, TableSchema& table) {
  table.billing_mode = request.mode.value_or(BillingMode::kProvisioned);
  RETURN_IF_ERROR(check_billing(table.billing_mode, request.throughput));
  return set_capacity(request, capacity_of(table, region));
}

Status set_capacity(const CapacityRequest& request, const CapacityOwner& owner) {
  if (request.throughput) RETURN_IF_ERROR(set_throughput(*request.throughput, owner));
  if (request.on_demand) RETURN_IF_ERROR(set_caps(*request.on_demand, owner));
  return request.warm ? set_warm(*request.warm, owner) : Status();
}

Status change_capacity(const CapacityRequest& request, const RegionId& region, std::uint64_t now_ms,
                       TableSchema& table) {
  forget_old_decreases(now_ms, table.throughput);
  RETURN_IF_ERROR(change_billing(request, region, now_ms, table));
  const CapacityOwner owner = capacity_of(table, region);
  if (request.on_demand) RETURN_IF_ERROR(change_caps(*request.on_demand, owner));
  return request.warm ? change_warm(*request.warm, owner) : Status();
}

Status change_index_capacity(const CapacityRequest& request, bool mode_changes, std::uint64_t now_ms,
                             const CapacityOwner& index) {
  const bool caps = request.on_demand && request.on_demand->any();
  if (index.mode == BillingMode::kPayPerRequest && (request.throughput || !(caps || request.warm))) {
    return invalid_parameter(
        fmt::format("The only Updates for index: {} when TableThroughputMode is PAY_PER_REQUEST can be to "
                    "OnDemandThroughput, WarmThroughput",
                    *index.index));
  }
  if (request.on_demand) RETURN_IF_ERROR(change_caps(*request.on_demand, index));
  if (request.throughput) {
    RETURN_IF_ERROR(mode_changes ? set_throughput(*request.throughput, index)
                                 : change_throughput(*request.throughput, now_ms, index));
  } else if (index.mode == BillingMode::kProvisioned && (mode_changes || !request.warm)) {
    return invalid_parameter(fmt::format(
        "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: {}", *index.index));
  }
  return request.warm ? change_warm(*request.warm, index) : Status();
}

}  // namespace gyre::operations
