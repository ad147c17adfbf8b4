// SPDX-License-Identifier: Apache-2.0
#include "core/operations/requests/dependencies.h"
#include "core/operations/settings/replica_auto_scaling.h"

namespace gyre::operations {
namespace {

class DescribeTableReplicaAutoScaling final : public ParsedOperation<storage::TablePointer> {
 public:
  explicit DescribeTableReplicaAutoScaling(storage::Store& store) : store_(store) {}

 private:
  Result<storage::TablePointer> parse(const RequestReader& request) const override {
    return read_scaled_table(request, store_);
  }

  Intents intents(const storage::TablePointer& table) const override {
    return table_intent("dynamodb:DescribeTableReplicaAutoScaling", table->schema.name);
  }

  void execute(storage::TablePointer table, const http::Request&, http::Responder respond) override {
    respond(auto_scaling_reply(table->schema));
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_describe_table_replica_auto_scaling(const Dependencies& dependencies) {
  return std::make_unique<DescribeTableReplicaAutoScaling>(dependencies.store);
}

}  // namespace gyre::operations
