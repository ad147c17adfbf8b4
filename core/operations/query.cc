// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <utility>

#include "core/base/hash.h"
#include "core/model/key.h"
#include "core/operations/operation_list.h"
#include "core/operations/page_read.h"
#include "core/operations/table_reference.h"
#include "core/operations/unsupported.h"
#include "core/storage/row_keys.h"

namespace gyre::operations {
namespace {

Status check_filter_names(const expressions::Condition& filter, const KeySchema& schema) {
  for (const std::string& name : filter.attribute_names()) {
    if (name == schema.partition.name || (schema.sort && name == schema.sort->name)) {
      return Error::validation(fmt::format(
          "Filter Expression can only contain non-primary key attributes: Primary key attribute: {}", name));
    }
  }
  return {};
}

// Sets the page's range to the rows that the condition asks for; answers what all rows of the partition start
// with.
std::string narrow_to(const expressions::KeyCondition& condition, PageParameters& page) {
  ItemKey partition;
  append_key_value(partition.partition, condition.partition);
  partition.partition_hash = hash64(partition.partition);
  std::string prefix = storage::partition_prefix(page.table->schema.id, partition);
  page.lower = prefix + condition.sort_lower.value_or("");
  page.upper = condition.sort_upper ? prefix + *condition.sort_upper : storage::prefix_end(prefix);
  return prefix;
}

class Query final : public http::Operation {
 public:
  explicit Query(storage::Store& store) : store_(store) {}

  void run(const http::Request& request, http::Responder respond) override {
    Result<PageParameters> page = parse(RequestReader(request.body));
    if (!page.ok()) return respond(std::move(page).error());
    run_read(store_.read_pool(), *request.sink, std::make_unique<PageRead>(store_.engine(), std::move(*page)),
             std::move(respond));
  }

 private:
  Result<PageParameters> parse(const RequestReader& request) const {
    RETURN_IF_ERROR(refuse_unsupported(request, {{"IndexName"},
                                                 {"KeyConditions", "KeyConditionExpression"},
                                                 {"QueryFilter", "FilterExpression"},
                                                 {"ConditionalOperator", "FilterExpression"},
                                                 {"AttributesToGet", "ProjectionExpression"}}));
    PageParameters page;
    ASSIGN_OR_RETURN(TableReference reference, read_item_table(request, store_.region()));
    ASSIGN_OR_RETURN(ExpressionParameters expressions,
                     read_expression_parameters(request, {"FilterExpression", "KeyConditionExpression"},
                                                {"ProjectionExpression"}));
    RETURN_IF_ERROR(read_page_options(request, expressions, page));
    ASSIGN_OR_RETURN(const std::optional<bool> forward, request.boolean("ScanIndexForward"));
    page.forward = forward.value_or(true);
    ASSIGN_OR_RETURN(const std::optional<std::string_view> condition,
                     request.string("KeyConditionExpression"));
    if (!condition) {
      return Error::validation(
          "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
    }
    ASSIGN_OR_RETURN(page.table, find_item_table(*store_.catalog().snapshot(), reference.name));
    page.table_text = std::move(reference.text);
    const KeySchema& schema = page.table->schema.key_schema;
    ASSIGN_OR_RETURN(const expressions::KeyCondition key,
                     expressions::parse_key_condition(*condition, expressions.placeholders, schema));
    RETURN_IF_ERROR(expressions.placeholders.check_all_used());
    if (page.filter) RETURN_IF_ERROR(check_filter_names(*page.filter, schema));
    RETURN_IF_ERROR(set_range(request, key, page));
    return page;
  }

  static Status set_range(const RequestReader& request, const expressions::KeyCondition& key,
                          PageParameters& page) {
    const std::string prefix = narrow_to(key, page);
    ASSIGN_OR_RETURN(const std::optional<std::string> start, read_start_row(request, page.table->schema));
    if (!start) return {};
    if (!start->starts_with(prefix)) {
      return Error::validation(
          "The provided starting key is outside query boundaries based on provided conditions");
    }
    if (*start < page.lower || *start >= page.upper) {
      return Error::validation("The provided starting key does not match the range key predicate");
    }
    start_after(page, *start);
    return {};
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_query(const Dependencies& dependencies) {
  return std::make_unique<Query>(dependencies.store);
}

}  // namespace gyre::operations
