// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/table_edit.h"

#include <fmt/core.h>

#include <utility>

namespace gyre::operations {

TableEdit::TableEdit(const storage::TablePointer& table, Change change, std::string reply,
                     const http::Request& request, http::Responder respond)
    : ClientWrite(request, std::move(respond)),
      table_(table),
      change_(std::move(change)),
      reply_(std::move(reply)) {}

std::size_t TableEdit::request_bytes() const {
  constexpr std::size_t kChangeBytes = 4096;  // what `change` holds: at most fifty tags
  return sizeof(*this) + kChangeBytes + reply_.size();
}

Status TableEdit::apply(storage::WriteTransaction& transaction) {
  const storage::TablePointer now = transaction.catalog().find(table_->schema.id);
  if (now == nullptr || now->schema.deleted_ms) {
    return Error::resource_not_found(
        fmt::format("Requested resource not found: Table: {} not found", table_->schema.name));
  }
  TableSchema after = now->schema;
  RETURN_IF_ERROR(change_(after, transaction.clock().now_ms()));
  if (after == now->schema) return {};
  return transaction.catalog().put_table(std::move(after));
}

}  // namespace gyre::operations
