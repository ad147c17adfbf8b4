// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/capacity_settings.h"

#include <fmt/core.h>

#include <algorithm>
#include <ctime>
#include <string_view>

#include "core/base/limits.h"

namespace gyre::operations {
namespace {

constexpr std::uint64_t kHourMs = 3600ULL * 1000;
constexpr std::uint64_t kDayMs = 24 * kHourMs;

Error invalid(std::string_view what) {
  return Error::validation(fmt::format("One or more parameter values were invalid: {}", what));
}

// "Monday, October 10, 2022 at 1:00:19 PM Coordinated Universal Time"
std::string long_time(std::uint64_t ms) {
  const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char names[64];
  std::strftime(names, sizeof(names), "%A, %B", &parts);
  const int hour = parts.tm_hour % 12 == 0 ? 12 : parts.tm_hour % 12;
  return fmt::format("{} {}, {} at {}:{:02}:{:02} {} Coordinated Universal Time", names, parts.tm_mday,
                     parts.tm_year + 1900, hour, parts.tm_min, parts.tm_sec,
                     parts.tm_hour < 12 ? "AM" : "PM");
}

// --- provisioned throughput ---

Status check_quota(std::string_view member, std::uint64_t units, const RegionId& region) {
  if (units <= limits::kTableCapacityUnitsMax) return {};
  return Error(ErrorCode::kLimitExceeded,
               fmt::format("The requested {}, {}, is above the per table maximum for the account in {}. Per "
                           "table maximum: {}. Refer to the Amazon DynamoDB Developer Guide for current "
                           "limits and how to request higher limits.",
                           member, units, region.name(), limits::kTableCapacityUnitsMax));
}

Status check_quotas(const Throughput& wanted, const RegionId& region) {
  RETURN_IF_ERROR(check_quota("ReadCapacityUnits", wanted.read_units, region));
  return check_quota("WriteCapacityUnits", wanted.write_units, region);
}

Status count_decrease(std::uint64_t now_ms, ProvisionedThroughput& throughput) {
  forget_old_decreases(now_ms, throughput);
  const std::uint64_t next_ms =
      std::min(throughput.decreased_ms + kHourMs, (throughput.decreased_ms / kDayMs + 1) * kDayMs);
  if (throughput.decreases_today >= limits::kDecreasesMax && now_ms < next_ms) {
    return Error(
        ErrorCode::kLimitExceeded,
        fmt::format("Subscriber limit exceeded: Provisioned throughput decreases are limited within a given "
                    "UTC day. After the first {} decreases, each subsequent decrease in the same UTC day can "
                    "be performed at most once every 3600 seconds. Number of decreases today: {}. Last "
                    "decrease at {}. Next decrease can be made at {}",
                    limits::kDecreasesMax, throughput.decreases_today, long_time(throughput.decreased_ms),
                    long_time(next_ms)));
  }
  throughput.decreased_ms = now_ms;
  ++throughput.decreases_today;
  return {};
}

Status change_throughput(const Throughput& wanted, std::uint64_t now_ms, ProvisionedThroughput& throughput) {
  if (wanted.read_units == throughput.read_units && wanted.write_units == throughput.write_units) {
    return Error::validation(fmt::format(
        "The provisioned throughput for the table will not change. The requested value equals the current "
        "value. Current ReadCapacityUnits provisioned for the table: {0}. Requested ReadCapacityUnits: {0}. "
        "Current WriteCapacityUnits provisioned for the table: {1}. Requested WriteCapacityUnits: {1}. Refer "
        "to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
        wanted.read_units, wanted.write_units));
  }
  if (wanted.read_units < throughput.read_units || wanted.write_units < throughput.write_units) {
    RETURN_IF_ERROR(count_decrease(now_ms, throughput));
  }
  if (wanted.read_units > throughput.read_units || wanted.write_units > throughput.write_units) {
    throughput.increased_ms = now_ms;
  }
  throughput.read_units = wanted.read_units;
  throughput.write_units = wanted.write_units;
  return {};
}

// --- billing mode ---

// What a table or an index ever reached stays, whatever its mode and its throughput are by now.
void keep_warm(const WarmThroughput& reached, BillingMode mode, const ProvisionedThroughput& throughput,
               std::optional<WarmThroughput>& warm) {
  const WarmThroughput least = warm_throughput(mode, throughput, {});
  const WarmThroughput kept = warm_throughput(mode, throughput, reached);
  warm = kept == least ? std::nullopt : std::optional(kept);
}

void keep_warm(const TableSchema& before, TableSchema& table) {
  keep_warm(warm_throughput(before.billing_mode, before.throughput, before.warm), table.billing_mode,
            table.throughput, table.warm);
  for (std::size_t i = 0; i < table.indexes.size(); ++i) {
    const IndexSchema& old = before.indexes[i];
    IndexSchema& index = table.indexes[i];
    keep_warm(warm_throughput(before.billing_mode, old.throughput, old.warm), table.billing_mode,
              index.throughput, index.warm);
  }
}

void become_on_demand(std::uint64_t now_ms, TableSchema& table) {
  table.billing_mode = BillingMode::kPayPerRequest;
  table.on_demand_ms = now_ms;
  table.throughput.read_units = table.throughput.write_units = 0;
}

void become_provisioned(const Throughput& wanted, TableSchema& table) {
  table.billing_mode = BillingMode::kProvisioned;
  table.throughput.read_units = wanted.read_units;
  table.throughput.write_units = wanted.write_units;
  table.on_demand = {};
  for (IndexSchema& index : table.indexes) index.on_demand = {};
}

Status change_billing(const CapacityRequest& request, const RegionId& region, std::uint64_t now_ms,
                      TableSchema& table) {
  if (!request.changes_billing()) return {};
  const BillingMode mode = request.mode.value_or(table.billing_mode);
  const TableSchema before = table;
  if (mode == BillingMode::kPayPerRequest) {
    if (request.throughput && request.mode) {
      return invalid("ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST");
    }
    RETURN_IF_ERROR(check_billing(mode, request.throughput));
    if (table.billing_mode != mode) become_on_demand(now_ms, table);
  } else {
    if (!request.throughput) {
      return invalid("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
    }
    RETURN_IF_ERROR(check_quotas(*request.throughput, region));
    if (table.billing_mode != mode) {
      become_provisioned(*request.throughput, table);
    } else {
      RETURN_IF_ERROR(change_throughput(*request.throughput, now_ms, table.throughput));
    }
  }
  keep_warm(before, table);
  return {};
}

// --- caps of on-demand tables ---

Status check_cap(std::string_view member, std::optional<std::int64_t> units, bool may_remove,
                 const RegionId& region) {
  if (!units || (*units == -1 && may_remove)) return {};
  if (*units < 1) {
    return invalid(
        fmt::format("Requested {} for OnDemandThroughput for table is outside of valid range", member));
  }
  if (static_cast<std::uint64_t>(*units) <= limits::kTableCapacityUnitsMax) return {};
  const bool reads = member == "MaxReadRequestUnits";
  return Error(
      ErrorCode::kLimitExceeded,
      fmt::format("Subscriber limit exceeded: Requested {} for OnDemandThroughput for table exceeds "
                  "{} of the account in region {}",
                  member, reads ? "TableMaxReadCapacityUnits" : "TableMaxWriteCapacityUnits", region.name()));
}

Status check_caps(const OnDemandRequest& wanted, bool may_remove, const RegionId& region) {
  RETURN_IF_ERROR(check_cap("MaxReadRequestUnits", wanted.read_units_max, may_remove, region));
  return check_cap("MaxWriteRequestUnits", wanted.write_units_max, may_remove, region);
}

/// `sentence`: how the operation at hand says that the table is PROVISIONED.
Status check_caps_allowed(const OnDemandRequest& wanted, BillingMode mode, std::string_view sentence) {
  if (mode == BillingMode::kPayPerRequest) return {};
  if (wanted.read_units_max) return invalid(fmt::format("MaxReadRequestUnits{}", sentence));
  if (wanted.write_units_max) return invalid(fmt::format("MaxWriteRequestUnits{}", sentence));
  return {};
}

void merge_cap(std::optional<std::int64_t> wanted, std::optional<std::uint64_t>& cap) {
  if (!wanted) return;
  cap = *wanted < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(*wanted));
}

void merge_caps(const OnDemandRequest& wanted, OnDemandThroughput& caps) {
  merge_cap(wanted.read_units_max, caps.read_units_max);
  merge_cap(wanted.write_units_max, caps.write_units_max);
}

// --- warm throughput ---

Status check_warm(std::string_view member, std::optional<std::int64_t> wanted, std::uint64_t least,
                  std::string_view least_is, const RegionId& region) {
  if (!wanted) return {};
  if (*wanted < 0 || static_cast<std::uint64_t>(*wanted) < least) {
    return invalid(
        fmt::format("Requested {} for WarmThroughput for table is lower than {}", member, least_is));
  }
  if (static_cast<std::uint64_t>(*wanted) <= limits::kTableCapacityUnitsMax) return {};
  const bool reads = member == "ReadUnitsPerSecond";
  return Error(
      ErrorCode::kLimitExceeded,
      fmt::format("Subscriber limit exceeded: Requested {} for WarmThroughput for table exceeds {} of "
                  "the account in region {}",
                  member, reads ? "TableMaxReadCapacityUnits" : "TableMaxWriteCapacityUnits", region.name()));
}

void raise_warm(const WarmRequest& wanted, TableSchema& table) {
  const WarmThroughput now = warm_throughput(table.billing_mode, table.throughput, table.warm);
  const auto units = [](std::optional<std::int64_t> asked, std::uint64_t current) {
    return asked ? static_cast<std::uint64_t>(*asked) : current;
  };
  keep_warm({units(wanted.read_units, now.read_units), units(wanted.write_units, now.write_units)},
            table.billing_mode, table.throughput, table.warm);
}

Status set_warm(const WarmRequest& wanted, const RegionId& region, TableSchema& table) {
  constexpr std::string_view kInitial =
      "initial throughput for OnDemand. See: "
      "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
      "on-demand-capacity-mode.html#on-demand-capacity-mode-initial";
  const bool on_demand = table.billing_mode == BillingMode::kPayPerRequest;
  const WarmThroughput least = warm_throughput(table.billing_mode, table.throughput, {});
  RETURN_IF_ERROR(check_warm("ReadUnitsPerSecond", wanted.read_units, least.read_units,
                             on_demand ? kInitial : "ReadCapacityUnits of ProvisionedThroughput", region));
  RETURN_IF_ERROR(check_warm("WriteUnitsPerSecond", wanted.write_units, least.write_units,
                             on_demand ? kInitial : "WriteCapacityUnits of ProvisionedThroughput", region));
  raise_warm(wanted, table);
  return {};
}

Status change_warm(const WarmRequest& wanted, const RegionId& region, TableSchema& table) {
  constexpr std::string_view kCurrent = "current WarmThroughput, decreasing WarmThroughput is not supported";
  const WarmThroughput now = warm_throughput(table.billing_mode, table.throughput, table.warm);
  RETURN_IF_ERROR(check_warm("ReadUnitsPerSecond", wanted.read_units, now.read_units, kCurrent, region));
  RETURN_IF_ERROR(check_warm("WriteUnitsPerSecond", wanted.write_units, now.write_units, kCurrent, region));
  raise_warm(wanted, table);
  return {};
}

}  // namespace

Result<CapacityRequest> read_capacity(const RequestReader& request) {
  CapacityRequest capacity;
  ASSIGN_OR_RETURN(capacity.mode, read_billing_mode(request));
  ASSIGN_OR_RETURN(capacity.throughput, read_throughput(request));
  ASSIGN_OR_RETURN(const std::optional<RequestReader> on_demand, request.structure("OnDemandThroughput"));
  if (on_demand) {
    capacity.on_demand.emplace();
    ASSIGN_OR_RETURN(capacity.on_demand->read_units_max, on_demand->integer("MaxReadRequestUnits"));
    ASSIGN_OR_RETURN(capacity.on_demand->write_units_max, on_demand->integer("MaxWriteRequestUnits"));
  }
  ASSIGN_OR_RETURN(const std::optional<RequestReader> warm, request.structure("WarmThroughput"));
  if (warm) {
    capacity.warm.emplace();
    ASSIGN_OR_RETURN(capacity.warm->read_units, warm->integer("ReadUnitsPerSecond"));
    ASSIGN_OR_RETURN(capacity.warm->write_units, warm->integer("WriteUnitsPerSecond"));
  }
  return capacity;
}

Status set_capacity(const CapacityRequest& request, const RegionId& region, TableSchema& table) {
  table.billing_mode = request.mode.value_or(BillingMode::kProvisioned);
  RETURN_IF_ERROR(check_billing(table.billing_mode, request.throughput));
  if (request.throughput) {
    RETURN_IF_ERROR(check_quotas(*request.throughput, region));
    table.throughput.read_units = request.throughput->read_units;
    table.throughput.write_units = request.throughput->write_units;
  }
  if (request.on_demand) {
    RETURN_IF_ERROR(check_caps_allowed(
        *request.on_demand, table.billing_mode,
        " for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED."));
    RETURN_IF_ERROR(check_caps(*request.on_demand, false, region));
    merge_caps(*request.on_demand, table.on_demand);
  }
  return request.warm ? set_warm(*request.warm, region, table) : Status();
}

Status change_capacity(const CapacityRequest& request, const RegionId& region, std::uint64_t now_ms,
                       TableSchema& table) {
  forget_old_decreases(now_ms, table.throughput);
  RETURN_IF_ERROR(change_billing(request, region, now_ms, table));
  if (request.on_demand) {
    RETURN_IF_ERROR(check_caps_allowed(
        *request.on_demand, table.billing_mode,
        " for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED"));
    RETURN_IF_ERROR(check_caps(*request.on_demand, true, region));
    merge_caps(*request.on_demand, table.on_demand);
  }
  return request.warm ? change_warm(*request.warm, region, table) : Status();
}

WarmThroughput warm_throughput(BillingMode mode, const ProvisionedThroughput& throughput,
                               const std::optional<WarmThroughput>& raised) {
  const WarmThroughput least = mode == BillingMode::kPayPerRequest
                                   ? WarmThroughput{limits::kOnDemandReadUnits, limits::kOnDemandWriteUnits}
                                   : WarmThroughput{throughput.read_units, throughput.write_units};
  if (!raised) return least;
  return {std::max(least.read_units, raised->read_units), std::max(least.write_units, raised->write_units)};
}

void forget_old_decreases(std::uint64_t now_ms, ProvisionedThroughput& throughput) {
  if (now_ms / kDayMs != throughput.decreased_ms / kDayMs) throughput.decreases_today = 0;
}

}  // namespace gyre::operations
