// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/index_updates.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "core/base/limits.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {
namespace {

Error in_use(std::string_view what) {
  return Error(ErrorCode::kResourceInUse,
               fmt::format("Attempt to change a resource which is still in use: {}", what));
}

Error index_in_use(std::string_view what, const TableSchema& table, std::string_view index) {
  return in_use(fmt::format("{} Table: {} Index: {}", what, table.name, index));
}

Error only_one_at_a_time() {
  return Error(ErrorCode::kLimitExceeded,
               "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per "
               "table");
}

bool is_being_made_room_for(const IndexSchema& index) {
  return index.status == IndexStatus::kCreating && !index.backfilling;
}

bool is_being_deleted(const IndexSchema& index) {
  return index.status == IndexStatus::kDeleting;
}

// --- from the request ---

Result<IndexUpdate> read_index_update(const RequestReader& element) {
  IndexUpdate update;
  ASSIGN_OR_RETURN(const std::optional<RequestReader> create, element.structure("Create"));
  if (create) {
    ASSIGN_OR_RETURN(update.create, read_index_definition(*create, false));
  }
  ASSIGN_OR_RETURN(const std::optional<RequestReader> change, element.structure("Update"));
  if (change) {
    update.update.emplace();
    ASSIGN_OR_RETURN(update.update->name, read_index_name(*change));
    ASSIGN_OR_RETURN(update.update->capacity, read_index_capacity(*change));
  }
  ASSIGN_OR_RETURN(const std::optional<RequestReader> remove, element.structure("Delete"));
  if (remove) {
    ASSIGN_OR_RETURN(update.remove, read_index_name(*remove));
  }
  return update;
}

// --- creating ---

std::string schema_text(const KeyAttribute& key, std::string_view key_type) {
  return fmt::format("Schema:[SchemaElement: key{{{}:{}:{}}}]", key.name, scalar_type_name(key.type),
                     key_type);
}

/// A key attribute of a table or index, and what it is there.
struct DefinedKey {
  const KeyAttribute* attribute = nullptr;
  std::string_view key_type;
};

std::vector<DefinedKey> defined_keys(const TableSchema& table) {
  std::vector<DefinedKey> keys;
  const auto add = [&](const KeyAttributes& attributes) {
    for (const KeyAttribute& attribute : attributes.partition) keys.push_back({&attribute, "HASH"});
    for (const KeyAttribute& attribute : attributes.sort) keys.push_back({&attribute, "RANGE"});
  };
  add(key_attributes_of(table.key_schema));
  for (const IndexSchema& index : table.indexes) add(key_attributes_of(index));
  return keys;
}

// What the keys of a new index may be defined by: the request, and what the table's keys are already.
Result<std::vector<KeyAttribute>> merge_definitions(const IndexDefinition& index,
                                                    const std::vector<KeyAttribute>& definitions,
                                                    const TableSchema& table) {
  std::vector<KeyAttribute> merged = definitions;
  for (const DefinedKey& key : defined_keys(table)) {
    const auto same_name = [&](const auto& other) { return other.name == key.attribute->name; };
    const auto given = std::find_if(merged.begin(), merged.end(), same_name);
    if (given == merged.end()) {
      merged.push_back(*key.attribute);
      continue;
    }
    const auto used = std::find_if(index.keys.begin(), index.keys.end(), same_name);
    if (given->type == key.attribute->type || used == index.keys.end()) continue;
    return invalid_parameter(fmt::format(
        "Attributes cannot be redefined. Please check that your attribute has the same type as previously "
        "defined. Existing schema: {} New schema: {}",
        schema_text(*key.attribute, key.key_type),
        schema_text(*given, used->type == KeyType::kHash ? "HASH" : "RANGE")));
  }
  return merged;
}

Status check_name_is_free(const std::string& name, const TableSchema& table) {
  const IndexSchema* existing = table.find_index(name);
  if (existing == nullptr) return {};
  if (existing->status == IndexStatus::kCreating) {
    return index_in_use("Index is being created. ", table, name);
  }
  if (is_being_deleted(*existing)) return index_in_use("Index is being deleted.", table, name);
  return Error::validation("Attempting to create an index which already exists");
}

Status check_new_throughput(const IndexDefinition& index, BillingMode mode) {
  if (mode == BillingMode::kPayPerRequest && index.capacity.throughput) {
    return invalid_parameter(
        fmt::format("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: {} when "
                    "BillingMode is PAY_PER_REQUEST",
                    index.name));
  }
  if (mode == BillingMode::kProvisioned && !index.capacity.throughput) {
    return invalid_parameter(fmt::format(
        "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: {}", index.name));
  }
  return {};
}

Status create_index(const IndexDefinition& definition, const std::vector<KeyAttribute>& definitions,
                    const RegionId& region, TableSchema& table) {
  RETURN_IF_ERROR(check_new_throughput(definition, table.billing_mode));
  ASSIGN_OR_RETURN(const std::vector<KeyAttribute> merged, merge_definitions(definition, definitions, table));
  ASSIGN_OR_RETURN(IndexSchema index, resolve_index(definition, table.key_schema, merged));
  RETURN_IF_ERROR(set_capacity(definition.capacity, capacity_of(index, table.billing_mode, region)));
  index.status = IndexStatus::kCreating;
  table.indexes.push_back(std::move(index));
  const auto count = std::count_if(table.indexes.begin(), table.indexes.end(),
                                   [](const IndexSchema& one) { return !one.local; });
  if (static_cast<std::size_t>(count) > limits::kGlobalIndexesMax) {
    return Error(ErrorCode::kLimitExceeded,
                 fmt::format("Subscriber limit exceeded: Number of global secondary indexes exceeds "
                             "per-table limit of {}",
                             limits::kGlobalIndexesMax));
  }
  return check_projected_attributes(table.indexes);
}

// --- changing and deleting ---

Result<IndexSchema*> find_global_index(const std::string& name, std::string_view doing, TableSchema& table) {
  const auto found = std::find_if(table.indexes.begin(), table.indexes.end(),
                                  [&](const IndexSchema& index) { return index.name == name; });
  if (found == table.indexes.end()) {
    return Error::resource_not_found(
        fmt::format("Requested resource not found: Index {} for table {}", name, table.name));
  }
  if (found->local) {
    return Error::validation(
        fmt::format("Cannot {} an index that is not a GlobalSecondaryIndex: {}", doing, name));
  }
  if (is_being_deleted(*found)) return index_in_use("Index is being deleted.", table, name);
  return &*found;
}

Status change_index(const IndexUpdate::Change& change, bool mode_changes, const RegionId& region,
                    std::uint64_t now_ms, TableSchema& table) {
  ASSIGN_OR_RETURN(IndexSchema* const index, find_global_index(change.name, "update", table));
  if (is_being_made_room_for(*index)) {
    return index_in_use("Index is being created but is not backfilling yet. ", table, change.name);
  }
  forget_old_decreases(now_ms, index->throughput);
  return change_index_capacity(change.capacity, mode_changes, now_ms,
                               capacity_of(*index, table.billing_mode, region));
}

Status delete_index(const std::string& name, TableSchema& table) {
  ASSIGN_OR_RETURN(IndexSchema* const index, find_global_index(name, "delete", table));
  if (is_being_made_room_for(*index)) {
    return index_in_use(
        "Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the "
        "index is active.",
        table, name);
  }
  index->status = IndexStatus::kDeleting;
  index->backfilling = false;
  return {};
}

// One index at a time comes or goes.
Status check_one_at_a_time(const IndexUpdates& updates, const TableSchema& before) {
  const IndexUpdate* coming_or_going = nullptr;
  for (const IndexUpdate& update : *updates.updates) {
    if (update.update) continue;
    if (coming_or_going != nullptr) return only_one_at_a_time();
    coming_or_going = &update;
  }
  if (coming_or_going == nullptr) return {};
  for (const IndexSchema& index : before.indexes) {
    const bool busy = index.status == IndexStatus::kCreating || is_being_deleted(index);
    if (busy && index.name != coming_or_going->name()) return only_one_at_a_time();
  }
  return {};
}

// A table that changes its mode takes its indexes along.
Status follow_billing_mode(const IndexUpdates& updates, TableSchema& table) {
  std::string missing;
  for (IndexSchema& index : table.indexes) {
    if (index.local || is_being_deleted(index)) continue;
    const bool named = updates.any() && std::any_of(updates.updates->begin(), updates.updates->end(),
                                                    [&](const IndexUpdate& update) {
                                                      return update.name() == index.name && !update.create;
                                                    });
    if (!named) missing += (missing.empty() ? "" : ",") + index.name;
    if (table.billing_mode == BillingMode::kPayPerRequest) {
      index.throughput.read_units = index.throughput.write_units = 0;
    }
  }
  if (table.billing_mode == BillingMode::kPayPerRequest || missing.empty()) return {};
  return invalid_parameter("ProvisionedThroughput must be specified for index: " + missing);
}

std::string names_of(const TableSchema& table, bool (*chosen)(const IndexSchema&)) {
  std::string names;
  for (const IndexSchema& index : table.indexes) {
    if (chosen(index)) names += (names.empty() ? "" : ", ") + index.name;
  }
  return names;
}

}  // namespace

