// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/operations/capacity/capacity.h"
#include "core/operations/items/item_action.h"
#include "core/operations/requests/api_names.h"

// What the transactions of both interfaces share.
namespace gyre::operations {

/// `TransactItems`: a list of 1 to 100 elements of `type`, AWS's name for it.
Result<json::Value> read_transact_items(const RequestReader& request, std::string_view type);

/// Gathers what the actions of one transaction answered, in their order.
class Cancellation {
 public:
  /// Notes the outcome of the next action. A failed condition and what the schema or the stored item does not
  /// allow become its reason; any other Error is the whole request's, and comes back.
  Status note(const Status& outcome);
  /// Notes whether the next action was admitted (throttle.h).
  void note_admission(const Status& admitted);
  /// Notes that the next action has `reason` not to pass, whatever it is.
  void refuse(Error reason) { reasons_.emplace_back(std::move(reason)); }
  /// kTransactionCanceled with `CancellationReasons`, if any action has a reason.
  Status check() const;

 private:
  std::vector<std::optional<Error>> reasons_;  // by action; absent = it would have passed
};

/// kValidation if two of the actions, which are bound, are on one item.
Status check_distinct(const std::vector<ActionPointer>& actions);

/// Asks for the capacity of all actions, which are bound, and tells them what to keep within
/// (ItemAction::admit). kTransactionCanceled if there is no capacity left for one.
Status admit_all(const std::vector<ActionPointer>& actions, Throttle* throttle, CollectionLimit* collections);

/// kValidation beyond 4 MB in all.
Status check_transaction_bytes(std::uint64_t bytes);

}  // namespace gyre::operations
