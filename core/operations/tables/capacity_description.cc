// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/capacity_description.h"

#include "core/operations/tables/capacity_settings.h"

namespace gyre::operations {
namespace {

void write_time(json::Writer& writer, std::string_view name, std::uint64_t ms) {
  if (ms != 0) writer.key(name).number(static_cast<double>(ms) / 1000.0);
}

// A table that never was on demand has none.
void write_billing_mode(json::Writer& writer, const TableSchema& table, TableStatus status) {
  const bool on_demand = table.billing_mode == BillingMode::kPayPerRequest;
  if (!on_demand && table.on_demand_ms == 0) return;
  writer.key("BillingModeSummary").begin_object();
  writer.member("BillingMode", billing_mode_name(table.billing_mode));
  if (status != TableStatus::kCreating) {
    write_time(writer, "LastUpdateToPayPerRequestDateTime", table.on_demand_ms);
  }
  writer.end_object();
}

}  // namespace

void write_capacity(json::Writer& writer, const TableSchema& table, TableStatus status, WarmStatus warm) {
  write_billing_mode(writer, table, status);
  write_throughput(writer, table.throughput);
  write_on_demand(writer, table.on_demand);
  if (status != TableStatus::kCreating || table.warm) {
    write_warm(writer, warm_throughput(table.billing_mode, table.throughput, table.warm), warm);
  }
  write_table_class(writer, "TableClassSummary", table);
}

void write_table_class(json::Writer& writer, std::string_view name, const TableSchema& table) {
  if (table.table_class == TableClass::kStandard && table.table_class_changed_ms == 0) return;
  writer.key(name).begin_object();
  writer.member("TableClass", table_class_name(table.table_class));
  write_time(writer, "LastUpdateDateTime", table.table_class_changed_ms);
  writer.end_object();
}

void write_throughput(json::Writer& writer, const ProvisionedThroughput& throughput) {
  writer.key("ProvisionedThroughput").begin_object();
  write_time(writer, "LastIncreaseDateTime", throughput.increased_ms);
  write_time(writer, "LastDecreaseDateTime", throughput.decreased_ms);
  writer.key("NumberOfDecreasesToday").unsigned_integer(throughput.decreases_today);
  writer.key("ReadCapacityUnits").unsigned_integer(throughput.read_units);
  writer.key("WriteCapacityUnits").unsigned_integer(throughput.write_units);
  writer.end_object();
}

void write_on_demand(json::Writer& writer, const OnDemandThroughput& caps) {
  if (!caps.read_units_max && !caps.write_units_max) return;
  writer.key("OnDemandThroughput").begin_object();
  if (caps.read_units_max) writer.key("MaxReadRequestUnits").unsigned_integer(*caps.read_units_max);
  if (caps.write_units_max) writer.key("MaxWriteRequestUnits").unsigned_integer(*caps.write_units_max);
  writer.end_object();
}

void write_warm(json::Writer& writer, const WarmThroughput& warm, WarmStatus status) {
  writer.key("WarmThroughput").begin_object();
  writer.key("ReadUnitsPerSecond").unsigned_integer(warm.read_units);
  writer.key("WriteUnitsPerSecond").unsigned_integer(warm.write_units);
  writer.member("Status", status == WarmStatus::kUpdating ? "UPDATING" : "ACTIVE").end_object();
}

}  // namespace gyre::operations
