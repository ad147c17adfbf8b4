// SPDX-License-Identifier: Apache-2.0
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/operations/capacity/collection_metrics.h"
#include "core/operations/items/item_write.h"
#include "core/operations/transactions/transaction_write.h"

namespace gyre::operations {
namespace {

Result<ActionPointer> parse_action(const RequestReader& element, const RegionId& region) {
  struct Kind {
    std::string_view name;
    ParseAction parse;
  };
  constexpr Kind kKinds[] = {{"ConditionCheck", parse_condition_check},
                             {"Put", parse_put_action},
                             {"Delete", parse_delete_action},
                             {"Update", parse_update_action}};
  std::size_t present = 0;
  for (const Kind& kind : kKinds) present += element.has(kind.name) ? 1 : 0;
  if (present == 0) {
    return Error::validation(
        "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request");
  }
  if (present > 1)
    return Error::validation("TransactItems can only contain one of Check, Put, Update or Delete");
  for (const Kind& kind : kKinds) {
    ASSIGN_OR_RETURN(const std::optional<RequestReader> members, element.structure(kind.name));
    if (!members) continue;
    return kind.parse(*members, region, ActionHolder::kTransaction);
  }
  fatal("an action is there and is not");
}

class TransactWriteItems final : public ParsedOperation<TransactionWriteParameters> {
 public:
  explicit TransactWriteItems(const Dependencies& dependencies)
      : store_(dependencies.store),
        throttle_(dependencies.throttle),
        collections_(dependencies.collections) {}

 private:
  Result<TransactionWriteParameters> parse(const RequestReader& request) const override {
    ASSIGN_OR_RETURN(TransactionWriteParameters parameters, read(request));
    RETURN_IF_ERROR(bind(parameters.actions));
    return parameters;
  }

  Intents intents(const TransactionWriteParameters& parameters) const override {
    return intents_of(parameters.actions);
  }

  void execute(TransactionWriteParameters parameters, const http::Request& request,
               http::Responder respond) override {
    Status admitted = admit_all(parameters.actions, throttle_, collections_);
    if (!admitted.ok()) return respond(std::move(admitted).error());
    submit(store_, std::make_unique<TransactionWrite>(std::move(parameters), request, std::move(respond)));
  }

  // What is wrong with the request as it stands, whatever the tables hold: plain errors, before any table is
  // looked up.
  Result<TransactionWriteParameters> read(const RequestReader& request) const {
    TransactionWriteParameters parameters;
    ASSIGN_OR_RETURN(parameters.token, read_client_token(request));
    ASSIGN_OR_RETURN(const json::Value items, read_transact_items(request, "TransactWriteItem"));
    ASSIGN_OR_RETURN(parameters.capacity, read_capacity_detail(request));
    ASSIGN_OR_RETURN(const bool metrics, wants_collection_metrics(request));
    if (metrics) parameters.metrics = &store_.reads();
    std::uint64_t bytes = 0;
    RETURN_IF_ERROR(for_each_structure(
        items, "TransactWriteItem", "transactItems", [&](const RequestReader& element) -> Status {
          ASSIGN_OR_RETURN(ActionPointer action, parse_action(element, store_.region()));
          RETURN_IF_ERROR(action->check_size());
          bytes += action->attribute_bytes();
          parameters.actions.push_back(std::move(action));
          return {};
        }));
    RETURN_IF_ERROR(check_transaction_bytes(bytes));
    return parameters;
  }

  // A missing table and an impossible key are plain errors; what only the schema forbids cancels the
  // transaction.
  Status bind(const std::vector<ActionPointer>& actions) const {
    const auto catalog = store_.catalog().snapshot();
    std::vector<storage::TablePointer> tables;
    for (const ActionPointer& action : actions) {
      ASSIGN_OR_RETURN(storage::TablePointer table, find_item_table(*catalog, action->reference().name));
      RETURN_IF_ERROR(action->check_key_values(table->schema));
      tables.push_back(std::move(table));
    }
    Cancellation cancellation;
    for (std::size_t i = 0; i < actions.size(); ++i) {
      RETURN_IF_ERROR(cancellation.note(actions[i]->bind(std::move(tables[i]))));
    }
    RETURN_IF_ERROR(cancellation.check());
    return check_distinct(actions);
  }

  storage::Store& store_;
  Throttle* const throttle_;
  CollectionLimit* const collections_;
};

}  // namespace

OperationPointer make_transact_write_items(const Dependencies& dependencies) {
  return std::make_unique<TransactWriteItems>(dependencies);
}

}  // namespace gyre::operations
