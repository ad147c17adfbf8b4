// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>
#include <vector>

#include "core/operations/requests/api_names.h"
#include "core/operations/requests/client_write.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"
#include "core/operations/tables/replica_updates.h"
#include "core/operations/tables/table_changes.h"
#include "core/operations/tables/table_description.h"
#include "core/operations/tables/table_settings.h"
#include "core/storage/function_request.h"

namespace gyre::operations {
namespace {

class UpdateTableWrite final : public ClientWrite {
 public:
  UpdateTableWrite(std::string table_name, TableChanges changes, const RegionId& self,
                   const http::Request& request, http::Responder respond)
      : ClientWrite(request, std::move(respond)),
        table_name_(std::move(table_name)),
        changes_(std::move(changes)),
        self_(self) {}

  std::size_t request_bytes() const override { return sizeof(*this) + table_name_.size(); }

 protected:
  Status apply(storage::WriteTransaction& transaction) override {
    ASSIGN_OR_RETURN(const storage::TablePointer table,
                     find_control_table(transaction.catalog().snapshot(), table_name_));
    ASSIGN_OR_RETURN(TableSchema after,
                     apply_changes(table->schema, changes_, self_, transaction.catalog().snapshot(),
                                   transaction.clock().now_ms()));
    for (IndexSchema& index : after.indexes) {
      if (index.id == IndexId()) index.id = transaction.catalog().new_index_id();
    }
    if (changes_.indexes.creates_or_deletes()) {
      after.settings_stamp = new_settings_stamp(table->schema, transaction);
    }
    RETURN_IF_ERROR(transaction.catalog().put_table(after));
    shown_ = show_changes(table->schema, changes_, after);
    if (!changes_.stream) return {};
    // The records before and after the change stand in different shards, so that a stream shows whole shards
    // only.
    const StreamDescriptor* stream = after.enabled_stream();
    return transaction.catalog().roll_shards(after.id, stream != nullptr ? stream->label : std::string());
  }

  Result<std::string> reply() override {
    return table_reply("TableDescription", shown_.table, self_, shown_.view);
  }

 private:
  std::string table_name_;
  TableChanges changes_;
  const RegionId& self_;
  ShownTable shown_;
};

struct UpdateParameters {
  std::string table_name;
  TableChanges changes;
  ReplicaRequest replicas;
};

/// Before anything is asked of the writer, which decides anew.
Status check_replica_keys(const TableSchema& table, const ReplicaRequest& replicas) {
  for (const auto& [region, key_id] : replicas.keys) {
    RETURN_IF_ERROR(check_replica_key(table, region, key_id));
  }
  if (!replicas.updates) return {};
  TableSchema tried = table;
  return change_replica_keys(*replicas.updates, 0, tried);
}

class UpdateTable final : public ParsedOperation<UpdateParameters> {
 public:
  explicit UpdateTable(const Dependencies& dependencies)
      : store_(dependencies.store), replicas_(dependencies.replicas) {}

 private:
  Intents intents(const UpdateParameters& parameters) const override {
    return table_intent("dynamodb:UpdateTable", parameters.table_name);
  }

  void execute(UpdateParameters parameters, const http::Request& request, http::Responder respond) override {
    if (!parameters.replicas.members.empty()) {
      return update_replicas(std::move(parameters), request, std::move(respond));
    }
    store_.writer().submit(std::make_unique<UpdateTableWrite>(std::move(parameters.table_name),
                                                              std::move(parameters.changes), store_.region(),
                                                              request, std::move(respond)));
  }

  Result<UpdateParameters> parse(const RequestReader& request) const override {
    UpdateParameters parameters;
    ASSIGN_OR_RETURN(TableReference reference, read_control_table(request, store_.region()));
    parameters.table_name = std::move(reference.name);
    ASSIGN_OR_RETURN(parameters.changes, read_table_changes(request));
    ASSIGN_OR_RETURN(parameters.replicas, read_replica_updates(request));
    RETURN_IF_ERROR(refuse_table_features(request));
    TableChanges& changes = parameters.changes;
    if (!changes.any() && !parameters.replicas.any()) {
      return Error::validation(
          "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
          "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, "
          "ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, "
          "WarmThroughput or TableClass is required");
    }
    if (changes.any() && parameters.replicas.any()) {
      return Error::validation(
          "One or more parameter values were invalid: Requests that modify replicas or witnesses must not "
          "also modify other fields");
    }
    RETURN_IF_ERROR(check_index_updates(changes.indexes));
    RETURN_IF_ERROR(check_combination(changes));
    const auto table = find_control_table(*store_.catalog().snapshot(), parameters.table_name);
    if (!table.ok()) return table.error();
    RETURN_IF_ERROR(check_replica_keys((*table)->schema, parameters.replicas));
    changes.replica_keys = std::move(parameters.replicas.updates);
    return parameters;
  }

  void update_replicas(UpdateParameters parameters, const http::Request& request,
                       http::Responder respond) const {
    if (replicas_ == nullptr) {
      return respond(
          Error::validation("Gyre: this region runs alone; start it with peers to use ReplicaUpdates"));
    }
    const std::string name = parameters.table_name;
    auto accepted = [this, name, sink = request.sink, keys = std::move(parameters.replicas.keys),
                     respond = std::move(respond)](Status outcome) {
      if (!outcome.ok()) return respond(std::move(outcome).error());
      set_keys(name, keys, *sink, respond);
    };
    replicas_->update_replicas(name, std::move(parameters.replicas.members), *request.sink,
                               std::move(accepted));
  }

  /// The new replicas take their keys over from this region, as all that replicas share.
  void set_keys(const std::string& name, const ReplicaKeys& keys, CompletionSink& sink,
                const http::Responder& respond) const {
    const bool any =
        std::any_of(keys.begin(), keys.end(), [](const auto& key) { return !key.second.empty(); });
    if (!any) return respond(describe(name));
    auto set = [name, keys](storage::WriteTransaction& transaction) -> Status {
      ASSIGN_OR_RETURN(const storage::TablePointer table,
                       find_control_table(transaction.catalog().snapshot(), name));
      TableSchema after = table->schema;
      for (const auto& [region, key_id] : keys) {
        RETURN_IF_ERROR(set_replica_key(region, key_id, transaction.clock().now_ms(), after));
      }
      if (after == table->schema) return {};
      return transaction.catalog().put_table(std::move(after));
    };
    store_.writer().submit(std::make_unique<storage::FunctionRequest>(
        sink, std::move(set), [this, name, respond](Status outcome) {
          if (!outcome.ok()) return respond(std::move(outcome).error());
          respond(describe(name));
        }));
  }

  Result<std::string> describe(const std::string& table_name) const {
    ASSIGN_OR_RETURN(const storage::TablePointer table,
                     find_control_table(*store_.catalog().snapshot(), table_name));
    return table_reply("TableDescription", table->schema, store_.region(), {TableStatus::kUpdating});
  }

  storage::Store& store_;
  ReplicaControl* replicas_;
};

}  // namespace

OperationPointer make_update_table(const Dependencies& dependencies) {
  return std::make_unique<UpdateTable>(dependencies);
}

}  // namespace gyre::operations
