// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/json/json_writer.h"
#include "core/operations/capacity/capacity.h"

namespace gyre::operations {

/// The reply of BatchExecuteStatement, response by response in the order of the request.
class BatchStatementReply {
 public:
  explicit BatchStatementReply(CapacityDetail capacity);

  /// The response of a statement that did its work; `write_item` adds its Item, if it has one.
  template <class WriteItem>
  Status add(std::string_view table, WriteItem write_item) {
    writer_.begin_object().member("TableName", table);
    RETURN_IF_ERROR(write_item(writer_));
    writer_.end_object();
    return {};
  }
  /// Names the table only if the statement came as far as looking for it.
  void add_error(std::string_view table, const Error& error);
  /// For the costs of the statements that did their work.
  ConsumedCapacity& consumed() { return consumed_; }

  std::string finish();

 private:
  ConsumedCapacity consumed_;
  std::string out_;
  json::Writer writer_{out_};
};

}  // namespace gyre::operations
