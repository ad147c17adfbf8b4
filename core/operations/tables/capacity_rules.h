// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "core/operations/tables/table_settings.h"

namespace gyre::operations {

// What a table, or a global index for itself, may take: the same rules for both, and nearly the same words.
// Pure. New ones are `set`, those that are there are `change`d.

/// `OnDemandThroughput`: -1 takes a cap away, an absent member leaves it.
struct OnDemandRequest {
  std::optional<std::int64_t> read_units_max;
  std::optional<std::int64_t> write_units_max;

  bool any() const { return read_units_max || write_units_max; }
};

/// `WarmThroughput`: an absent member stays as it is.
struct WarmRequest {
  std::optional<std::int64_t> read_units;
  std::optional<std::int64_t> write_units;

  bool any() const { return read_units || write_units; }
};

/// Whose capacity it is. Borrows; lives while one request is decided.
struct CapacityOwner {
  std::optional<std::string_view> index;  ///< absent = the table itself
  BillingMode mode;
  const RegionId& region;
  ProvisionedThroughput& throughput;
  OnDemandThroughput& on_demand;
  std::optional<WarmThroughput>& warm;
};
CapacityOwner capacity_of(TableSchema& table, const RegionId& region);
CapacityOwner capacity_of(IndexSchema& index, BillingMode mode, const RegionId& region);

/// kLimitExceeded beyond the default quota of a table, which each index has for itself.
Status set_throughput(const Throughput& wanted, const CapacityOwner& owner);
/// The same; also kValidation if nothing would change, and kLimitExceeded if the day's decreases are spent:
/// four a UTC day, then one an hour (AWS developer guide, "Quotas").
Status change_throughput(const Throughput& wanted, std::uint64_t now_ms, const CapacityOwner& owner);
/// Decreases of an earlier UTC day do not count any more.
void forget_old_decreases(std::uint64_t now_ms, ProvisionedThroughput& throughput);

/// kValidation if the table is PROVISIONED or a cap cannot be; kLimitExceeded beyond the quota.
Status set_caps(const OnDemandRequest& wanted, const CapacityOwner& owner);
Status change_caps(const OnDemandRequest& wanted, const CapacityOwner& owner);

/// kValidation below what it has anyhow; kLimitExceeded beyond the quota.
Status set_warm(const WarmRequest& wanted, const CapacityOwner& owner);
Status change_warm(const WarmRequest& wanted, const CapacityOwner& owner);

/// What table or index could take at once. It never falls: on demand it is at least what AWS gives a new
/// table, PROVISIONED the most that was ever provisioned.
WarmThroughput warm_throughput(BillingMode mode, const ProvisionedThroughput& throughput,
                               const std::optional<WarmThroughput>& raised);
/// What was ever reached stays, whatever mode and throughput are by now.
void keep_warm(const WarmThroughput& reached, const CapacityOwner& owner);

}  // namespace gyre::operations
