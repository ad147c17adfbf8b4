// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "core/operations/queries/page_operation.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/legacy_conditions.h"
#include "core/operations/requests/legacy_parameters.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kLegacyQueryParameters[] = {"AttributesToGet", "QueryFilter",
                                                       "ConditionalOperator", "KeyConditions"};
constexpr std::string_view kQueryExpressions[] = {"ProjectionExpression", "FilterExpression",
                                                  "KeyConditionExpression"};

/// `parameter` holds the filter, as messages name it.
Status check_filter_names(std::string_view parameter, const expressions::Condition& filter,
                          const KeyAttributes& keys) {
  const std::vector<std::string> names = filter.attribute_names();
  for (const std::span<const KeyAttribute> attributes : {keys.partition, keys.sort}) {
    for (const KeyAttribute& key : attributes) {
      if (std::find(names.begin(), names.end(), key.name) == names.end()) continue;
      return Error::validation(fmt::format(
          "{} can only contain non-primary key attributes: Primary key attribute: {}", parameter, key.name));
    }
  }
  return {};
}

// AWS's words since 2026, and of Query alone (measured); by now in all of its regions, so in the older style
// too.
Status check_limit(const RequestReader& request) {
  const auto limit = request.integer("Limit", 1);
  if (limit.ok()) return {};
  if (limit.error().code != ErrorCode::kValidation) return limit.error();
  return Error::validation(fmt::format(
      "{}Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
      kOneError));
}

using KeyConditions = std::vector<expressions::AttributeCondition>;

class Query final : public PageOperation {
 public:
  explicit Query(const Dependencies& dependencies) : PageOperation(dependencies, "dynamodb:Query") {}

 private:
  Result<PageParameters> parse(const RequestReader& request) const override {
    PageParameters page;
    ASSIGN_OR_RETURN(TableReference reference, read_item_table(request, store().region()));
    ASSIGN_OR_RETURN(const std::optional<std::string> index, read_index_parameter(request));
    // A wrong ConditionalOperator is told before a wrong Select (measured).
    ASSIGN_OR_RETURN(const std::optional<LegacyConditions> filter,
                     read_legacy_conditions(request, "QueryFilter"));
    RETURN_IF_ERROR(check_limit(request));
    RETURN_IF_ERROR(read_page_options(request, page));
    ASSIGN_OR_RETURN(const std::optional<bool> forward, request.boolean("ScanIndexForward"));
    page.forward = forward.value_or(true);
    ASSIGN_OR_RETURN(const KeyConditions conditions, read_conditions(request, filter, page));
    ASSIGN_OR_RETURN(storage::TablePointer table,
                     find_item_table(*store().catalog().snapshot(), reference.name));
    page.table_text = std::move(reference.text);
    ASSIGN_OR_RETURN(page.source, find_page_source(request, std::move(table), index, page.consistent));
    ASSIGN_OR_RETURN(const std::optional<std::string> start, read_start_row(request, page.source));
    const KeyAttributes keys = page.source.keys();
    ASSIGN_OR_RETURN(const expressions::KeyCondition key, expressions::make_key_condition(conditions, keys));
    if (page.filter) {
      const std::string_view filter = request.has("QueryFilter") ? "QueryFilter" : "Filter Expression";
      RETURN_IF_ERROR(check_filter_names(filter, *page.filter, keys));
    }
    RETURN_IF_ERROR(check_page_paths(page));
    RETURN_IF_ERROR(set_range(start, key, page));
    RETURN_IF_ERROR(check_projected(page));
    return page;
  }

  // Reads conditions, filter and projection, in whichever form.
  static Result<KeyConditions> read_conditions(const RequestReader& request,
                                               const std::optional<LegacyConditions>& filter,
                                               PageParameters& page) {
    ASSIGN_OR_RETURN(auto attributes_to_get, read_attributes_to_get(request));
    ASSIGN_OR_RETURN(const std::optional<LegacyConditions> keys,
                     read_legacy_conditions(request, "KeyConditions"));
    RETURN_IF_ERROR(check_query_forms(request));
    RETURN_IF_ERROR(check_select(request, true));
    if (filter) {
      ASSIGN_OR_RETURN(page.filter, legacy_condition(*filter));
    }
    if (attributes_to_get) {
      ASSIGN_OR_RETURN(page.projection, check_attributes_to_get(*std::move(attributes_to_get)));
    }
    if (!keys && !request.has("KeyConditionExpression")) {
      return Error::validation(
          "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
    }
    ASSIGN_OR_RETURN(KeyConditions conditions, read_expressions(request, page));
    if (keys) {
      ASSIGN_OR_RETURN(conditions, check_legacy_conditions(*keys));
    }
    RETURN_IF_ERROR(expressions::check_key_condition_count(conditions.size()));
    return conditions;
  }

  // KeyConditions goes with the expressions that say something else.
  static Status check_query_forms(const RequestReader& request) {
    const std::span legacy(kLegacyQueryParameters);
    const bool both = request.has("KeyConditionExpression");
    return check_forms(request, both ? legacy : legacy.first(legacy.size() - 1), kQueryExpressions);
  }

  // The conditions of a KeyConditionExpression, if there is one.
  static Result<KeyConditions> read_expressions(const RequestReader& request, PageParameters& page) {
    ASSIGN_OR_RETURN(ExpressionParameters parameters, read_expression_parameters(request, kQueryExpressions));
    ASSIGN_OR_RETURN(const std::optional<std::string_view> text, request.string("KeyConditionExpression"));
    KeyConditions conditions;
    if (text) {
      ASSIGN_OR_RETURN(conditions, parse_cache().key_conditions(*text, parameters.placeholders));
    }
    RETURN_IF_ERROR(read_page_expressions(request, parameters, page));
    RETURN_IF_ERROR(parameters.placeholders.check_all_used());
    return conditions;
  }

  static Status set_range(const std::optional<std::string>& start, const expressions::KeyCondition& key,
                          PageParameters& page) {
    page.rows = page.source.rows_of(key);
    if (!start) return {};
    if (!start->starts_with(page.rows.partition)) {
      return Error::validation(
          "The provided starting key is outside query boundaries based on provided conditions");
    }
    if (!page.rows.holds(*start)) {
      return Error::validation("The provided starting key does not match the range key predicate");
    }
    page.rows.start_after(*start, page.forward);
    return {};
  }
};

}  // namespace

OperationPointer make_query(const Dependencies& dependencies) {
  return std::make_unique<Query>(dependencies);
}

}  // namespace gyre::operations
