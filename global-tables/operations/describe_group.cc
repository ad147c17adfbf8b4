// SPDX-License-Identifier: Apache-2.0
#include "global-tables/operations/describe_group.h"

#include "core/json/json_writer.h"
#include "global-tables/operations/table_reads.h"

namespace gyre::global_tables {

std::string group_reply(const TableSchema& table, const std::map<RegionId, std::string>& notes) {
  std::string reply;
  json::Writer writer(reply);
  writer.begin_object().member("TableName", table.name).member("Owner", table.group->owner.name());
  writer.key("Epoch").unsigned_integer(table.group->group_epoch).key("Members").begin_array();
  for (const GroupMember& member : table.group->members) {
    writer.begin_object().member("RegionName", member.region.name());
    writer.member("Status", replica_status_name(member.status));
    const auto note = notes.find(member.region);
    if (note != notes.end()) writer.member("WaitsFor", note->second);
    writer.end_object();
  }
  writer.end_array().end_object();
  return reply;
}

Result<storage::TablePointer> DescribeGroup::parse(const api::RequestReader& request) const {
  ASSIGN_OR_RETURN(storage::TablePointer table, table_member(store_, request));
  if (!table->schema.group) return Error::validation("the table has no replicas in other regions");
  return table;
}

api::Intents DescribeGroup::intents(const storage::TablePointer& table) const {
  return {{"gyre:DescribeGroup", api::Resource::of_table(table->schema.name)}};
}

void DescribeGroup::execute(storage::TablePointer table, const http::Request&, http::Responder respond) {
  respond(group_reply(table->schema, control_.replica_notes(table->schema)));
}

}  // namespace gyre::global_tables
