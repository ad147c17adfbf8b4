// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <utility>

#include "core/json/json_writer.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"
#include "core/operations/tables/tags.h"

namespace gyre::operations {
namespace {

/// A page holds all fifty tags that a table can have, so no reply carries a NextToken, as on AWS, and none
/// that a caller sends is one of ours.
class ListTagsOfResource final : public ParsedOperation<storage::TablePointer> {
 public:
  explicit ListTagsOfResource(storage::Store& store) : store_(store) {}

 private:
  Result<storage::TablePointer> parse(const RequestReader& request) const override {
    ASSIGN_OR_RETURN(const std::string_view arn, read_resource_arn(request));
    ASSIGN_OR_RETURN(const std::string name, tagged_table_name(arn, store_.region()));
    ASSIGN_OR_RETURN(const std::optional<std::string_view> token, request.string("NextToken"));
    if (token) return Error::validation(fmt::format("The provided NextToken is invalid: {}", *token));
    storage::TablePointer table = store_.catalog().snapshot()->find(name);
    if (table == nullptr) return tagged_table_not_found(arn);
    return table;
  }

  Intents intents(const storage::TablePointer& table) const override {
    return table_intent("dynamodb:ListTagsOfResource", table->schema.name);
  }

  void execute(storage::TablePointer table, const http::Request&, http::Responder respond) override {
    std::string out;
    json::Writer writer(out);
    writer.begin_object().key("Tags").begin_array();
    for (const auto& [key, value] : table->schema.tags) {
      writer.begin_object().member("Key", key).member("Value", value).end_object();
    }
    writer.end_array().end_object();
    respond(std::move(out));
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_list_tags_of_resource(const Dependencies& dependencies) {
  return std::make_unique<ListTagsOfResource>(dependencies.store);
}

}  // namespace gyre::operations
