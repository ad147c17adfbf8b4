// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/operations/items/item_action.h"
#include "core/operations/requests/client_write.h"
#include "core/operations/transactions/client_token.h"
#include "core/operations/transactions/transaction.h"

namespace gyre::operations {

struct TransactionWriteParameters {
  std::vector<ActionPointer> actions;  ///< bound, each to another item
  std::optional<ClientToken> token;
  CapacityDetail capacity = CapacityDetail::kNone;
  const storage::ReadView* metrics = nullptr;  ///< set if the item collections' are asked for
  bool answers_responses = false;              ///< the reply has `Responses`, which is empty
};

Intents intents_of(const std::vector<ActionPointer>& actions);

/// All actions in one evaluation of the writer: it keeps all that they staged, or nothing.
class TransactionWrite final : public ClientWrite {
 public:
  TransactionWrite(TransactionWriteParameters parameters, const http::Request& request,
                   http::Responder respond);

 protected:
  std::size_t request_bytes() const override;
  void visit_items(const ItemVisitor& visit) const override;
  Status consider(std::size_t item, const storage::StoredItem& stored, Work& work) override;
  Status apply(storage::WriteTransaction& transaction) override;
  void settle() override;
  Result<std::string> reply() override;

 private:
  void charge_repetition(const SeenUnits& seen);
  Status write_metrics(json::Writer& writer) const;

  TransactionWriteParameters parameters_;
  ConsumedCapacity consumed_{parameters_.capacity, CapacityPrice::kTransactionWrite};
};

}  // namespace gyre::operations
