// SPDX-License-Identifier: Apache-2.0
#include <utility>
#include <vector>

#include "core/operations/requests/api_names.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/expression_parameters.h"
#include "core/operations/transactions/transaction_read.h"
#include "core/storage/read_view.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kExpressions[] = {"ProjectionExpression"};

struct Get {
  TableReference reference;
  AttributeMap key;
  std::optional<expressions::Projection> projection;
};

struct TransactGetParameters {
  std::vector<TransactionGet> gets;
  CapacityDetail capacity = CapacityDetail::kNone;
};

class TransactGetItems final : public ParsedOperation<TransactGetParameters> {
 public:
  explicit TransactGetItems(const Dependencies& dependencies)
      : store_(dependencies.store), throttle_(dependencies.throttle) {}

 private:
  Result<TransactGetParameters> parse(const RequestReader& request) const override {
    TransactGetParameters parameters;
    std::vector<Get> gets;
    ASSIGN_OR_RETURN(const json::Value items, read_transact_items(request, "TransactGetItem"));
    ASSIGN_OR_RETURN(parameters.capacity, read_capacity_detail(request));
    RETURN_IF_ERROR(for_each_structure(items, "TransactGetItem", "transactItems",
                                       [&](const RequestReader& element) -> Status {
                                         ASSIGN_OR_RETURN(const auto members, element.structure("Get"));
                                         if (!members) return missing_member_error(element.path_of("Get"));
                                         ASSIGN_OR_RETURN(Get get, parse_get(*members));
                                         gets.push_back(std::move(get));
                                         return {};
                                       }));
    ASSIGN_OR_RETURN(parameters.gets, bind(std::move(gets)));
    return parameters;
  }

  Intents intents(const TransactGetParameters& parameters) const override {
    return intents_of("dynamodb:GetItem", parameters.gets);
  }

  void execute(TransactGetParameters parameters, const http::Request& request,
               http::Responder respond) override {
    Status admitted = admit_all(parameters.gets);
    if (!admitted.ok()) return respond(std::move(admitted).error());
    run_read(
        store_.read_pool(), *request.sink,
        std::make_unique<TransactionRead>(store_.reads(), std::move(parameters.gets), parameters.capacity),
        std::move(respond));
  }

  Result<Get> parse_get(const RequestReader& request) const {
    Get get;
    ASSIGN_OR_RETURN(get.reference, read_item_table(request, store_.region()));
    ASSIGN_OR_RETURN(get.key, request.required_attributes("Key"));
    ASSIGN_OR_RETURN(ExpressionParameters expressions, read_expression_parameters(request, kExpressions));
    ASSIGN_OR_RETURN(get.projection, read_projection(request, expressions));
    RETURN_IF_ERROR(expressions.placeholders.check_all_used());
    return get;
  }

  // As TransactWriteItems does: a missing table and an impossible key are plain errors, a key that does not
  // fit the schema cancels.
  Result<std::vector<TransactionGet>> bind(std::vector<Get> gets) const {
    const auto catalog = store_.catalog().snapshot();
    std::vector<TransactionGet> bound;
    Cancellation cancellation;
    for (Get& get : gets) {
      ASSIGN_OR_RETURN(const storage::TablePointer table, find_item_table(*catalog, get.reference.name));
      const TableSchema& schema = table->schema;
      RETURN_IF_ERROR(check_key_values(schema.key_schema, get.key));
      if (get.projection) RETURN_IF_ERROR(check_key_paths(get.projection->nested_names(), schema));
      const Result<ItemKey> key = item_key(schema.key_schema, get.key, true);
      RETURN_IF_ERROR(cancellation.note(key.ok() ? Status() : Status(key.error())));
      if (!key.ok()) continue;
      bound.push_back({.table = std::move(get.reference.text),
                       .entry = table,
                       .row = storage::ItemRow(schema.id, *key),
                       .projection = std::move(get.projection),
                       .meter = Meter(throttle_, table, nullptr, CapacityKind::kRead)});
    }
    RETURN_IF_ERROR(cancellation.check());
    RETURN_IF_ERROR(check_distinct(bound));
    return bound;
  }

  storage::Store& store_;
  Throttle* const throttle_;
};

}  // namespace

OperationPointer make_transact_get_items(const Dependencies& dependencies) {
  return std::make_unique<TransactGetItems>(dependencies);
}

}  // namespace gyre::operations
