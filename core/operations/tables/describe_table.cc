// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <utility>

#include "core/operations/requests/api_names.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"
#include "core/operations/tables/capacity_settings.h"
#include "core/operations/tables/stale_counts.h"
#include "core/operations/tables/table_description.h"
#include "core/operations/tables/table_settings.h"

namespace gyre::operations {
namespace {

class DescribeTable final : public ParsedOperation<storage::TablePointer> {
 public:
  explicit DescribeTable(const Dependencies& dependencies) : store_(dependencies.store) {
    if (dependencies.stale_counts) stale_.emplace(store_);
  }

 private:
  Result<storage::TablePointer> parse(const RequestReader& request) const override {
    ASSIGN_OR_RETURN(const TableReference reference, read_control_table(request, store_.region()));
    return find_control_table(*store_.catalog().snapshot(), reference.name);
  }

  Intents intents(const storage::TablePointer& table) const override {
    return table_intent("dynamodb:DescribeTable", table->schema.name);
  }

  void execute(storage::TablePointer table, const http::Request&, http::Responder respond) override {
    respond(describe(table->schema));
  }

  Result<std::string> describe(TableSchema table) {
    const std::uint64_t now_ms = store_.clock().now_ms();
    forget_old_decreases(now_ms, table.throughput);
    for (IndexSchema& index : table.indexes) forget_old_decreases(now_ms, index.throughput);
    return table_reply("Table", table, store_.region(),
                       {.status = shown_status(table),
                        .counts = stale_ ? stale_->counts(table) : store_.writer().counts(table.id)});
  }

  storage::Store& store_;
  std::optional<StaleCounts> stale_;  // nullopt: counts are shown as they are
};

}  // namespace

OperationPointer make_describe_table(const Dependencies& dependencies) {
  return std::make_unique<DescribeTable>(dependencies);
}

}  // namespace gyre::operations
