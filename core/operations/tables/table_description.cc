// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/table_description.h"

#include <map>
#include <set>

#include "core/json/json_writer.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/tables/capacity_description.h"
#include "core/operations/tables/capacity_rules.h"
#include "core/operations/tables/encryption.h"

namespace gyre::operations {
namespace {

void write_definition(json::Writer& writer, const KeyAttribute& attribute) {
  writer.begin_object()
      .member("AttributeName", attribute.name)
      .member("AttributeType", scalar_type_name(attribute.type))
      .end_object();
}

void write_key_element(json::Writer& writer, const KeyAttribute& attribute, std::string_view key_type) {
  writer.begin_object().member("AttributeName", attribute.name).member("KeyType", key_type).end_object();
}

// Of all keys of table and indexes, by name.
void write_definitions(json::Writer& writer, const TableSchema& table) {
  std::map<std::string_view, const KeyAttribute*> definitions;
  const auto add = [&](const KeyAttributes& keys) {
    for (const KeyAttribute& attribute : keys.partition) definitions[attribute.name] = &attribute;
    for (const KeyAttribute& attribute : keys.sort) definitions[attribute.name] = &attribute;
  };
  add(key_attributes_of(table.key_schema));
  for (const IndexSchema& index : table.indexes) add(key_attributes_of(index));
  writer.key("AttributeDefinitions").begin_array();
  for (const auto& [name, definition] : definitions) write_definition(writer, *definition);
  writer.end_array();
}

void write_key_schema(json::Writer& writer, const KeyAttributes& keys) {
  writer.key("KeySchema").begin_array();
  for (const KeyAttribute& attribute : keys.partition) write_key_element(writer, attribute, "HASH");
  for (const KeyAttribute& attribute : keys.sort) write_key_element(writer, attribute, "RANGE");
  writer.end_array();
}

void write_projection(json::Writer& writer, const IndexSchema& index) {
  writer.key("Projection").begin_object().member("ProjectionType", projection_type_name(index.projection));
  if (index.projection == ProjectionType::kInclude) {
    writer.key("NonKeyAttributes").begin_array();
    const std::set<std::string_view> names(index.non_key_attributes.begin(), index.non_key_attributes.end());
    for (const std::string_view name : names) writer.string(name);
    writer.end_array();
  }
  writer.end_object();
}

IndexStatus shown_index_status(const IndexSchema& index, TableStatus table) {
  if (table == TableStatus::kCreating) return IndexStatus::kCreating;
  if (table == TableStatus::kDeleting) return IndexStatus::kDeleting;
  return index.status;
}

// What an index is created with takes effect with the index.
WarmStatus warm_status(const IndexSchema& index, const TableView& view) {
  const bool comes = index.status == IndexStatus::kCreating && index.warm;
  return comes || view.warming_indexes.contains(index.name) ? WarmStatus::kUpdating : WarmStatus::kActive;
}

void write_global_state(json::Writer& writer, const TableSchema& table, const IndexSchema& index,
                        const TableView& view) {
  writer.member("IndexStatus", index_status_name(shown_index_status(index, view.status)));
  // CreateTable's indexes never backfill, and say nothing of it.
  if (index.status == IndexStatus::kCreating) writer.key("Backfilling").boolean(index.backfilling);
  write_throughput(writer, index.throughput);
  write_on_demand(writer, index.on_demand);
  if (view.status == TableStatus::kCreating) return;
  write_warm(writer, warm_throughput(table.billing_mode, index.throughput, index.warm),
             warm_status(index, view));
}

void write_index(json::Writer& writer, const TableSchema& table, const IndexSchema& index,
                 const RegionId& self, const TableView& view) {
  writer.begin_object().member("IndexName", index.name);
  if (view.status != TableStatus::kDeleting) write_key_schema(writer, key_attributes_of(index));
  write_projection(writer, index);
  if (!index.local) write_global_state(writer, table, index, view);
  if (view.counts) {
    // What an index that is being built has is not counted yet.
    const auto found = view.counts->indexes.find(index.id);
    const bool counted = found != view.counts->indexes.end() && index.status != IndexStatus::kCreating;
    const storage::RowCount count = counted ? found->second : storage::RowCount();
    writer.key("IndexSizeBytes").unsigned_integer(count.bytes).key("ItemCount").unsigned_integer(count.rows);
  }
  writer.member("IndexArn", index_arn(self, table.name, index.name)).end_object();
}

void write_indexes(json::Writer& writer, const TableSchema& table, const RegionId& self, bool local,
                   const TableView& view) {
  bool any = false;
  for (const IndexSchema& index : table.indexes) {
    if (index.local != local) continue;
    if (!any) writer.key(local ? "LocalSecondaryIndexes" : "GlobalSecondaryIndexes").begin_array();
    any = true;
    write_index(writer, table, index, self, view);
  }
  if (any) writer.end_array();
}

void write_stream(json::Writer& writer, const TableSchema& table, const RegionId& self) {
  // AWS goes on naming the latest stream after it was disabled: it can still be read.
  if (table.streams.empty()) return;
  if (const StreamDescriptor* enabled = table.enabled_stream()) {
    writer.key("StreamSpecification").begin_object().key("StreamEnabled").boolean(true);
    writer.member("StreamViewType", stream_view_type_name(enabled->view_type)).end_object();
  }
  const std::string& label = table.streams.back().label;
  writer.member("LatestStreamArn", stream_arn(self, table.name, label)).member("LatestStreamLabel", label);
}

void write_replicas(json::Writer& writer, const TableSchema& table, const RegionId& self) {
  if (!table.replicated()) return;
  writer.member("GlobalTableVersion", "2019.11.21").key("Replicas").begin_array();
  for (const GroupMember& member : table.group->members) {
    if (member.region == self) continue;
    writer.begin_object()
        .member("RegionName", member.region.name())
        .member("ReplicaStatus", replica_status_name(member.status));
    if (const auto key = key_arn(table.encryption, member.region)) writer.member("KMSMasterKeyId", *key);
    write_table_class(writer, "ReplicaTableClassSummary", table);
    writer.end_object();
  }
  writer.end_array();
}

void write_table_description(json::Writer& writer, const TableSchema& table, const RegionId& self,
                             const TableView& view) {
  writer.begin_object();
  writer.member("TableName", table.name).member("TableArn", table_arn(self, table.name));
  writer.member("TableId", table.uuid).member("TableStatus", table_status_name(view.status));
  if (view.status != TableStatus::kDeleting) {
    writer.key("CreationDateTime").number(static_cast<double>(table.created_ms) / 1000.0);
    write_definitions(writer, table);
    write_key_schema(writer, key_attributes_of(table.key_schema));
  }
  write_capacity(writer, table, view.status, view.table_warms ? WarmStatus::kUpdating : WarmStatus::kActive);
  if (view.counts) {
    writer.key("ItemCount").unsigned_integer(view.counts->items.rows);
    writer.key("TableSizeBytes").unsigned_integer(view.counts->items.bytes);
  }
  write_indexes(writer, table, self, true, view);
  write_indexes(writer, table, self, false, view);
  writer.key("DeletionProtectionEnabled").boolean(table.deletion_protection);
  write_stream(writer, table, self);
  write_encryption(writer, table.encryption, self, view.encryption_changes);
  write_replicas(writer, table, self);
  writer.end_object();
}

}  // namespace

std::string table_reply(std::string_view member, const TableSchema& table, const RegionId& self,
                        const TableView& view) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key(member);
  write_table_description(writer, table, self, view);
  writer.end_object();
  return out;
}

}  // namespace gyre::operations
