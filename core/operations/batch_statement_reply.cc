// SPDX-License-Identifier: Apache-2.0
#include "core/operations/batch_statement_reply.h"

#include <algorithm>
#include <utility>

namespace gyre::operations {

std::string_view statement_error_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kValidation:
      return "ValidationError";
    case ErrorCode::kResourceNotFound:
      return "ResourceNotFound";
    case ErrorCode::kConditionalCheckFailed:
      return "ConditionalCheckFailed";
    case ErrorCode::kDuplicateItem:
      return "DuplicateItem";
    case ErrorCode::kThroughputExceeded:
      return "ProvisionedThroughputExceeded";
    case ErrorCode::kThrottled:
      return "ThrottlingError";
    default:
      return {};
  }
}

BatchStatementReply::BatchStatementReply(CapacityDetail capacity) : capacity_(capacity) {
  writer_.begin_object().key("Responses").begin_array();
}

void BatchStatementReply::add_error(std::string_view table, const Error& error) {
  writer_.begin_object();
  if (error.code != ErrorCode::kValidation) writer_.member("TableName", table);
  writer_.key("Error").begin_object();
  writer_.member("Code", statement_error_code(error.code)).member("Message", error.message);
  if (!error.reply_members.empty()) writer_.out().append(",").append(error.reply_members);
  writer_.end_object().end_object();
}

void BatchStatementReply::charge(std::string_view table, double units) {
  const auto known = std::find_if(charges_.begin(), charges_.end(),
                                  [&](const Charge& charge) { return charge.table == table; });
  if (known != charges_.end()) {
    known->units += units;
  } else {
    charges_.push_back({std::string(table), units});
  }
}

std::string BatchStatementReply::finish() {
  writer_.end_array();
  if (capacity_ != CapacityDetail::kNone && !charges_.empty()) {
    writer_.key("ConsumedCapacity").begin_array();
    for (const Charge& charge : charges_) {
      write_table_capacity(writer_, capacity_, charge.table, charge.units);
    }
    writer_.end_array();
  }
  writer_.end_object();
  return std::move(out_);
}

}  // namespace gyre::operations
