// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/expressions/expressions.h"
#include "core/operations/capacity/throttle.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/item_intents.h"
#include "core/operations/transactions/transaction.h"
#include "core/partiql/columns.h"
#include "core/storage/catalog.h"
#include "core/storage/read_view.h"

namespace gyre::operations {

struct TransactionGet {
  std::string table;  ///< as the request names it
  storage::TablePointer entry;
  storage::ItemRow row;
  // What is answered of the item, in the words of one of the two interfaces; without either, all of it.
  std::optional<expressions::Projection> projection{};
  std::optional<partiql::Columns> columns{};
  Meter meter{};
};

/// What all of them read, by one `action`.
Intents intents_of(std::string_view action, const std::vector<TransactionGet>& gets);

/// kValidation if two of them get one item.
Status check_distinct(const std::vector<TransactionGet>& gets);

/// Asks for the capacity of all gets. kTransactionCanceled if there is none left for one.
Status admit_all(const std::vector<TransactionGet>& gets);

/// All items as they stood at one moment, however many slices it takes: a transaction that was written is
/// seen whole or not at all.
class TransactionRead final : public ReadRequest {
 public:
  TransactionRead(const storage::ReadView& reads, std::vector<TransactionGet> gets, CapacityDetail capacity);
  ~TransactionRead() override;

  Result<std::string> read(ReadSlice& slice) override;

 private:
  struct Progress;

  Result<std::string> go_on(Progress& progress, ReadSlice& slice) const;
  Status read_some(Progress& progress, ReadSlice& slice) const;

  const storage::ReadView& reads_;
  std::vector<TransactionGet> gets_;
  CapacityDetail capacity_;
  std::unique_ptr<Progress> progress_;  ///< of a reply that was begun, and is waiting for its next slice
};

}  // namespace gyre::operations
