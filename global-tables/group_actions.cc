// SPDX-License-Identifier: Apache-2.0
#include "global-tables/group_actions.h"

#include <fmt/core.h>

#include "core/base/log.h"
#include "core/model/replicated_settings.h"
#include "core/storage/new_names.h"
#include "global-tables/progress_rows.h"

namespace gyre::global_tables {
namespace {

// An index of the source is complete from the start here: what the copy writes stands in it at once.
std::vector<IndexSchema> replica_indexes(storage::WriteTransaction& transaction, const TableSchema& source) {
  std::vector<IndexSchema> indexes;
  for (IndexSchema index : source.indexes) {
    if (index.status == IndexStatus::kDeleting) continue;
    index.id = transaction.catalog().new_index_id();
    index.status = IndexStatus::kActive;
    index.backfilling = false;
    indexes.push_back(std::move(index));
  }
  return indexes;
}

Status create_replica(storage::WriteTransaction& transaction, const TableSchema& source) {
  TableSchema table;
  table.id = transaction.catalog().new_table_id();
  table.name = source.name;
  table.uuid = storage::new_table_uuid(transaction);
  table.key_schema = source.key_schema;
  copy_settings(source, table);
  table.indexes = replica_indexes(transaction, source);
  table.settings_stamp = source.settings_stamp;
  table.created_ms = transaction.clock().now_ms();
  table.status = TableStatus::kCreating;
  const StreamDescriptor* stream = source.enabled_stream();
  table.streams.push_back(
      storage::new_stream(transaction.catalog().snapshot(), table,
                          stream != nullptr ? stream->view_type : StreamViewType::kNewAndOldImages,
                          transaction.clock().now_ms()));
  table.incarnation = source.group->find(transaction.region())->incarnation;
  table.group = source.group;
  log_info("table {}: a replica is created here; {} owns the group", table.name, table.group->owner.name());
  return transaction.catalog().put_table(std::move(table));
}

Status replace_group(storage::WriteTransaction& transaction, const TableSchema& table,
                     const GroupDescriptor& group) {
  if (table.group) {
    for (const GroupMember& member : table.group->members) {
      if (group.find(member.region) != nullptr) continue;
      RETURN_IF_ERROR(erase_progress(transaction, member.region, table.id));
    }
  }
  TableSchema changed = table;
  changed.group = group;
  return transaction.catalog().put_table(std::move(changed));
}

Status drop_replica(storage::WriteTransaction& transaction, const TableSchema& table) {
  log_info("table {}: this region leaves the group, its copy is dropped", table.name);
  RETURN_IF_ERROR(erase_progress_of_all(transaction, table));
  return transaction.catalog().drop_table(table.id);
}

Status refuse_replica(storage::WriteTransaction& transaction, const RefuseReplica& refusal) {
  MembershipRequest request;
  request.id = transaction.random();
  request.table_name = refusal.table_name;
  request.owner = refusal.owner;
  request.region = transaction.region();
  request.action = MembershipRequest::Action::kFailed;
  request.incarnation = refusal.incarnation;
  transaction.catalog().announce(encode_membership_message(request));
  return {};
}

Status mark_failed(storage::WriteTransaction& transaction, const RegionId& asker,
                   const MembershipRequest& request) {
  const storage::TablePointer table = transaction.catalog().find(request.table_name);
  if (table == nullptr || !table->schema.group || table->schema.group->owner != transaction.region())
    return {};
  const auto group = with_failed_member(*table->schema.group, asker, request.incarnation);
  return group ? replace_group(transaction, table->schema, *group) : Status();
}

}  // namespace

LocalTable local_table(const storage::CatalogSnapshot& catalog, const RegionId& self,
                       const std::string& name) {
  LocalTable local;
  local.self = self;
  if (const storage::TablePointer table = catalog.find(name))
    local.living = &table->schema;  // the snapshot keeps it
  for (const auto& [id, table] : catalog.tables()) {
    if (table->schema.deleted_ms && table->schema.name == name)
      local.dropped.insert(table->schema.incarnation);
  }
  return local;
}

Status change_group_here(storage::WriteTransaction& transaction, const std::string& table_name,
                         const ReplicaUpdate& update) {
  const storage::TablePointer table = transaction.catalog().find(table_name);
  if (table == nullptr) {
    return Error::resource_not_found(
        fmt::format("Requested resource not found: Table: {} not found", table_name));
  }
  TableSchema schema = table->schema;
  if (schema.group && schema.group->owner != transaction.region()) {
    return Error(ErrorCode::kResourceInUse, "The owner of the group has changed.");
  }
  ASSIGN_OR_RETURN(schema.group,
                   change_group(schema, transaction.region(), update, storage::new_incarnation(transaction)));
  if (schema.enabled_stream() != nullptr) return transaction.catalog().put_table(std::move(schema));
  schema.streams.push_back(storage::new_stream(transaction.catalog().snapshot(), schema,
                                               StreamViewType::kNewAndOldImages,
                                               transaction.clock().now_ms()));
  const std::string label = schema.streams.back().label;
  const TableId id = schema.id;
  RETURN_IF_ERROR(transaction.catalog().put_table(std::move(schema)));
  return transaction.catalog().roll_shards(id, label);
}

Status perform_action(storage::WriteTransaction& transaction, const std::string& name,
                      const MembershipAction& action, const PeerCatalogs& peers) {
  const LocalTable local = local_table(transaction.catalog().snapshot(), transaction.region(), name);
  const auto due = next_action(name, local, peers);
  if (!due || due->index() != action.index()) return {};
  if (const auto* create = std::get_if<CreateReplica>(&*due))
    return create_replica(transaction, create->source);
  if (const auto* refuse = std::get_if<RefuseReplica>(&*due)) return refuse_replica(transaction, *refuse);
  if (const auto* replace = std::get_if<ReplaceGroup>(&*due)) {
    return replace_group(transaction, *local.living, replace->group);
  }
  if (const auto* adopt = std::get_if<AdoptSettings>(&*due)) {
    log_info("table {}: another region's settings are taken over", name);
    TableSchema changed = adopt->changed;
    for (IndexSchema& index : changed.indexes) {
      if (index.id == IndexId()) index.id = transaction.catalog().new_index_id();
    }
    return transaction.catalog().put_table(std::move(changed));
  }
  return drop_replica(transaction, *local.living);
}

Status answer_request(storage::WriteTransaction& transaction, const RegionId& asker,
                      const MembershipRequest& request, const PeerCatalogs& peers) {
  using Action = MembershipRequest::Action;
  if (request.action == Action::kFailed) return mark_failed(transaction, asker, request);
  if (request.action != Action::kAdd && request.action != Action::kRemove) return {};
  ReplicaUpdate update;
  update.action =
      request.action == Action::kAdd ? ReplicaUpdate::Action::kCreate : ReplicaUpdate::Action::kDelete;
  update.region = request.region;
  const auto change = [&]() -> Status {
    const storage::TablePointer table = transaction.catalog().find(request.table_name);
    // A member may ask for the owner itself to leave; the owner's own users may not.
    if (table != nullptr && request.region != transaction.region()) {
      const auto checked = check_updates(table->schema, transaction.region(), {update}, peers);
      if (!checked.ok()) return checked.error();
    }
    return change_group_here(transaction, request.table_name, update);
  };
  MembershipReply reply;
  reply.id = request.id;
  reply.to = asker;
  reply.error = reply_text(change());
  transaction.catalog().announce(encode_membership_message(reply));
  return {};
}

Status erase_progress_of_all(storage::WriteTransaction& transaction, const TableSchema& table) {
  for (const GroupMember& member : table.group->members) {
    RETURN_IF_ERROR(erase_progress(transaction, member.region, table.id));
  }
  return {};
}

std::string reply_text(const Status& status) {
  if (status.ok()) return {};
  return fmt::format("{}: {}", error_code_name(status.error().code), status.error().message);
}

Status status_of_reply(const std::string& text) {
  if (text.empty()) return {};
  for (const ErrorCode code :
       {ErrorCode::kValidation, ErrorCode::kResourceInUse, ErrorCode::kResourceNotFound,
        ErrorCode::kUnavailable, ErrorCode::kLimitExceeded}) {
    const std::string prefix = fmt::format("{}: ", error_code_name(code));
    if (text.starts_with(prefix)) return Error(code, text.substr(prefix.size()));
  }
  return Error::internal(text);
}

}  // namespace gyre::global_tables
