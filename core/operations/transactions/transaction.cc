// SPDX-License-Identifier: Apache-2.0
#include "core/operations/transactions/transaction.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/base/limits.h"
#include "core/operations/items/distinct_items.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {
namespace {

std::string_view reason_code(const std::optional<Error>& reason) {
  if (!reason) return "None";
  const std::string_view code = part_error_code(reason->code);
  return code.empty() ? "ValidationError" : code;
}

void write_reason(json::Writer& writer, const std::optional<Error>& reason) {
  writer.begin_object().member("Code", reason_code(reason));
  if (reason) {
    writer.member("Message", reason->message);
    if (!reason->reply_members.empty()) writer.out().append(",").append(reason->reply_members);
  }
  writer.end_object();
}

}  // namespace

Result<json::Value> read_transact_items(const RequestReader& request, std::string_view type) {
  constexpr std::string_view kName = "TransactItems";
  ASSIGN_OR_RETURN(const json::Value items, request.required_list(kName));
  const std::string path = request.path_of(kName);
  if (items.size() == 0) return member_error(kName, kNotEmpty, constraint_error("[]", path, kNotEmpty));
  if (items.size() <= limits::kTransactionItemsMax) return items;
  const std::string constraint =
      fmt::format("Member must have length less than or equal to {}", limits::kTransactionItemsMax);
  return member_error(kName, constraint, constraint_error(java_objects(items, type), path, constraint));
}

Status Cancellation::note(const Status& outcome) {
  if (outcome.ok()) {
    reasons_.emplace_back();
    return {};
  }
  const Error& error = outcome.error();
  const bool own_reason =
      error.code == ErrorCode::kConditionalCheckFailed || error.code == ErrorCode::kDuplicateItem ||
      error.code == ErrorCode::kCollectionTooLarge || error.code == ErrorCode::kValidation;
  if (!own_reason) return error;
  refuse(error);
  return {};
}

void Cancellation::note_admission(const Status& admitted) {
  if (admitted.ok()) {
    reasons_.emplace_back();
  } else {
    refuse(Error(admitted.error().code, admitted.error().message));
  }
}

Status Cancellation::check() const {
  const auto refused = [](const std::optional<Error>& reason) { return reason.has_value(); };
  if (std::none_of(reasons_.begin(), reasons_.end(), refused)) return {};
  std::string codes;
  std::string list;
  json::Writer writer(list);
  writer.begin_array();
  for (const std::optional<Error>& reason : reasons_) {
    codes.append(codes.empty() ? "" : ", ").append(reason_code(reason));
    write_reason(writer, reason);
  }
  writer.end_array();
  Error error(
      ErrorCode::kTransactionCanceled,
      fmt::format("Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
                  codes));
  error.reply_members = "\"CancellationReasons\":" + list;
  return error;
}

Status check_distinct(const std::vector<ActionPointer>& actions) {
  DistinctItems items(kRepeatedActions);
  for (const ActionPointer& action : actions) {
    RETURN_IF_ERROR(items.add({action->table()->schema.id, action->key()}));
  }
  return {};
}

Status admit_all(const std::vector<ActionPointer>& actions, Throttle* throttle,
                 CollectionLimit* collections) {
  Cancellation cancellation;
  for (const ActionPointer& action : actions) {
    cancellation.note_admission(action->admit(throttle, collections, kTransactionPrice));
  }
  return cancellation.check();
}

Status check_transaction_bytes(std::uint64_t bytes) {
  if (bytes <= limits::kTransactionBytesMax) return {};
  return Error::validation("The aggregate size of the items in the transaction exceeded 4 MB");
}

}  // namespace gyre::operations
