// SPDX-License-Identifier: Apache-2.0
#include "core/operations/settings/contributor_insights.h"

#include "core/json/json_writer.h"

namespace gyre::operations {

Result<InsightsOf> read_insights_of(const RequestReader& request, storage::Store& store) {
  InsightsOf of;
  ASSIGN_OR_RETURN(const TableReference reference, read_control_table(request, store.region()));
  if (request.has("IndexName")) {
    ASSIGN_OR_RETURN(of.index, read_index_name(request));
  }
  ASSIGN_OR_RETURN(of.table, find_control_table(*store.catalog().snapshot(), reference.name));
  if (of.index && of.table->schema.find_index(*of.index) == nullptr) {
    return Error::resource_not_found("Requested resource not found: Index: " + *of.index +
                                     " not found for table: " + of.table->schema.name);
  }
  return of;
}

Intents insights_intent(std::string_view action, const InsightsOf& of) {
  const std::string& table = of.table->schema.name;
  return {{action, of.index ? Resource::of_index(table, *of.index) : Resource::of_table(table)}};
}

std::string disabled_insights(const InsightsOf& of) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().member("TableName", of.table->schema.name);
  if (of.index) writer.member("IndexName", *of.index);
  writer.member("ContributorInsightsStatus", "DISABLED").end_object();
  return out;
}

}  // namespace gyre::operations
