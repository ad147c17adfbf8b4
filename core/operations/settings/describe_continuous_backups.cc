// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"
#include "core/operations/settings/continuous_backups.h"

namespace gyre::operations {
namespace {

class DescribeContinuousBackups final : public ParsedOperation<storage::TablePointer> {
 public:
  explicit DescribeContinuousBackups(storage::Store& store) : store_(store) {}

 private:
  Result<storage::TablePointer> parse(const RequestReader& request) const override {
    return read_backed_up_table(request, *store_.catalog().snapshot(), store_.region());
  }

  Intents intents(const storage::TablePointer& table) const override {
    return table_intent("dynamodb:DescribeContinuousBackups", table->schema.name);
  }

  void execute(storage::TablePointer table, const http::Request&, http::Responder respond) override {
    respond(continuous_backups_reply(table->schema.recovery));
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_describe_continuous_backups(const Dependencies& dependencies) {
  return std::make_unique<DescribeContinuousBackups>(dependencies.store);
}

}  // namespace gyre::operations
