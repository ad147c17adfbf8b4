// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"
#include "core/operations/tables/table_edit.h"
#include "core/operations/tables/tags.h"

namespace gyre::operations {
namespace {

struct TagRemoval {
  storage::TablePointer table;
  std::vector<std::string> keys;
};

class UntagResource final : public ParsedOperation<TagRemoval> {
 public:
  explicit UntagResource(storage::Store& store) : store_(store) {}

 private:
  Intents intents(const TagRemoval& parsed) const override {
    return table_intent("dynamodb:UntagResource", parsed.table->schema.name);
  }

  void execute(TagRemoval parsed, const http::Request& request, http::Responder respond) override {
    auto remove = [keys = std::move(parsed.keys)](TableSchema& schema, std::uint64_t) {
      for (const std::string& key : keys) schema.tags.erase(key);
      return Status();
    };
    store_.writer().submit(std::make_unique<TableEdit>(parsed.table, std::move(remove), std::string(),
                                                       request, std::move(respond)));
  }

  Result<TagRemoval> parse(const RequestReader& request) const override {
    TagRemoval parsed;
    ASSIGN_OR_RETURN(const std::string_view arn, read_resource_arn(request));
    ASSIGN_OR_RETURN(const json::Value list, request.required_list("TagKeys"));
    ASSIGN_OR_RETURN(const std::string name, tagged_table_name(arn, store_.region()));
    if (list.size() == 0) return Error::validation("Atleast one Tag Key needs to be provided as Input.");
    ASSIGN_OR_RETURN(parsed.keys, read_tag_keys(list));
    parsed.table = store_.catalog().snapshot()->find(name);
    if (parsed.table == nullptr) return Error::resource_not_found("Requested resource not found");
    return parsed;
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_untag_resource(const Dependencies& dependencies) {
  return std::make_unique<UntagResource>(dependencies.store);
}

}  // namespace gyre::operations