bool IndexUpdates::creates_or_deletes() const {
  return any() && std::any_of(updates->begin(), updates->end(),
                              [](const IndexUpdate& update) { return update.create || update.remove; });
}

Result<IndexUpdates> read_index_updates(const RequestReader& request) {
  IndexUpdates found;
  ASSIGN_OR_RETURN(found.definitions, read_attribute_definitions(request));
  ASSIGN_OR_RETURN(const std::optional<json::Value> list, request.list("GlobalSecondaryIndexUpdates"));
  if (!list) return found;
  found.updates.emplace();
  RETURN_IF_ERROR(for_each_structure(*list, "GlobalSecondaryIndexUpdate", "globalSecondaryIndexUpdates",
                                     [&](const RequestReader& element) -> Status {
                                       ASSIGN_OR_RETURN(IndexUpdate update, read_index_update(element));
                                       found.updates->push_back(std::move(update));
                                       return {};
                                     }));
  return found;
}

Status check_index_updates(const IndexUpdates& updates) {
  if (!updates.updates) return {};
  if (updates.updates->empty()) return invalid_parameter("List of GlobalSecondaryIndexUpdates is empty");
  std::set<std::string_view> names;
  for (const IndexUpdate& update : *updates.updates) {
    const int actions = update.create.has_value() + update.update.has_value() + update.remove.has_value();
    if (actions == 0) {
      return invalid_parameter(
          "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
          "GlobalSecondaryIndexUpdate.Delete must not be null");
    }
    if (actions > 1) {
      return invalid_parameter(
          "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object");
    }
    if (!names.insert(update.name()).second) {
      return invalid_parameter(
          "Only one global secondary index update per index is allowed simultaneously. Index: " +
          update.name());
    }
    if (update.update && update.update->capacity.warm && !update.update->capacity.warm->any()) {
      return invalid_parameter(
          "WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified for "
          "index: " +
          update.name());
    }
    if (update.create && updates.definitions.empty()) {
      return invalid_parameter("AttributeDefinitions is not specified for index: " + update.name());
    }
  }
  return check_definitions(updates.definitions);
}

