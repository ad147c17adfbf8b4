// SPDX-License-Identifier: Apache-2.0
#include "core/operations/capacity/collection_metrics.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/json/attribute_json.h"
#include "core/operations/capacity/collection_size.h"

namespace gyre::operations {

Result<bool> wants_collection_metrics(const RequestReader& request) {
  enum class Metrics { kSize, kNone };
  constexpr std::array<std::string_view, 2> kNames = {"SIZE", "NONE"};
  ASSIGN_OR_RETURN(const auto metrics, request.choice<Metrics>("ReturnItemCollectionMetrics", kNames));
  return metrics == Metrics::kSize;
}

std::pair<std::uint64_t, std::uint64_t> size_range_gb(std::uint64_t bytes) {
  const std::uint64_t whole = bytes >> 30;
  return {whole, whole + 1};
}

void CollectionMetrics::add(std::string_view table, const TableSchema& schema, const ItemKey& key) {
  if (!has_collections(schema)) return;
  auto known =
      std::find_if(tables_.begin(), tables_.end(), [&](const Table& one) { return one.name == table; });
  if (known == tables_.end()) known = tables_.insert(known, Table{table, {}});
  const bool repeated =
      std::any_of(known->collections.begin(), known->collections.end(),
                  [&](const Collection& collection) { return collection.key->partition == key.partition; });
  if (!repeated) known->collections.push_back({&schema, &key});
}

Status CollectionMetrics::write_one(json::Writer& writer) const {
  if (tables_.empty()) return {};
  CHECK(tables_.size() == 1 && tables_.front().collections.size() == 1);
  writer.key("ItemCollectionMetrics");
  return write(writer, tables_.front().collections.front());
}

Status CollectionMetrics::write_by_table(json::Writer& writer) const {
  if (tables_.empty()) return {};
  writer.key("ItemCollectionMetrics").begin_object();
  for (const Table& table : tables_) {
    writer.key(table.name).begin_array();
    for (const Collection& collection : table.collections) RETURN_IF_ERROR(write(writer, collection));
    writer.end_array();
  }
  writer.end_object();
  return {};
}

Status CollectionMetrics::write(json::Writer& writer, const Collection& collection) const {
  const TableSchema& schema = *collection.schema;
  ASSIGN_OR_RETURN(AttributeMap attributes, key_attributes(schema.key_schema, *collection.key));
  if (schema.key_schema.sort) attributes.erase(schema.key_schema.sort->name);
  writer.begin_object().key("ItemCollectionKey");
  json::write_attribute_map(writer, attributes);
  const auto [lower, upper] = size_range_gb(reads_.collection_bytes(schema, *collection.key));
  writer.key("SizeEstimateRangeGB").begin_array();
  writer.unsigned_integer(lower).unsigned_integer(upper);
  writer.end_array().end_object();
  return {};
}

}  // namespace gyre::operations
