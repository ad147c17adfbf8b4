// SPDX-License-Identifier: Apache-2.0
#include "core/model/replicated_settings.h"

#include <algorithm>
#include <tuple>

namespace gyre {
namespace {

constexpr int kCounterBits = 16;  // of a HybridTime

auto values_of(const ProvisionedThroughput& throughput) {
  return std::tuple(throughput.read_units, throughput.write_units, throughput.increased_ms,
                    throughput.decreased_ms, throughput.decreases_today);
}

auto values_of(const OnDemandThroughput& caps) {
  return std::tuple(caps.read_units_max, caps.write_units_max);
}

auto values_of(const std::optional<WarmThroughput>& warm) {
  return warm ? std::tuple(warm->read_units, warm->write_units)
              : std::tuple(std::uint64_t{0}, std::uint64_t{0});
}

auto capacity_of(const TableSchema& table) {
  return std::tuple(table.billing_mode, table.on_demand_ms, values_of(table.throughput),
                    values_of(table.on_demand), values_of(table.warm));
}

auto capacity_of(const IndexSchema& index) {
  return std::tuple(values_of(index.throughput), values_of(index.on_demand), values_of(index.warm));
}

auto class_of(const TableSchema& table) {
  return std::tuple(table.table_class_changed_ms, table.table_class, table.table_class_changed_before_ms);
}

auto time_to_live_of(const TableSchema& table) {
  const TimeToLive setting = table.time_to_live.value_or(TimeToLive());
  return std::tuple(setting.changed_ms, setting.enabled, setting.attribute);
}

auto encryption_of(const TableSchema& table) {
  return std::tie(table.encryption.changed_ms, table.encryption.kind, table.encryption.keys);
}

bool index_capacity_changed(const TableSchema& before, const TableSchema& after) {
  return std::any_of(after.indexes.begin(), after.indexes.end(), [&](const IndexSchema& index) {
    const IndexSchema* old = before.find_index(index.name);
    return old != nullptr && capacity_of(*old) != capacity_of(index);
  });
}

// An index that is not there yet comes with its capacity.
void copy_index_capacity(const TableSchema& from, TableSchema& to) {
  for (IndexSchema& index : to.indexes) {
    const IndexSchema* other = from.find_index(index.name);
    if (other == nullptr) continue;
    index.throughput = other->throughput;
    index.on_demand = other->on_demand;
    index.warm = other->warm;
  }
}

void copy_capacity(const TableSchema& from, TableSchema& to) {
  to.capacity_stamp = from.capacity_stamp;
  to.billing_mode = from.billing_mode;
  to.on_demand_ms = from.on_demand_ms;
  to.throughput = from.throughput;
  to.on_demand = from.on_demand;
  to.warm = from.warm;
  copy_index_capacity(from, to);
}

void copy_class(const TableSchema& from, TableSchema& to) {
  to.table_class = from.table_class;
  to.table_class_changed_ms = from.table_class_changed_ms;
  to.table_class_changed_before_ms = from.table_class_changed_before_ms;
}

}  // namespace

void note_capacity_change(const TableSchema& before, std::uint64_t now_ms, TableSchema& after) {
  if (capacity_of(before) == capacity_of(after) && !index_capacity_changed(before, after)) return;
  after.capacity_stamp = std::max<HybridTime>(before.capacity_stamp + 1, now_ms << kCounterBits);
}

void take_newer_settings(const TableSchema& other, TableSchema& table) {
  const auto stamped_capacity_of = [](const TableSchema& one) {
    return std::tuple(one.capacity_stamp, capacity_of(one));
  };
  if (stamped_capacity_of(other) > stamped_capacity_of(table)) copy_capacity(other, table);
  if (class_of(other) > class_of(table)) copy_class(other, table);
  if (time_to_live_of(other) > time_to_live_of(table)) table.time_to_live = other.time_to_live;
  if (encryption_of(other) > encryption_of(table)) table.encryption = other.encryption;
}

void copy_settings(const TableSchema& source, TableSchema& replica) {
  copy_capacity(source, replica);
  copy_class(source, replica);
  replica.time_to_live = source.time_to_live;
  replica.encryption = source.encryption;
}

}  // namespace gyre