Status apply_index_updates(const IndexUpdates& updates, const TableSchema& before, const RegionId& region,
                           std::uint64_t now_ms, TableSchema& table) {
  const bool mode_changes = before.billing_mode != table.billing_mode;
  if (updates.any()) {
    for (const IndexUpdate& update : *updates.updates) {
      if (update.create) RETURN_IF_ERROR(check_name_is_free(update.name(), before));
    }
    RETURN_IF_ERROR(check_one_at_a_time(updates, before));
  }
  if (mode_changes) RETURN_IF_ERROR(follow_billing_mode(updates, table));
  if (!updates.any()) return {};
  for (const IndexUpdate& update : *updates.updates) {
    if (update.create) RETURN_IF_ERROR(create_index(*update.create, updates.definitions, region, table));
    if (update.update) {
      RETURN_IF_ERROR(change_index(*update.update, mode_changes, region, now_ms, table));
    }
    if (update.remove) RETURN_IF_ERROR(delete_index(*update.remove, table));
  }
  return {};
}

Status check_indexes_allow_throughput(const TableSchema& table) {
  if (const std::string names = names_of(table, is_being_made_room_for); !names.empty()) {
    return in_use(
        fmt::format("Can't change table IOPS when an index is being created. Table: {} Indexes: [{}]",
                    table.name, names));
  }
  if (const std::string names = names_of(table, is_being_deleted); !names.empty()) {
    return in_use(
        fmt::format("Can't change table IOPS when an index is being deleted. Table: {} Indexes: [{}]",
                    table.name, names));
  }
  return {};
}

Status check_indexes_allow_caps(const TableSchema& table) {
  constexpr std::string_view kInProgress =
      "OnDemandThroughput cannot be updated while index {} is in progress for indexes: [{}]";
  if (const std::string names = names_of(table, is_being_made_room_for); !names.empty()) {
    return in_use(fmt::format(kInProgress, "creation", names));
  }
  if (const std::string names = names_of(table, is_being_deleted); !names.empty()) {
    return in_use(fmt::format(kInProgress, "deletion", names));
  }
  return {};
}

Status check_indexes_allow_stream(const TableSchema& table) {
  const std::string names = names_of(table, is_being_made_room_for);
  if (names.empty()) return {};
  return in_use(
      fmt::format("Can't change stream status when an index is being created. Table: {} Indexes: [{}]",
                  table.name, names));
}

}  // namespace gyre::operations
