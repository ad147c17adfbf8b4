// SPDX-License-Identifier: Apache-2.0
#include "core/operations/transaction_write.h"

#include <algorithm>
#include <utility>

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
    const Result<ActionOutcome> outcome = action->apply(transaction);
    RETURN_IF_ERROR(cancellation.note(outcome.ok() ? Status() : Status(outcome.error())));
    if (!outcome.ok()) continue;
    bytes += std::max(outcome->old_bytes, outcome->new_bytes);
    consumed_.add_write(action->reference().text, outcome->old_bytes, outcome->new_bytes);
  }
  RETURN_IF_ERROR(cancellation.check());
  return check_transaction_bytes(bytes);
}

// A repeated request writes nothing and costs the reading of its items.
Status TransactionWrite::charge_repetition(storage::WriteTransaction& transaction) {
  if (parameters_.capacity == CapacityDetail::kNone) return {};
  for (const ActionPointer& action : parameters_.actions) {
    ASSIGN_OR_RETURN(const storage::TablePointer table,
                     find_item_table(transaction.catalog(), action->table()->schema.id));
    ASSIGN_OR_RETURN(const storage::StoredItem item, transaction.read(*table, action->key()));
    consumed_.add_read(action->reference().text, item.dynamodb_bytes);
  }
  return {};
}

Result<std::string> TransactionWrite::reply() {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  if (parameters_.answers_each) {
    writer.key("Responses").begin_array();
    for (std::size_t i = 0; i < parameters_.actions.size(); ++i) writer.begin_object().end_object();
    writer.end_array();
  }
  consumed_.write(writer, parameters_.capacity);
  writer.end_object();
  return out;
}

}  // namespace gyre::operations
