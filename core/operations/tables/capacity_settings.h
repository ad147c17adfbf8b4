// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "core/operations/requests/request_reader.h"
#include "core/operations/tables/table_settings.h"

namespace gyre::operations {

// What a table may take: billing mode, provisioned throughput, caps of on-demand tables, warm throughput.
// Pure but for reading the request; messages are AWS's, which words some of them differently in CreateTable
// and UpdateTable.

/// `OnDemandThroughput`: -1 takes a cap away, an absent member leaves it.
struct OnDemandRequest {
  std::optional<std::int64_t> read_units_max;
  std::optional<std::int64_t> write_units_max;
};

/// `WarmThroughput`: an absent member stays as it is.
struct WarmRequest {
  std::optional<std::int64_t> read_units;
  std::optional<std::int64_t> write_units;
};

/// All that a request says of a table's capacity.
struct CapacityRequest {
  std::optional<BillingMode> mode;
  std::optional<Throughput> throughput;
  std::optional<OnDemandRequest> on_demand;
  std::optional<WarmRequest> warm;

  /// What AWS calls a change of the table's IOPS.
  bool changes_billing() const { return mode || throughput; }
};
Result<CapacityRequest> read_capacity(const RequestReader& request);

/// The capacity of a new table. kValidation, kLimitExceeded beyond the default quota of a table.
Status set_capacity(const CapacityRequest& request, const RegionId& region, TableSchema& table);

/// The capacity after an UpdateTable; the throughput of indexes is changed apart. kValidation, kLimitExceeded
/// also when the day's decreases are spent: four a UTC day, then one an hour (AWS developer guide, "Quotas").
Status change_capacity(const CapacityRequest& request, const RegionId& region, std::uint64_t now_ms,
                       TableSchema& table);

/// What table or index could take at once. It never falls: on demand it is at least what AWS gives a new
/// table, PROVISIONED the most that was ever provisioned.
WarmThroughput warm_throughput(BillingMode mode, const ProvisionedThroughput& throughput,
                               const std::optional<WarmThroughput>& raised);

/// Decreases of an earlier UTC day do not count any more.
void forget_old_decreases(std::uint64_t now_ms, ProvisionedThroughput& throughput);

}  // namespace gyre::operations
