// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/capacity_rules.h"

#include <fmt/core.h>

#include <algorithm>
#include <ctime>
#include <string>

#include "core/base/limits.h"

namespace gyre::operations {
namespace {

constexpr std::uint64_t kHourMs = 3600ULL * 1000;
constexpr std::uint64_t kDayMs = 24 * kHourMs;

// "table" or "index orders_by_day"
std::string name_of(const CapacityOwner& owner) {
  return owner.index ? fmt::format("index {}", *owner.index) : "table";
}

// "MaxReadRequestUnits for OnDemandThroughput for table"
std::string caps_member(std::string_view member, const CapacityOwner& owner) {
  const std::string name = owner.index ? fmt::format("index : {}", *owner.index) : "table";
  return fmt::format("{} for OnDemandThroughput for {}", member, name);
}
std::string warm_member(std::string_view member, const CapacityOwner& owner) {
  return fmt::format("{} for WarmThroughput for {}", member, name_of(owner));
}

Status check_account_quota(std::string_view member, std::int64_t units, bool reads, const RegionId& region) {
  if (static_cast<std::uint64_t>(units) <= limits::kTableCapacityUnitsMax) return {};
  return Error(
      ErrorCode::kLimitExceeded,
      fmt::format("Subscriber limit exceeded: Requested {} exceeds {} of the account in region {}", member,
                  reads ? "TableMaxReadCapacityUnits" : "TableMaxWriteCapacityUnits", region.name()));
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

Status check_quota(std::string_view member, std::uint64_t units, const CapacityOwner& owner) {
  if (units <= limits::kTableCapacityUnitsMax) return {};
  const std::string of_index = owner.index ? fmt::format(" for index {}", *owner.index) : "";
  return Error(ErrorCode::kLimitExceeded,
               fmt::format("The requested {}{}, {}, is above the per {} maximum for the account in {}. Per "
                           "table maximum: {}. Refer to the Amazon DynamoDB Developer Guide for current "
                           "limits and how to request higher limits.",
                           member, of_index, units, owner.index ? "index" : "table", owner.region.name(),
                           limits::kTableCapacityUnitsMax));
}

Status check_quotas(const Throughput& wanted, const CapacityOwner& owner) {
  RETURN_IF_ERROR(check_quota("ReadCapacityUnits", wanted.read_units, owner));
  return check_quota("WriteCapacityUnits", wanted.write_units, owner);
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

Error will_not_change(const Throughput& wanted, const CapacityOwner& owner) {
  const std::string name = name_of(owner);
  return Error::validation(fmt::format(
      "The provisioned throughput for the {0} will not change. The requested value equals the current value. "
      "Current ReadCapacityUnits provisioned for {1}: {2}. Requested ReadCapacityUnits: {2}. Current "
      "WriteCapacityUnits provisioned for {1}: {3}. Requested WriteCapacityUnits: {3}. Refer to the Amazon "
      "DynamoDB Developer Guide for current limits and how to request higher limits.",
      name, owner.index ? name : "the table", wanted.read_units, wanted.write_units));
}

// --- caps of what is on demand ---

Status check_cap(std::string_view member, std::optional<std::int64_t> units, const CapacityOwner& owner) {
  if (!units) return {};
  const std::string full_member = caps_member(member, owner);
  if (*units < 1)
    return invalid_parameter(fmt::format("Requested {} is outside of valid range", full_member));
  return check_account_quota(full_member, *units, member == "MaxReadRequestUnits", owner.region);
}

Status check_caps(const OnDemandRequest& wanted, const CapacityOwner& owner) {
  RETURN_IF_ERROR(check_cap("MaxReadRequestUnits", wanted.read_units_max, owner));
  return check_cap("MaxWriteRequestUnits", wanted.write_units_max, owner);
}

// `sentence` is what is said of a table or index that is PROVISIONED.
Status check_caps_allowed(const OnDemandRequest& wanted, BillingMode mode, std::string_view sentence) {
  if (mode == BillingMode::kPayPerRequest || !wanted.any()) return {};
  return invalid_parameter(fmt::format("{} for OnDemandThroughput{}",
                                       wanted.read_units_max ? "MaxReadRequestUnits" : "MaxWriteRequestUnits",
                                       sentence));
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
                  std::string_view least_is, const CapacityOwner& owner) {
  if (!wanted) return {};
  const std::string full_member = warm_member(member, owner);
  if (*wanted < 0 || static_cast<std::uint64_t>(*wanted) < least) {
    return invalid_parameter(fmt::format("Requested {} is lower than {}", full_member, least_is));
  }
  return check_account_quota(full_member, *wanted, member == "ReadUnitsPerSecond", owner.region);
}

void raise_warm(const WarmRequest& wanted, const CapacityOwner& owner) {
  const WarmThroughput now = warm_throughput(owner.mode, owner.throughput, owner.warm);
  const auto units = [](std::optional<std::int64_t> asked, std::uint64_t current) {
    return asked ? static_cast<std::uint64_t>(*asked) : current;
  };
  keep_warm({units(wanted.read_units, now.read_units), units(wanted.write_units, now.write_units)}, owner);
}

}  // namespace

CapacityOwner capacity_of(TableSchema& table, const RegionId& region) {
  return {{}, table.billing_mode, region, table.throughput, table.on_demand, table.warm};
}

CapacityOwner capacity_of(IndexSchema& index, BillingMode mode, const RegionId& region) {
  return {index.name, mode, region, index.throughput, index.on_demand, index.warm};
}

Status set_throughput(const Throughput& wanted, const CapacityOwner& owner) {
  RETURN_IF_ERROR(check_quotas(wanted, owner));
  owner.throughput.read_units = wanted.read_units;
  owner.throughput.write_units = wanted.write_units;
  return {};
}

Status change_throughput(const Throughput& wanted, std::uint64_t now_ms, const CapacityOwner& owner) {
  RETURN_IF_ERROR(check_quotas(wanted, owner));
  ProvisionedThroughput& throughput = owner.throughput;
  if (wanted.read_units == throughput.read_units && wanted.write_units == throughput.write_units) {
    return will_not_change(wanted, owner);
  }
  if (wanted.read_units < throughput.read_units || wanted.write_units < throughput.write_units) {
    RETURN_IF_ERROR(count_decrease(now_ms, throughput));
  }
  if (wanted.read_units > throughput.read_units || wanted.write_units > throughput.write_units) {
    throughput.increased_ms = now_ms;
  }
  const WarmThroughput reached = warm_throughput(owner.mode, throughput, owner.warm);
  throughput.read_units = wanted.read_units;
  throughput.write_units = wanted.write_units;
  keep_warm(reached, owner);
  return {};
}

void forget_old_decreases(std::uint64_t now_ms, ProvisionedThroughput& throughput) {
  if (now_ms / kDayMs != throughput.decreased_ms / kDayMs) throughput.decreases_today = 0;
}

Status set_caps(const OnDemandRequest& wanted, const CapacityOwner& owner) {
  const std::string of_index = owner.index ? fmt::format(" for index: {}", *owner.index) : "";
  RETURN_IF_ERROR(check_caps_allowed(
      wanted, owner.mode, of_index + " cannot be specified when table BillingMode is PROVISIONED."));
  RETURN_IF_ERROR(check_caps(wanted, owner));
  merge_caps(wanted, owner.on_demand);
  return {};
}

Status change_caps(const OnDemandRequest& wanted, const CapacityOwner& owner) {
  const std::string of_index = owner.index ? fmt::format(" for index : {}", *owner.index) : "";
  RETURN_IF_ERROR(check_caps_allowed(
      wanted, owner.mode, of_index + " cannot be specified when the table BillingMode is PROVISIONED"));
  const auto unless_removed = [](std::optional<std::int64_t> units) {
    return units == -1 ? std::nullopt : units;
  };
  RETURN_IF_ERROR(
      check_caps({unless_removed(wanted.read_units_max), unless_removed(wanted.write_units_max)}, owner));
  merge_caps(wanted, owner.on_demand);
  return {};
}

Status set_warm(const WarmRequest& wanted, const CapacityOwner& owner) {
  constexpr std::string_view kInitial =
      "initial throughput for OnDemand. See: "
      "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
      "on-demand-capacity-mode.html#on-demand-capacity-mode-initial";
  const bool on_demand = owner.mode == BillingMode::kPayPerRequest;
  const WarmThroughput least = warm_throughput(owner.mode, owner.throughput, {});
  RETURN_IF_ERROR(check_warm("ReadUnitsPerSecond", wanted.read_units, least.read_units,
                             on_demand ? kInitial : "ReadCapacityUnits of ProvisionedThroughput", owner));
  RETURN_IF_ERROR(check_warm("WriteUnitsPerSecond", wanted.write_units, least.write_units,
                             on_demand ? kInitial : "WriteCapacityUnits of ProvisionedThroughput", owner));
  raise_warm(wanted, owner);
  return {};
}

Status change_warm(const WarmRequest& wanted, const CapacityOwner& owner) {
  constexpr std::string_view kCurrent = "current WarmThroughput, decreasing WarmThroughput is not supported";
  const WarmThroughput now = warm_throughput(owner.mode, owner.throughput, owner.warm);
  RETURN_IF_ERROR(check_warm("ReadUnitsPerSecond", wanted.read_units, now.read_units, kCurrent, owner));
  RETURN_IF_ERROR(check_warm("WriteUnitsPerSecond", wanted.write_units, now.write_units, kCurrent, owner));
  raise_warm(wanted, owner);
  return {};
}

WarmThroughput warm_throughput(BillingMode mode, const ProvisionedThroughput& throughput,
                               const std::optional<WarmThroughput>& raised) {
  const WarmThroughput least = mode == BillingMode::kPayPerRequest
                                   ? WarmThroughput{limits::kOnDemandReadUnits, limits::kOnDemandWriteUnits}
                                   : WarmThroughput{throughput.read_units, throughput.write_units};
  if (!raised) return least;
  return {std::max(least.read_units, raised->read_units), std::max(least.write_units, raised->write_units)};
}

void keep_warm(const WarmThroughput& reached, const CapacityOwner& owner) {
  const WarmThroughput least = warm_throughput(owner.mode, owner.throughput, {});
  const WarmThroughput kept = warm_throughput(owner.mode, owner.throughput, reached);
  owner.warm = kept == least ? std::nullopt : std::optional(kept);
}

}  // namespace gyre::operations
