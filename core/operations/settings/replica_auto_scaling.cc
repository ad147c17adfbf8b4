// SPDX-License-Identifier: Apache-2.0
#include "core/operations/settings/replica_auto_scaling.h"

#include <fmt/core.h>

#include "core/json/json_writer.h"

namespace gyre::operations {
namespace {

void write_disabled(json::Writer& writer, std::string_view name) {
  writer.key(name).begin_object().key("AutoScalingDisabled").boolean(true);
  writer.key("ScalingPolicies").begin_array().end_array().end_object();
}

void write_replica(json::Writer& writer, const TableSchema& table, const GroupMember& member) {
  writer.begin_object().member("RegionName", member.region.name());
  writer.key("GlobalSecondaryIndexes").begin_array();
  for (const IndexSchema& index : table.indexes) {
    if (index.local) continue;
    writer.begin_object().member("IndexName", index.name);
    writer.member("IndexStatus", index_status_name(index.status));
    write_disabled(writer, "ProvisionedReadCapacityAutoScalingSettings");
    write_disabled(writer, "ProvisionedWriteCapacityAutoScalingSettings");
    writer.end_object();
  }
  writer.end_array();
  write_disabled(writer, "ReplicaProvisionedReadCapacityAutoScalingSettings");
  write_disabled(writer, "ReplicaProvisionedWriteCapacityAutoScalingSettings");
  writer.member("ReplicaStatus", replica_status_name(member.status)).end_object();
}

}  // namespace

Result<storage::TablePointer> read_scaled_table(const RequestReader& request, storage::Store& store) {
  ASSIGN_OR_RETURN(const TableReference reference, read_control_table(request, store.region()));
  storage::TablePointer table = store.catalog().snapshot()->find(reference.name);
  if (table && table->schema.replicated()) return table;
  return Error::resource_not_found(
      fmt::format("Global table with name: '{}' does not exist.", reference.text));
}

std::string auto_scaling_reply(const TableSchema& table) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("TableAutoScalingDescription").begin_object();
  writer.member("TableName", table.name).member("TableStatus", table_status_name(table.status));
  writer.key("Replicas").begin_array();
  for (const GroupMember& member : table.group->members) write_replica(writer, table, member);
  writer.end_array().end_object().end_object();
  return out;
}

}  // namespace gyre::operations
