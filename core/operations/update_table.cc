// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <utility>
#include <vector>

#include "core/operations/client_write.h"
#include "core/operations/index_updates.h"
#include "core/operations/operation_list.h"
#include "core/operations/replica_updates.h"
#include "core/operations/table_description.h"
#include "core/operations/table_reference.h"
#include "core/operations/table_settings.h"

namespace gyre::operations {
namespace {

/// What one UpdateTable asks for, but for replicas.
struct TableChanges {
  std::optional<BillingMode> billing_mode;
  std::optional<Throughput> throughput;
  std::optional<StreamSpecification> stream;
  std::optional<bool> deletion_protection;
  IndexUpdates indexes;

  bool any() const { return billing_mode || throughput || stream || deletion_protection || indexes.any(); }
};

/// kValidation unless the changes may be made together.
Status check_together(const TableChanges& changes) {
  const auto invalid = [](std::string_view what) {
    return Error::validation(fmt::format("One or more parameter values were invalid: {}", what));
  };
  if (changes.indexes.any() && changes.deletion_protection) {
    return invalid("DeletionProtection modification must be the only operation in the request");
  }
  if (!changes.indexes.creates_or_deletes()) return {};
  if (changes.throughput) return invalid("You cannot create or delete index while updating table IOPS");
  if (changes.stream) return invalid("You cannot create or delete index while changing stream status");
  return {};
}

Status change_billing(const TableChanges& changes, TableSchema& table) {
  if (!changes.billing_mode && !changes.throughput) return {};
  const BillingMode mode = changes.billing_mode.value_or(table.billing_mode);
  const bool mode_changes = mode != table.billing_mode;
  if (mode_changes || changes.throughput) RETURN_IF_ERROR(check_indexes_allow_throughput(table));
  if (mode == BillingMode::kPayPerRequest || mode_changes) {
    RETURN_IF_ERROR(check_billing(mode, changes.throughput));
  }
  const Throughput wanted = changes.throughput.value_or(
      mode_changes ? Throughput() : Throughput{table.throughput.read_units, table.throughput.write_units});
  if (!mode_changes && changes.throughput && wanted.read_units == table.throughput.read_units &&
      wanted.write_units == table.throughput.write_units) {
    return Error::validation(fmt::format(
        "The provisioned throughput for the table will not change. The requested value equals the current "
        "value. Current ReadCapacityUnits provisioned for the table: {0}. Requested ReadCapacityUnits: {0}. "
        "Current WriteCapacityUnits provisioned for the table: {1}. Requested WriteCapacityUnits: {1}. Refer "
        "to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
        wanted.read_units, wanted.write_units));
  }
  table.billing_mode = mode;
  table.throughput.read_units = wanted.read_units;
  table.throughput.write_units = wanted.write_units;
  return {};
}

Status change_stream(const StreamSpecification& wanted, std::uint64_t now_ms, TableSchema& table) {
  RETURN_IF_ERROR(check_indexes_allow_stream(table));
  const bool enabled = table.enabled_stream() != nullptr;
  if (wanted.enabled && enabled) {
    return Error::validation(fmt::format("Table already has an enabled stream: TableName: {}", table.name));
  }
  if (!wanted.enabled && !enabled) {
    return Error::validation(fmt::format("Table has no stream to disable: TableName: {}", table.name));
  }
  if (wanted.enabled) {
    table.streams.push_back(new_stream(table, wanted.view_type, now_ms));
  } else {
    table.streams.back().disabled_ms = now_ms;
  }
  return {};
}

/// Pure: the table after the changes.
Result<TableSchema> decide(const TableSchema& before, const TableChanges& changes, std::uint64_t now_ms) {
  RETURN_IF_ERROR(check_changeable(before));
  TableSchema after = before;
  RETURN_IF_ERROR(change_billing(changes, after));
  RETURN_IF_ERROR(apply_index_updates(changes.indexes, before, after));
  if (changes.stream) RETURN_IF_ERROR(change_stream(*changes.stream, now_ms, after));
  if (changes.deletion_protection) after.deletion_protection = *changes.deletion_protection;
  return after;
}

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
                     find_control_table(transaction.catalog(), table_name_));
    ASSIGN_OR_RETURN(after_, decide(table->schema, changes_, transaction.now_ms()));
    for (IndexSchema& index : after_.indexes) {
      if (index.id == IndexId()) index.id = transaction.new_index_id();
    }
    if (changes_.indexes.creates_or_deletes()) {
      after_.settings_stamp = new_settings_stamp(table->schema, transaction);
    }
    RETURN_IF_ERROR(transaction.put_table(after_));
    if (!changes_.stream) return {};
    // The records before and after the change stand in different shards, so that a stream shows whole shards
    // only.
    const StreamDescriptor* stream = after_.enabled_stream();
    return transaction.roll_shards(after_.id, stream != nullptr ? stream->label : std::string());
  }

  Result<std::string> reply() override {
    return table_reply("TableDescription", after_, self_, TableStatus::kUpdating);
  }

 private:
  std::string table_name_;
  TableChanges changes_;
  const RegionId& self_;
  TableSchema after_;
};

