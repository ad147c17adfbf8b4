// SPDX-License-Identifier: Apache-2.0
#include "core/operations/table_description.h"

#include "core/operations/arn.h"

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

void write_keys(json::Writer& writer, const KeySchema& schema) {
  writer.key("AttributeDefinitions").begin_array();
  write_definition(writer, schema.partition);
  if (schema.sort) write_definition(writer, *schema.sort);
  writer.end_array().key("KeySchema").begin_array();
  write_key_element(writer, schema.partition, "HASH");
  if (schema.sort) write_key_element(writer, *schema.sort, "RANGE");
  writer.end_array();
}

void write_billing(json::Writer& writer, const TableSchema& table) {
  if (table.billing_mode == BillingMode::kPayPerRequest) {
    writer.key("BillingModeSummary")
        .begin_object()
        .member("BillingMode", billing_mode_name(table.billing_mode))
        .end_object();
  }
  writer.key("ProvisionedThroughput").begin_object();
  writer.key("NumberOfDecreasesToday").integer(0);
  writer.key("ReadCapacityUnits").unsigned_integer(table.throughput.read_units);
  writer.key("WriteCapacityUnits").unsigned_integer(table.throughput.write_units);
  writer.end_object();
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
        .member("ReplicaStatus", replica_status_name(member.status))
        .end_object();
  }
  writer.end_array();
}

}  // namespace

void write_table_description(json::Writer& writer, const TableSchema& table, const RegionId& self,
                             TableStatus status, const std::optional<TableSize>& size) {
  writer.begin_object();
  writer.member("TableName", table.name).member("TableArn", table_arn(self, table.name));
  writer.member("TableId", table.uuid).member("TableStatus", table_status_name(status));
  writer.key("CreationDateTime").number(static_cast<double>(table.created_ms) / 1000.0);
  write_keys(writer, table.key_schema);
  write_billing(writer, table);
  if (size) {
    writer.key("ItemCount").unsigned_integer(size->items).key("TableSizeBytes").unsigned_integer(size->bytes);
  }
  writer.key("DeletionProtectionEnabled").boolean(table.deletion_protection);
  write_stream(writer, table, self);
  write_replicas(writer, table, self);
  writer.end_object();
}

std::string table_reply(std::string_view member, const TableSchema& table, const RegionId& self,
                        TableStatus status, const std::optional<TableSize>& size) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key(member);
  write_table_description(writer, table, self, status, size);
  writer.end_object();
  return out;
}

}  // namespace gyre::operations
