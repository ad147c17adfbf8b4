// SPDX-License-Identifier: Apache-2.0
#include "core/operations/transactions/transaction_write.h"

#include <algorithm>
#include <utility>

#include "core/operations/capacity/collection_metrics.h"

namespace gyre::operations {

TransactionWrite::TransactionWrite(TransactionWriteParameters parameters, const http::Request& request,
                                   http::Responder respond)
    : ClientWrite(request, std::move(respond)), parameters_(std::move(parameters)) {}

std::size_t TransactionWrite::request_bytes() const {
  std::size_t bytes = sizeof(*this);
  for (const ActionPointer& action : parameters_.actions) bytes += action->size_bytes();
  return bytes;
}

void TransactionWrite::visit_items(const ItemVisitor& visit) const {
  for (const ActionPointer& action : parameters_.actions) visit(*action->table(), action->key());
}

Status TransactionWrite::apply(storage::WriteTransaction& transaction) {
  if (parameters_.token) {
    ASSIGN_OR_RETURN(const bool repeated, token_was_used(transaction, *parameters_.token));
    if (repeated) return charge_repetition(transaction);
  }
  Cancellation cancellation;
  std::uint64_t bytes = 0;
  for (const ActionPointer& action : parameters_.actions) {
    const Result<ActionOutcome> outcome = action->apply(transaction, consumed_.wanted());
    RETURN_IF_ERROR(cancellation.note(outcome.ok() ? Status() : Status(outcome.error())));
    if (!outcome.ok()) continue;
    bytes += std::max(outcome->cost.old_bytes, outcome->cost.new_bytes);
    consumed_.add_write(action->reference().text, outcome->cost);
  }
  RETURN_IF_ERROR(cancellation.check());
  return check_transaction_bytes(bytes);
}

// A repeated request writes nothing and costs the reading of its items.
Status TransactionWrite::charge_repetition(storage::WriteTransaction& transaction) {
  if (!consumed_.wanted()) return {};
  consumed_ = ConsumedCapacity(parameters_.capacity, CapacityPrice::kTransactionRead);
  for (const ActionPointer& action : parameters_.actions) {
    ASSIGN_OR_RETURN(const storage::TablePointer table,
                     find_item_table(transaction.catalog(), action->table()->schema.id));
    ASSIGN_OR_RETURN(const storage::StoredItem item, transaction.read(*table, action->key()));
    consumed_.add(action->reference().text, read_units(item.dynamodb_bytes, true));
  }
  return {};
}

Result<std::string> TransactionWrite::reply() {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  if (parameters_.answers_responses) writer.key("Responses").begin_array().end_array();
  consumed_.write_list(writer);
  if (parameters_.metrics != nullptr) RETURN_IF_ERROR(write_metrics(writer));
  writer.end_object();
  return out;
}

Status TransactionWrite::write_metrics(json::Writer& writer) const {
  CollectionMetrics metrics(*parameters_.metrics);
  for (const ActionPointer& action : parameters_.actions) {
    if (action->writes()) metrics.add(action->reference().text, action->table()->schema, action->key());
  }
  return metrics.write_by_table(writer);
}

}  // namespace gyre::operations
