// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "core/operations/requests/api_names.h"
#include "core/operations/tables/capacity_settings.h"
#include "core/operations/tables/table_description.h"
#include "core/operations/tables/table_operations.h"
#include "core/operations/tables/table_settings.h"

namespace gyre::operations {
namespace {

class DescribeTableRead final : public ReadRequest {
 public:
  DescribeTableRead(const storage::Engine& engine, const TableSchema& table, const RegionId& self,
                    std::uint64_t now_ms)
      : engine_(engine), table_(table), self_(self) {
    forget_old_decreases(now_ms, table_.throughput);
    for (IndexSchema& index : table_.indexes) forget_old_decreases(now_ms, index.throughput);
  }

  Result<std::string> read(storage::ReadTier tier) const override {
    ASSIGN_OR_RETURN(const TableSizes sizes, estimate_table_sizes(engine_, table_, tier));
    return table_reply("Table", table_, self_, {.status = shown_status(table_), .sizes = sizes});
  }

 private:
  const storage::Engine& engine_;
  TableSchema table_;
  const RegionId& self_;
};

class DescribeTable final : public http::Operation {
 public:
  explicit DescribeTable(storage::Store& store) : store_(store) {}

  void run(const http::Request& request, http::Responder respond) override {
    Result<storage::TablePointer> table = find(RequestReader(request.body));
    if (!table.ok()) return respond(std::move(table).error());
    run_read(store_.read_pool(), *request.sink,
             std::make_unique<DescribeTableRead>(store_.engine(), (*table)->schema, store_.region(),
                                                 store_.clock().now_ms()),
             std::move(respond));
  }

 private:
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
