// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "core/operations/requests/api_names.h"
#include "core/operations/tables/capacity_settings.h"
#include "core/operations/tables/table_description.h"
#include "core/operations/tables/table_operations.h"
#include "core/operations/tables/table_settings.h"

namespace gyre::operations {
namespace {

class DescribeTable final : public http::Operation {
 public:
  explicit DescribeTable(storage::Store& store) : store_(store) {}

  void run(const http::Request& request, http::Responder respond) override {
    const Result<storage::TablePointer> table = find(RequestReader(request.body));
    if (!table.ok()) return respond(table.error());
    respond(describe((*table)->schema));
  }

 private:
  Result<std::string> describe(TableSchema table) const {
    const std::uint64_t now_ms = store_.clock().now_ms();
    forget_old_decreases(now_ms, table.throughput);
    for (IndexSchema& index : table.indexes) forget_old_decreases(now_ms, index.throughput);
    return table_reply("Table", table, store_.region(),
                       {.status = shown_status(table), .counts = store_.writer().counts(table.id)});
  }

  Result<storage::TablePointer> find(const RequestReader& request) const {
    ASSIGN_OR_RETURN(const TableReference reference, read_control_table(request, store_.region()));
    return find_control_table(*store_.catalog().snapshot(), reference.name);
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_describe_table(const Dependencies& dependencies) {
  return std::make_unique<DescribeTable>(dependencies.store);
}

}  // namespace gyre::operations