struct UpdateParameters {
  std::string table_name;
  TableChanges changes;
  std::vector<ReplicaUpdate> replicas;
};

class UpdateTable final : public http::Operation {
 public:
  explicit UpdateTable(const Dependencies& dependencies)
      : store_(dependencies.store), replicas_(dependencies.replicas) {}

  void run(const http::Request& request, http::Responder respond) override {
    Result<UpdateParameters> parameters = parse(RequestReader(request.body));
    if (!parameters.ok()) return respond(std::move(parameters).error());
    if (!parameters->replicas.empty())
      return update_replicas(std::move(*parameters), request, std::move(respond));
    store_.writer().submit(std::make_unique<UpdateTableWrite>(std::move(parameters->table_name),
                                                              std::move(parameters->changes), store_.region(),
                                                              request, std::move(respond)));
  }

 private:
  Result<UpdateParameters> parse(const RequestReader& request) const {
    UpdateParameters parameters;
    TableChanges& changes = parameters.changes;
    ASSIGN_OR_RETURN(TableReference reference, read_control_table(request, store_.region()));
    parameters.table_name = std::move(reference.name);
    ASSIGN_OR_RETURN(changes.billing_mode, read_billing_mode(request));
    ASSIGN_OR_RETURN(changes.throughput, read_throughput(request));
    ASSIGN_OR_RETURN(changes.stream, read_stream_specification(request));
    ASSIGN_OR_RETURN(changes.deletion_protection, request.boolean("DeletionProtectionEnabled"));
    ASSIGN_OR_RETURN(changes.indexes, read_index_updates(request));
    ASSIGN_OR_RETURN(parameters.replicas, read_replica_updates(request));
    RETURN_IF_ERROR(refuse_table_features(request));
    if (!changes.any() && parameters.replicas.empty()) {
      return Error::validation(
          "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
          "GlobalSecondaryIndexUpdates or "
          "SSESpecification or ReplicaUpdates is required");
    }
    if (changes.any() && !parameters.replicas.empty()) {
      return Error::validation(
          "One or more parameter values were invalid: ReplicaUpdates must be the only change of an "
          "UpdateTable");
    }
    RETURN_IF_ERROR(check_index_updates(changes.indexes));
    RETURN_IF_ERROR(check_together(changes));
    const auto table = find_control_table(*store_.catalog().snapshot(), parameters.table_name);
    if (!table.ok()) return table.error();
    return parameters;
  }

  void update_replicas(UpdateParameters parameters, const http::Request& request,
                       http::Responder respond) const {
    if (replicas_ == nullptr) {
      return respond(
          Error::validation("Gyre: this region runs alone; start it with peers to use ReplicaUpdates"));
    }
    const std::string name = parameters.table_name;
    replicas_->update_replicas(name, std::move(parameters.replicas), *request.sink,
                               [this, name, respond = std::move(respond)](Status accepted) {
                                 if (!accepted.ok()) return respond(std::move(accepted).error());
                                 respond(describe(name));
                               });
  }

  Result<std::string> describe(const std::string& table_name) const {
    ASSIGN_OR_RETURN(const storage::TablePointer table,
                     find_control_table(*store_.catalog().snapshot(), table_name));
    return table_reply("TableDescription", table->schema, store_.region(), TableStatus::kUpdating);
  }

  storage::Store& store_;
  ReplicaControl* replicas_;
};

}  // namespace

OperationPointer make_update_table(const Dependencies& dependencies) {
  return std::make_unique<UpdateTable>(dependencies);
}

}  // namespace gyre::operations
