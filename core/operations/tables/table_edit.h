// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "core/operations/requests/client_write.h"
#include "core/storage/catalog.h"

namespace gyre::operations {

/// A write that changes what the catalog knows of one living table, and nothing of its items: tags, time to
/// live.
class TableEdit final : public ClientWrite {
 public:
  /// Pure: turns the schema as it is into the schema as it shall be; an Error leaves it alone.
  using Change = std::function<Status(TableSchema& schema, std::uint64_t now_ms)>;

  /// `reply` is what the caller is answered. kResourceNotFound if the table that `table` was has gone
  /// meanwhile.
  TableEdit(const storage::TablePointer& table, Change change, std::string reply,
            const http::Request& request, http::Responder respond);

  std::size_t request_bytes() const override;

 protected:
  Status apply(storage::WriteTransaction& transaction) override;
  Result<std::string> reply() override { return std::move(reply_); }

 private:
  const storage::TablePointer table_;
  const Change change_;
  std::string reply_;
};

}  // namespace gyre::operations
