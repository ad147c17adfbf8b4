// SPDX-License-Identifier: Apache-2.0
#include "core/operations/capacity.h"

#include <algorithm>

namespace gyre::operations {
namespace {

constexpr std::uint64_t kReadUnitBytes = 4096;
constexpr std::uint64_t kWriteUnitBytes = 1024;

std::uint64_t units_of(std::uint64_t bytes, std::uint64_t unit_bytes) {
  return std::max<std::uint64_t>(1, (bytes + unit_bytes - 1) / unit_bytes);
}

enum class CollectionMetrics { kSize, kNone };

Result<std::optional<CollectionMetrics>> read_collection_metrics(const RequestReader& request) {
  constexpr std::array<std::string_view, 2> kNames = {"SIZE", "NONE"};
  return request.choice<CollectionMetrics>("ReturnItemCollectionMetrics", kNames);
}

}  // namespace

Result<CapacityDetail> read_capacity_detail(const RequestReader& request) {
  constexpr std::array<std::string_view, 3> kNames = {"INDEXES", "TOTAL", "NONE"};
  ASSIGN_OR_RETURN(const auto detail, request.choice<CapacityDetail>("ReturnConsumedCapacity", kNames));
  return detail.value_or(CapacityDetail::kNone);
}

Status check_collection_metrics(const RequestReader& request) {
  const auto metrics = read_collection_metrics(request);
  return metrics.ok() ? Status() : metrics.error();
}

Status check_collection_metrics(const RequestReader& request, const TableSchema& table) {
  ASSIGN_OR_RETURN(const auto metrics, read_collection_metrics(request));
  const auto is_local = [](const IndexSchema& index) { return index.local; };
  if (metrics != CollectionMetrics::kSize) return {};
  if (std::none_of(table.indexes.begin(), table.indexes.end(), is_local)) return {};
  return Error::validation("Gyre: the parameter ReturnItemCollectionMetrics is not supported yet");
}

double read_units(std::uint64_t bytes, bool consistent) {
  return static_cast<double>(units_of(bytes, kReadUnitBytes)) * (consistent ? 1.0 : 0.5);
}

double write_units(std::uint64_t old_bytes, std::uint64_t new_bytes) {
  return static_cast<double>(units_of(std::max(old_bytes, new_bytes), kWriteUnitBytes));
}

void write_table_capacity(json::Writer& writer, CapacityDetail detail, std::string_view table, double units) {
  writer.begin_object().member("TableName", table).key("CapacityUnits").number(units);
  if (detail == CapacityDetail::kIndexes) {
    writer.key("Table").begin_object().key("CapacityUnits").number(units).end_object();
  }
  writer.end_object();
}

void write_consumed_capacity(json::Writer& writer, CapacityDetail detail, std::string_view table,
                             double units) {
  if (detail == CapacityDetail::kNone) return;
  writer.key("ConsumedCapacity");
  write_table_capacity(writer, detail, table, units);
}

}  // namespace gyre::operations
