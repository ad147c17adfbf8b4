// SPDX-License-Identifier: Apache-2.0
#include "core/operations/capacity/capacity.h"

#include <algorithm>

namespace gyre::operations {
namespace {

constexpr std::uint64_t kReadUnitBytes = 4096;
constexpr std::uint64_t kWriteUnitBytes = 1024;

std::uint64_t units_of(std::uint64_t bytes, std::uint64_t unit_bytes) {
  return std::max<std::uint64_t>(1, (bytes + unit_bytes - 1) / unit_bytes);
}

}  // namespace

Result<CapacityDetail> read_capacity_detail(const RequestReader& request) {
  constexpr std::array<std::string_view, 3> kNames = {"INDEXES", "TOTAL", "NONE"};
  ASSIGN_OR_RETURN(const auto detail, request.choice<CapacityDetail>("ReturnConsumedCapacity", kNames));
  return detail.value_or(CapacityDetail::kNone);
}

double read_units(std::uint64_t bytes, bool consistent) {
  return static_cast<double>(units_of(bytes, kReadUnitBytes)) * (consistent ? 1.0 : 0.5);
}

double write_units(std::uint64_t old_bytes, std::uint64_t new_bytes) {
  return static_cast<double>(units_of(std::max(old_bytes, new_bytes), kWriteUnitBytes));
}

double index_units(const storage::IndexWrite& write) {
  const std::uint64_t before = write.bytes_before.value_or(0);
  const std::uint64_t after = write.bytes_after.value_or(0);
  if (write.moved) return write_units(before, 0) + write_units(0, after);
  return write_units(before, after);
}

ConsumedCapacity::Table& ConsumedCapacity::table_of(std::string_view name) {
  const auto known =
      std::find_if(tables_.begin(), tables_.end(), [&](const Table& table) { return table.name == name; });
  return known != tables_.end() ? *known : tables_.emplace_back(Table{.name = std::string(name)});
}

void ConsumedCapacity::add(std::string_view table, double units) {
  table_of(table).units += units * (price_ == CapacityPrice::kPlain ? 1 : kTransactionPrice);
}

void ConsumedCapacity::add_index(std::string_view table, const std::string& index, bool local, double units) {
  Table& entry = table_of(table);
  (local ? entry.local_indexes : entry.global_indexes)[index] += units;
}

void ConsumedCapacity::add_write(std::string_view table, const WriteCost& cost) {
  add(table, write_units(cost.old_bytes, cost.new_bytes));
  for (const storage::IndexWrite& write : cost.index_writes) {
    add_index(table, write.index, write.local, index_units(write));
  }
}

void ConsumedCapacity::write_one(json::Writer& writer) const {
  if (!wanted() || tables_.empty()) return;
  writer.key("ConsumedCapacity");
  write_table(writer, tables_.front());
}

void ConsumedCapacity::write_list(json::Writer& writer) const {
  if (!wanted() || tables_.empty()) return;
  writer.key("ConsumedCapacity").begin_array();
  for (const Table& table : tables_) write_table(writer, table);
  writer.end_array();
}

void ConsumedCapacity::write_table(json::Writer& writer, const Table& table) const {
  double total = table.units;
  for (const auto& [name, units] : table.local_indexes) total += units;
  for (const auto& [name, units] : table.global_indexes) total += units;
  writer.begin_object().member("TableName", table.name);
  write_units_of(writer, total);
  if (detail_ == CapacityDetail::kIndexes) {
    writer.key("Table").begin_object();
    write_units_of(writer, table.units);
    writer.end_object();
    write_indexes(writer, "LocalSecondaryIndexes", table.local_indexes);
    write_indexes(writer, "GlobalSecondaryIndexes", table.global_indexes);
  }
  writer.end_object();
}

void ConsumedCapacity::write_indexes(json::Writer& writer, std::string_view member,
                                     const std::map<std::string, double>& indexes) const {
  if (indexes.empty()) return;
  writer.key(member).begin_object();
  for (const auto& [name, units] : indexes) {
    writer.key(name).begin_object();
    write_units_of(writer, units);
    writer.end_object();
  }
  writer.end_object();
}

void ConsumedCapacity::write_units_of(json::Writer& writer, double units) const {
  writer.key("CapacityUnits").number(units);
  if (price_ == CapacityPrice::kTransactionRead) writer.key("ReadCapacityUnits").number(units);
  if (price_ == CapacityPrice::kTransactionWrite) writer.key("WriteCapacityUnits").number(units);
}

void write_consumed_capacity(json::Writer& writer, CapacityDetail detail, std::string_view table,
                             double units) {
  ConsumedCapacity consumed(detail);
  if (!consumed.wanted()) return;
  consumed.add(table, units);
  consumed.write_one(writer);
}

}  // namespace gyre::operations
