// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/operations/client_token.h"
#include "core/operations/client_write.h"
#include "core/operations/item_write.h"
#include "core/operations/transaction.h"
#include "core/storage/row_keys.h"

namespace gyre::operations {
namespace {

struct TransactWriteParameters {
  std::vector<ActionPointer> actions;
  std::optional<ClientToken> token;
  CapacityDetail capacity = CapacityDetail::kNone;
};

/// All actions in one evaluation of the writer: it keeps all that they staged, or nothing.
class TransactWrite final : public ClientWrite {
 public:
  TransactWrite(TransactWriteParameters parameters, const http::Request& request, http::Responder respond)
      : ClientWrite(request, std::move(respond)), parameters_(std::move(parameters)) {}

 protected:
  std::size_t request_bytes() const override {
    std::size_t bytes = sizeof(*this);
    for (const ActionPointer& action : parameters_.actions) bytes += action->size_bytes();
    return bytes;
  }

  void visit_items(const ItemVisitor& visit) const override {
    for (const ActionPointer& action : parameters_.actions) visit(*action->table(), action->key());
  }

  Status apply(storage::WriteTransaction& transaction) override {
    if (parameters_.token) {
      ASSIGN_OR_RETURN(const bool repeated, token_was_used(transaction, *parameters_.token));
      if (repeated) return charge_repetition(transaction);
    }
    Cancellation cancellation;
    std::uint64_t bytes = 0;
    for (const ActionPointer& action : parameters_.actions) {
      const Result<ActionOutcome> outcome = action->apply(transaction);
      RETURN_IF_ERROR(cancellation.note(outcome.ok() ? Status() : Status(outcome.error())));
      if (!outcome.ok()) continue;
      bytes += std::max(outcome->old_bytes, outcome->new_bytes);
      consumed_.add_write(action->reference().text, outcome->old_bytes, outcome->new_bytes);
    }
    RETURN_IF_ERROR(cancellation.check());
    return check_transaction_bytes(bytes);
  }

  Result<std::string> reply() override {
    std::string out;
    json::Writer writer(out);
    writer.begin_object();
    consumed_.write(writer, parameters_.capacity);
    writer.end_object();
    return out;
  }

 private:
  // A repeated request writes nothing and costs the reading of its items.
  Status charge_repetition(storage::WriteTransaction& transaction) {
    if (parameters_.capacity == CapacityDetail::kNone) return {};
    for (const ActionPointer& action : parameters_.actions) {
      ASSIGN_OR_RETURN(const storage::TablePointer table,
                       find_item_table(transaction.catalog(), action->table()->schema.id));
      ASSIGN_OR_RETURN(const storage::StoredItem item, transaction.read(*table, action->key()));
      consumed_.add_read(action->reference().text, item.dynamodb_bytes);
    }
    return {};
  }

  TransactWriteParameters parameters_;
  TransactionCapacity consumed_;
};

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

class TransactWriteItems final : public http::Operation {
 public:
  explicit TransactWriteItems(storage::Store& store) : store_(store) {}

  void run(const http::Request& request, http::Responder respond) override {
    Result<TransactWriteParameters> parameters = parse(RequestReader(request.body));
    if (!parameters.ok()) return respond(std::move(parameters).error());
    if (Status bound = bind(parameters->actions); !bound.ok()) return respond(std::move(bound).error());
    submit(store_, std::make_unique<TransactWrite>(std::move(*parameters), request, std::move(respond)));
  }

 private:
  // What is wrong with the request as it stands, whatever the tables hold: plain errors, before any table is
  // looked up.
  Result<TransactWriteParameters> parse(const RequestReader& request) const {
    TransactWriteParameters parameters;
    ASSIGN_OR_RETURN(parameters.token, read_client_token(request));
    ASSIGN_OR_RETURN(parameters.capacity, read_capacity_detail(request));
    RETURN_IF_ERROR(check_collection_metrics(request));
    ASSIGN_OR_RETURN(const json::Value items, read_transact_items(request));
    std::uint64_t bytes = 0;
    RETURN_IF_ERROR(for_each_structure(
        items, "TransactWriteItem", "transactItems", [&](const RequestReader& element) -> Status {
          ASSIGN_OR_RETURN(ActionPointer action, parse_action(element, store_.region()));
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
    DistinctItems distinct;
    for (const ActionPointer& action : actions) {
      RETURN_IF_ERROR(distinct.add(storage::item_row(action->table()->schema.id, action->key())));
    }
    return {};
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_transact_write_items(const Dependencies& dependencies) {
  return std::make_unique<TransactWriteItems>(dependencies.store);
}

}  // namespace gyre::operations
