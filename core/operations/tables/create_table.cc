// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/client_write.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"
#include "core/operations/tables/capacity_settings.h"
#include "core/operations/tables/encryption.h"
#include "core/operations/tables/index_definitions.h"
#include "core/operations/tables/table_description.h"
#include "core/operations/tables/table_settings.h"
#include "core/operations/tables/tags.h"
#include "core/storage/new_names.h"

namespace gyre::operations {
namespace {

struct CreateParameters {
  TableSchema schema;  ///< all that the request decides
  std::optional<StreamSpecification> stream;
};

class CreateTableWrite final : public ClientWrite {
 public:
  CreateTableWrite(CreateParameters parameters, const RegionId& self, const http::Request& request,
                   http::Responder respond)
      : ClientWrite(request, std::move(respond)),
        schema_(std::move(parameters.schema)),
        stream_(parameters.stream),
        self_(self) {}

  std::size_t request_bytes() const override { return sizeof(*this) + schema_.name.size(); }

 protected:
  Status apply(storage::WriteTransaction& transaction) override {
    const storage::CatalogSnapshot& catalog = transaction.catalog().snapshot();
    if (catalog.find(schema_.name)) {
      return Error(ErrorCode::kResourceInUse, fmt::format("Table already exists: {}", schema_.name));
    }
    if (catalog.names().size() >= limits::kTablesMax) {
      return Error(
          ErrorCode::kLimitExceeded,
          fmt::format("Subscriber limit exceeded: Provision max {} tables allowed", limits::kTablesMax));
    }
    schema_.id = transaction.catalog().new_table_id();
    schema_.uuid = storage::new_table_uuid(transaction);
    schema_.incarnation = storage::new_incarnation(transaction);
    schema_.created_ms = transaction.clock().now_ms();
    if (schema_.encryption.kind != EncryptionKind::kOwned) schema_.encryption.changed_ms = schema_.created_ms;
    for (IndexSchema& index : schema_.indexes) index.id = transaction.catalog().new_index_id();
    if (schema_.billing_mode == BillingMode::kPayPerRequest) schema_.on_demand_ms = schema_.created_ms;
    if (stream_ && stream_->enabled) {
      schema_.streams = {storage::new_stream(catalog, schema_, stream_->view_type, schema_.created_ms)};
    }
    return transaction.catalog().put_table(schema_);
  }

  Result<std::string> reply() override {
    return table_reply("TableDescription", schema_, self_,
                       {.status = TableStatus::kCreating, .counts = storage::TableCounts()});
  }

 private:
  TableSchema schema_;
  std::optional<StreamSpecification> stream_;
  const RegionId& self_;
};

class CreateTable final : public ParsedOperation<CreateParameters> {
 public:
  explicit CreateTable(storage::Store& store) : store_(store) {}

 private:
  Intents intents(const CreateParameters& parameters) const override {
    return table_intent("dynamodb:CreateTable", parameters.schema.name);
  }

  void execute(CreateParameters parameters, const http::Request& request, http::Responder respond) override {
    store_.writer().submit(std::make_unique<CreateTableWrite>(std::move(parameters), store_.region(), request,
                                                              std::move(respond)));
  }

  Result<CreateParameters> parse(const RequestReader& request) const override {
    CreateParameters parameters;
    TableSchema& schema = parameters.schema;
    ASSIGN_OR_RETURN(TableReference reference, read_control_table(request, store_.region()));
    schema.name = std::move(reference.name);
    TableKeyDefinitions keys;
    ASSIGN_OR_RETURN(keys.definitions, read_required_definitions(request));
    ASSIGN_OR_RETURN(keys.elements, read_key_elements(request, 2));
    ASSIGN_OR_RETURN(keys.local, read_index_definitions(request, true));
    ASSIGN_OR_RETURN(keys.global, read_index_definitions(request, false));
    ASSIGN_OR_RETURN(const CapacityRequest capacity, read_capacity(request));
    ASSIGN_OR_RETURN(const std::optional<TableClass> table_class, read_table_class(request));
    ASSIGN_OR_RETURN(parameters.stream, read_stream_specification(request, StreamSpecificationOf::kNewTable));
    ASSIGN_OR_RETURN(schema.deletion_protection, request.flag("DeletionProtectionEnabled"));
    schema.table_class = table_class.value_or(TableClass::kStandard);
    ASSIGN_OR_RETURN(const std::optional<EncryptionRequest> encryption, read_encryption(request));
    if (encryption) {
      ASSIGN_OR_RETURN(schema.encryption, new_encryption(*encryption, store_.region()));
    }
    RETURN_IF_ERROR(set_capacity(capacity, store_.region(), schema));
    RETURN_IF_ERROR(refuse_table_features(request));
    ASSIGN_OR_RETURN(const std::optional<json::Value> tags, request.list("Tags"));
    if (tags) {
      ASSIGN_OR_RETURN(schema.tags, read_tags(*tags));
    }
    RETURN_IF_ERROR(resolve_table_keys(keys, store_.region(), schema));
    return parameters;
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_create_table(const Dependencies& dependencies) {
  return std::make_unique<CreateTable>(dependencies.store);
}

}  // namespace gyre::operations
