// SPDX-License-Identifier: Apache-2.0
#include "core/operations/transactions/transaction_write.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/operations/capacity/collection_metrics.h"

namespace gyre::operations {
namespace {

// Whole numbers for consistent reads; the largest item's fit into a byte.
std::uint8_t seen_units(std::uint64_t item_bytes) {
  const double units = read_units(item_bytes, true);
  CHECK(units >= 1 && units <= UINT8_MAX);
  return static_cast<std::uint8_t>(units);
}

}  // namespace

Intents intents_of(const std::vector<ActionPointer>& actions) {
  Intents intents;
  for (const ActionPointer& action : actions) intents.push_back(action->intent());
  return intents;
}

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

Status TransactionWrite::consider(std::size_t item, const storage::StoredItem& stored, Work& work) {
  return parameters_.actions[item]->consider(stored, work);
}

Status TransactionWrite::apply(storage::WriteTransaction& transaction) {
  if (parameters_.token) {
    ASSIGN_OR_RETURN(const std::optional<SeenUnits> earlier, find_token_use(transaction, *parameters_.token));
    if (earlier) return charge_repetition(*earlier), Status();
  }
  Cancellation cancellation;
  SeenUnits seen;
  std::uint64_t bytes = 0;
  for (const ActionPointer& action : parameters_.actions) {
    const Result<ActionOutcome> outcome = action->apply(transaction, consumed_.wanted());
    RETURN_IF_ERROR(cancellation.note(outcome.ok() ? Status() : Status(outcome.error())));
    if (!outcome.ok()) continue;
    const std::uint64_t item_bytes = std::max(outcome->cost.old_bytes, outcome->cost.new_bytes);
    bytes += item_bytes;
    seen.push_back(seen_units(item_bytes));
    consumed_.add_write(action->reference().text, outcome->cost);
  }
  RETURN_IF_ERROR(cancellation.check());
  RETURN_IF_ERROR(check_transaction_bytes(bytes));
  return parameters_.token ? remember_token_use(transaction, *parameters_.token, seen) : Status();
}

// A repeated request writes nothing and costs the reading of what the first one met.
void TransactionWrite::charge_repetition(const SeenUnits& seen) {
  consumed_ = ConsumedCapacity(parameters_.capacity, CapacityPrice::kTransactionRead);
  for (std::size_t i = 0; i < parameters_.actions.size(); ++i) {
    // A row of an older format has no units.
    const double units = i < seen.size() ? seen[i] : 1;
    consumed_.add(parameters_.actions[i]->reference().text, units);
  }
}

void TransactionWrite::settle() {
  for (const ActionPointer& action : parameters_.actions) action->settle();
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
