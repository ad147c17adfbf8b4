// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/table_changes.h"

#include <fmt/core.h>

#include <string_view>

#include "core/base/limits.h"
#include "core/model/replicated_settings.h"
#include "core/storage/new_names.h"

namespace gyre::operations {
namespace {

Status change_stream(const StreamSpecification& wanted, const storage::CatalogSnapshot& catalog,
                     std::uint64_t now_ms, TableSchema& table) {
  RETURN_IF_ERROR(check_indexes_allow_stream(table));
  const bool enabled = table.enabled_stream() != nullptr;
  if (wanted.enabled && enabled) {
    return Error::validation(fmt::format("Table already has an enabled stream: TableName: {}", table.name));
  }
  if (!wanted.enabled && !enabled) {
    return Error::validation(fmt::format("Table has no stream to disable: TableName: {}", table.name));
  }
  if (wanted.enabled) {
    table.streams.push_back(storage::new_stream(catalog, table, wanted.view_type, now_ms));
    return {};
  }
  if (table.replicated())
    return invalid_parameter("Disabling Stream is not allowed for a Global Table replica.");
  table.streams.back().disabled_ms = now_ms;
  return {};
}

Status change_class(TableClass wanted, std::uint64_t now_ms, TableSchema& table) {
  if (wanted == table.table_class) return {};
  const std::uint64_t before_last_ms = table.table_class_changed_before_ms;
  if (before_last_ms != 0 && now_ms < before_last_ms + limits::kTableClassChangesMs) {
    return Error(ErrorCode::kLimitExceeded,
                 "Subscriber limit exceeded: Updates to TableClass are limited to 2 times in 30 day(s).");
  }
  table.table_class_changed_before_ms = table.table_class_changed_ms;
  table.table_class_changed_ms = change_time_after(table.table_class_changed_ms, now_ms);
  table.table_class = wanted;
  return {};
}

// Of table or index. That a change has begun is told by its time and count.
template <typename Owner>
void show_old_throughput(const Owner& before, Owner& shown) {
  shown.throughput.read_units = before.throughput.read_units;
  shown.throughput.write_units = before.throughput.write_units;
  shown.warm = before.warm;
}

void show_old_capacity(const TableSchema& before, TableSchema& shown) {
  show_old_throughput(before, shown);
  for (IndexSchema& index : shown.indexes) {
    if (const IndexSchema* old = before.find_index(index.name)) show_old_throughput(*old, index);
  }
}

void show_index_change(const IndexUpdate::Change& change, ShownTable& shown) {
  if (change.capacity.warm) shown.view.warming_indexes.insert(change.name);
  if (!change.capacity.throughput && !change.capacity.on_demand) return;
  for (IndexSchema& index : shown.table.indexes) {
    if (index.name == change.name && index.status == IndexStatus::kActive)
      index.status = IndexStatus::kUpdating;
  }
}

}  // namespace

bool TableChanges::any() const {
  return capacity.changes_billing() || capacity.on_demand || capacity.warm || table_class || stream ||
         deletion_protection || encryption || replica_keys || indexes.any();
}

Result<TableChanges> read_table_changes(const RequestReader& request) {
  TableChanges changes;
  ASSIGN_OR_RETURN(changes.capacity, read_capacity(request));
  ASSIGN_OR_RETURN(changes.table_class, read_table_class(request));
  ASSIGN_OR_RETURN(changes.stream, read_stream_specification(request, StreamSpecificationOf::kChange));
  ASSIGN_OR_RETURN(changes.deletion_protection, request.boolean("DeletionProtectionEnabled"));
  ASSIGN_OR_RETURN(changes.encryption, read_encryption(request));
  ASSIGN_OR_RETURN(changes.indexes, read_index_updates(request));
  return changes;
}

Status check_combination(const TableChanges& changes) {
  const CapacityRequest& capacity = changes.capacity;
  const int concerns = capacity.changes_billing() + capacity.on_demand.has_value() +
                       capacity.warm.has_value() + changes.table_class.has_value() +
                       changes.stream.has_value() + changes.deletion_protection.has_value() +
                       changes.encryption.has_value() + changes.indexes.any();
  if (concerns < 2) return {};
  if (changes.encryption) {
    return invalid_parameter("Server-Side Encryption modification must be the only operation in the request");
  }
  if (changes.deletion_protection) {
    return invalid_parameter("DeletionProtection modification must be the only operation in the request");
  }
  if (changes.table_class) {
    return invalid_parameter("TableClass modification must be the only operation in the request");
  }
  if (capacity.warm && changes.indexes.creates_or_deletes()) {
    return invalid_parameter(
        "Create global secondary index cannot be specified when updating WarmThroughput");
  }
  if (capacity.warm) return invalid_parameter("WarmThroughput must be the only operation in the request");
  if (capacity.on_demand && changes.stream) {
    return invalid_parameter(
        "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request");
  }
  if (changes.indexes.creates_or_deletes()) {
    if (capacity.throughput)
      return invalid_parameter("You cannot create or delete index while updating table IOPS");
    if (changes.stream)
      return invalid_parameter("You cannot create or delete index while changing stream status");
  }
  const bool provisions = capacity.throughput || capacity.mode == BillingMode::kProvisioned;
  if (changes.stream && provisions) {
    return invalid_parameter("You cannot modify stream status while updating table IOPS");
  }
  return {};
}

Result<TableSchema> apply_changes(const TableSchema& before, const TableChanges& changes,
                                  const RegionId& region, const storage::CatalogSnapshot& catalog,
                                  std::uint64_t now_ms) {
  RETURN_IF_ERROR(check_changeable(before));
  TableSchema after = before;
  const bool mode_changes = changes.capacity.mode && *changes.capacity.mode != before.billing_mode;
  if (mode_changes || changes.capacity.throughput) RETURN_IF_ERROR(check_indexes_allow_throughput(before));
  if (changes.capacity.on_demand) RETURN_IF_ERROR(check_indexes_allow_caps(before));
  RETURN_IF_ERROR(change_capacity(changes.capacity, region, now_ms, after));
  RETURN_IF_ERROR(apply_index_updates(changes.indexes, before, region, now_ms, after));
  note_capacity_change(before, now_ms, after);
  if (changes.table_class) RETURN_IF_ERROR(change_class(*changes.table_class, now_ms, after));
  if (changes.stream) RETURN_IF_ERROR(change_stream(*changes.stream, catalog, now_ms, after));
  if (changes.deletion_protection) after.deletion_protection = *changes.deletion_protection;
  if (changes.encryption) RETURN_IF_ERROR(change_encryption(*changes.encryption, region, now_ms, after));
  if (changes.replica_keys) {
    RETURN_IF_ERROR(change_replica_keys(*changes.replica_keys, now_ms, after));
  }
  return after;
}

ShownTable show_changes(const TableSchema& before, const TableChanges& changes, const TableSchema& after) {
  const bool takes_time = changes.capacity.changes_billing() || changes.table_class || changes.stream ||
                          changes.indexes.creates_or_deletes();
  ShownTable shown{after, {.status = takes_time ? TableStatus::kUpdating : shown_status(after)}};
  shown.table.table_class = before.table_class;
  shown.table.table_class_changed_ms = before.table_class_changed_ms;
  if (before.billing_mode == after.billing_mode) {
    show_old_capacity(before, shown.table);
  } else {
    shown.table.on_demand_ms = before.on_demand_ms;
  }
  shown.table.encryption = before.encryption;
  shown.view.encryption_changes = changes.encryption || changes.replica_keys;
  shown.view.table_warms = changes.capacity.warm.has_value();
  if (changes.indexes.any()) {
    for (const IndexUpdate& update : *changes.indexes.updates) {
      if (update.update) show_index_change(*update.update, shown);
    }
  }
  return shown;
}

}  // namespace gyre::operations
