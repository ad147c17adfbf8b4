// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "core/json/json_writer.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"

namespace gyre::operations {
namespace {

struct InsightsOf {
  storage::TablePointer table;
  std::optional<std::string> index;
};

/// Gyre has no contributor insights, so they are never enabled; AWS answers the same of a table that never
/// had them.
class DescribeContributorInsights final : public ParsedOperation<InsightsOf> {
 public:
  explicit DescribeContributorInsights(storage::Store& store) : store_(store) {}

 private:
  Result<InsightsOf> parse(const RequestReader& request) const override {
    InsightsOf of;
    ASSIGN_OR_RETURN(const TableReference reference, read_control_table(request, store_.region()));
    if (request.has("IndexName")) {
      ASSIGN_OR_RETURN(of.index, read_index_name(request));
    }
    ASSIGN_OR_RETURN(of.table, find_control_table(*store_.catalog().snapshot(), reference.name));
    if (of.index && of.table->schema.find_index(*of.index) == nullptr) {
      return Error::resource_not_found("Requested resource not found: Index: " + *of.index + " not found");
    }
    return of;
  }

  Intents intents(const InsightsOf& of) const override {
    const std::string& table = of.table->schema.name;
    return {{"dynamodb:DescribeContributorInsights",
             of.index ? Resource::of_index(table, *of.index) : Resource::of_table(table)}};
  }

  void execute(InsightsOf of, const http::Request&, http::Responder respond) override {
    std::string out;
    json::Writer writer(out);
    writer.begin_object().member("TableName", of.table->schema.name);
    if (of.index) writer.member("IndexName", *of.index);
    writer.member("ContributorInsightsStatus", "DISABLED").end_object();
    respond(std::move(out));
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_describe_contributor_insights(const Dependencies& dependencies) {
  return std::make_unique<DescribeContributorInsights>(dependencies.store);
}

}  // namespace gyre::operations
