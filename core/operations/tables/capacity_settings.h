// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/tables/capacity_rules.h"
#include "core/operations/tables/table_settings.h"

namespace gyre::operations {

// What requests say of capacity: billing mode, provisioned throughput, caps of on-demand tables, warm
// throughput. Pure but for reading the request; messages are AWS's, which words some of them differently in
// CreateTable and UpdateTable.

/// All that a request says of the capacity of a table or of one index.
struct CapacityRequest {
  std::optional<BillingMode> mode;  ///< of a table alone: an index has its table's
  std::optional<Throughput> throughput;
  std::optional<OnDemandRequest> on_demand;
  std::optional<WarmRequest> warm;

  /// What AWS calls a change of the table's IOPS.
  bool changes_billing() const { return mode || throughput; }
};
/// A table's empty structures say nothing, as on AWS (measured).
Result<CapacityRequest> read_capacity(const RequestReader& table);
Result<CapacityRequest> read_index_capacity(const RequestReader& index);

/// The capacity of a new table. Errors: those of capacity_rules.h.
Status set_capacity(const CapacityRequest& request, const RegionId& region, TableSchema& table);
/// Of a new table or index whose mode is known. That throughput is there just if it must be is for the
/// caller.
Status set_capacity(const CapacityRequest& request, const CapacityOwner& owner);

/// The capacity after an UpdateTable; that of indexes is changed apart.
Status change_capacity(const CapacityRequest& request, const RegionId& region, std::uint64_t now_ms,
                       TableSchema& table);
/// Of an index whose table has its new mode already, which may be other than before.
Status change_index_capacity(const CapacityRequest& request, bool mode_changes, std::uint64_t now_ms,
                             const CapacityOwner& index);

}  // namespace gyre::operations
