// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "core/base/limits.h"
#include "core/json/json_writer.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"

namespace gyre::operations {
namespace {

struct PageOfTables {
  std::optional<std::string> after;
  std::size_t limit = limits::kListTablesMax;
};

std::string list_page(const storage::CatalogSnapshot& catalog, const PageOfTables& page) {
  const auto& names = catalog.names();
  auto next = page.after ? names.upper_bound(*page.after) : names.begin();
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("TableNames").begin_array();
  std::string_view last;
  for (std::size_t count = 0; next != names.end() && count < page.limit; ++next, ++count) {
    last = next->first;
    writer.string(last);
  }
  writer.end_array();
  if (next != names.end()) writer.member("LastEvaluatedTableName", last);
  writer.end_object();
  return out;
}

class ListTables final : public ParsedOperation<PageOfTables> {
 public:
  explicit ListTables(storage::Store& store) : store_(store) {}

 private:
  Result<PageOfTables> parse(const RequestReader& request) const override {
    constexpr std::int64_t kMost = limits::kListTablesMax;
    PageOfTables page;
    ASSIGN_OR_RETURN(const std::optional<std::string_view> after, request.string("ExclusiveStartTableName"));
    if (after) RETURN_IF_ERROR(check_table_name(*after, "exclusiveStartTableName"));
    ASSIGN_OR_RETURN(const std::optional<std::int64_t> limit, request.integer("Limit", 1, kMost));
    if (after) page.after = *after;
    page.limit = static_cast<std::size_t>(limit.value_or(kMost));
    return page;
  }

  Intents intents(const PageOfTables&) const override { return general_intent("dynamodb:ListTables"); }

  void execute(PageOfTables page, const http::Request&, http::Responder respond) override {
    respond(list_page(*store_.catalog().snapshot(), page));
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_list_tables(const Dependencies& dependencies) {
  return std::make_unique<ListTables>(dependencies.store);
}

}  // namespace gyre::operations
