// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "core/json/json_writer.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"

namespace gyre::operations {
namespace {

/// Changes go to no Kinesis stream, so a table has no destinations; AWS answers the same of one that never
/// had any.
class DescribeKinesisStreamingDestination final : public ParsedOperation<storage::TablePointer> {
 public:
  explicit DescribeKinesisStreamingDestination(storage::Store& store) : store_(store) {}

 private:
  Result<storage::TablePointer> parse(const RequestReader& request) const override {
    ASSIGN_OR_RETURN(const TableReference reference, read_control_table(request, store_.region()));
    return find_control_table(*store_.catalog().snapshot(), reference.name);
  }

  Intents intents(const storage::TablePointer& table) const override {
    return table_intent("dynamodb:DescribeKinesisStreamingDestination", table->schema.name);
  }

  void execute(storage::TablePointer table, const http::Request&, http::Responder respond) override {
    std::string out;
    json::Writer writer(out);
    writer.begin_object().member("TableName", table->schema.name);
    writer.key("KinesisDataStreamDestinations").begin_array().end_array().end_object();
    respond(std::move(out));
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_describe_kinesis_streaming_destination(const Dependencies& dependencies) {
  return std::make_unique<DescribeKinesisStreamingDestination>(dependencies.store);
}

}  // namespace gyre::operations
