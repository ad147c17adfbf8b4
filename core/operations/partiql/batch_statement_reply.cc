// SPDX-License-Identifier: Apache-2.0
#include "core/operations/partiql/batch_statement_reply.h"

#include <utility>

#include "core/operations/requests/api_names.h"

namespace gyre::operations {

BatchStatementReply::BatchStatementReply(CapacityDetail capacity) : consumed_(capacity) {
  writer_.begin_object().key("Responses").begin_array();
}

void BatchStatementReply::add_error(std::string_view table, const Error& error) {
  writer_.begin_object();
  if (error.code != ErrorCode::kValidation) writer_.member("TableName", table);
  writer_.key("Error").begin_object();
  writer_.member("Code", part_error_code(error.code)).member("Message", error.message);
  if (!error.reply_members.empty()) writer_.out().append(",").append(error.reply_members);
  writer_.end_object().end_object();
}

std::string BatchStatementReply::finish() {
  writer_.end_array();
  consumed_.write_list(writer_);
  writer_.end_object();
  return std::move(out_);
}

}  // namespace gyre::operations
