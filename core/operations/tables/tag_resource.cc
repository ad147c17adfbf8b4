// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"
#include "core/operations/tables/table_edit.h"
#include "core/operations/tables/tags.h"

namespace gyre::operations {
namespace {

struct TagAddition {
  storage::TablePointer table;
  Tags tags;
};

class TagResource final : public ParsedOperation<TagAddition> {
 public:
  explicit TagResource(storage::Store& store) : store_(store) {}

 private:
  Intents intents(const TagAddition& parsed) const override {
    return table_intent("dynamodb:TagResource", parsed.table->schema.name);
  }

  void execute(TagAddition parsed, const http::Request& request, http::Responder respond) override {
    auto add = [tags = std::move(parsed.tags)](TableSchema& schema, std::uint64_t) {
      return merge_tags(tags, schema.tags);
    };
    store_.writer().submit(std::make_unique<TableEdit>(parsed.table, std::move(add), std::string(), request,
                                                       std::move(respond)));
  }

  Result<TagAddition> parse(const RequestReader& request) const override {
    TagAddition parsed;
    ASSIGN_OR_RETURN(const std::string_view arn, read_resource_arn(request));
    ASSIGN_OR_RETURN(const json::Value list, request.required_list("Tags"));
    ASSIGN_OR_RETURN(const std::string name, tagged_table_name(arn, store_.region()));
    if (list.size() == 0) return Error::validation("Atleast one Tag needs to be provided as Input.");
    ASSIGN_OR_RETURN(parsed.tags, read_tags(list));
    parsed.table = store_.catalog().snapshot()->find(name);
    if (parsed.table == nullptr) return tagged_table_not_found(arn);
    return parsed;
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_tag_resource(const Dependencies& dependencies) {
  return std::make_unique<TagResource>(dependencies.store);
}

}  // namespace gyre::operations
