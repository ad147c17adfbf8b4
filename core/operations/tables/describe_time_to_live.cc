// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <utility>

#include "core/json/json_writer.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"
#include "core/storage/expiry_rows.h"
#include "core/storage/read_view.h"

namespace gyre::operations {
namespace {

/// ENABLING while items that were there before are still being added to the expiry index; DISABLED at once,
/// and then without the attribute, as on AWS.
class DescribeTimeToLiveRead final : public ReadRequest {
 public:
  DescribeTimeToLiveRead(const storage::ReadView& reads, storage::TablePointer table)
      : reads_(reads), table_(std::move(table)) {}

  Result<std::string> read(ReadSlice& slice) override {
    const TableSchema& schema = table_->schema;
    std::string out;
    json::Writer writer(out);
    writer.begin_object().key("TimeToLiveDescription").begin_object();
    if (storage::expires(schema)) {
      ASSIGN_OR_RETURN(const std::optional<std::string> cursor,
                       reads_.expiry_cursor(schema.id, slice.tier()));
      writer.member("TimeToLiveStatus", cursor ? "ENABLING" : "ENABLED");
      writer.member("AttributeName", schema.time_to_live->attribute);
    } else {
      writer.member("TimeToLiveStatus", "DISABLED");
    }
    writer.end_object().end_object();
    return out;
  }

 private:
  const storage::ReadView& reads_;
  storage::TablePointer table_;
};

class DescribeTimeToLive final : public ParsedOperation<storage::TablePointer> {
 public:
  explicit DescribeTimeToLive(storage::Store& store) : store_(store) {}

 private:
  Intents intents(const storage::TablePointer& table) const override {
    return table_intent("dynamodb:DescribeTimeToLive", table->schema.name);
  }

  void execute(storage::TablePointer table, const http::Request& request, http::Responder respond) override {
    run_read(store_.read_pool(), *request.sink,
             std::make_unique<DescribeTimeToLiveRead>(store_.reads(), std::move(table)), std::move(respond));
  }

  Result<storage::TablePointer> parse(const RequestReader& request) const override {
    ASSIGN_OR_RETURN(const TableReference reference, read_control_table(request, store_.region()));
    ASSIGN_OR_RETURN(storage::TablePointer table,
                     find_control_table(*store_.catalog().snapshot(), reference.name));
    const TableStatus status = table->schema.status;
    if (status != TableStatus::kCreating && status != TableStatus::kDeleting) return table;
    return Error::validation(
        fmt::format("Cannot describe time to live while table is in {0} state: Current table state is {0}",
                    table_status_name(status)));
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_describe_time_to_live(const Dependencies& dependencies) {
  return std::make_unique<DescribeTimeToLive>(dependencies.store);
}

}  // namespace gyre::operations
