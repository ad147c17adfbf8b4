// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "core/base/limits.h"
#include "core/json/json_writer.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/tables/table_operations.h"

namespace gyre::operations {
namespace {

std::string list_page(const storage::CatalogSnapshot& catalog, std::optional<std::string_view> after,
                      std::size_t limit) {
  const auto& names = catalog.names();
  auto next = after ? names.upper_bound(*after) : names.begin();
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("TableNames").begin_array();
  std::string_view last;
  for (std::size_t count = 0; next != names.end() && count < limit; ++next, ++count) {
    last = next->first;
    writer.string(last);
  }
  writer.end_array();
  if (next != names.end()) writer.member("LastEvaluatedTableName", last);
  writer.end_object();
  return out;
}

class ListTables final : public http::Operation {
 public:
  explicit ListTables(storage::Store& store) : store_(store) {}

  void run(const http::Request& request, http::Responder respond) override {
    respond(list(RequestReader(request.body)));
  }

 private:
  Result<std::string> list(const RequestReader& request) const {
    constexpr std::int64_t kMost = limits::kListTablesMax;
    ASSIGN_OR_RETURN(const std::optional<std::string_view> after, request.string("ExclusiveStartTableName"));
    if (after) RETURN_IF_ERROR(check_table_name(*after, "exclusiveStartTableName"));
    ASSIGN_OR_RETURN(const std::optional<std::int64_t> limit, request.integer("Limit", 1, kMost));
    return list_page(*store_.catalog().snapshot(), after, static_cast<std::size_t>(limit.value_or(kMost)));
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_list_tables(const Dependencies& dependencies) {
  return std::make_unique<ListTables>(dependencies.store);
}

}  // namespace gyre::operations
