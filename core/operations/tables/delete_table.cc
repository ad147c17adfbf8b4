// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "core/operations/requests/api_names.h"
#include "core/operations/requests/client_write.h"
#include "core/operations/tables/table_description.h"
#include "core/operations/tables/table_operations.h"
#include "core/operations/tables/table_settings.h"

namespace gyre::operations {
namespace {

/// A replica may go too: the other members see it in this region's catalog and take it out of the group, as
/// AWS does.
Status check_deletable(const TableSchema& table) {
  RETURN_IF_ERROR(check_changeable(table));
  const auto settled = [](const IndexSchema& index) { return index.status == IndexStatus::kActive; };
  if (!std::all_of(table.indexes.begin(), table.indexes.end(), settled)) {
    return Error(
        ErrorCode::kResourceInUse,
        "Attempt to change a resource which is still in use: Cannot delete table while indexes are being "
        "created, updated, or deleted.");
  }
  if (table.deletion_protection) {
    return Error::validation(
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion "
        "protection first.");
  }
  return {};
}

class DeleteTableWrite final : public ClientWrite {
 public:
  DeleteTableWrite(std::string table_name, const RegionId& self, const http::Request& request,
                   http::Responder respond)
      : ClientWrite(request, std::move(respond)), table_name_(std::move(table_name)), self_(self) {}

  std::size_t request_bytes() const override { return sizeof(*this) + table_name_.size(); }

 protected:
  Status apply(storage::WriteTransaction& transaction) override {
    ASSIGN_OR_RETURN(table_, find_control_table(transaction.catalog(), table_name_));
    RETURN_IF_ERROR(check_deletable(table_->schema));
    return transaction.drop_table(table_->schema.id);
  }

  Result<std::string> reply() override {
    return table_reply("TableDescription", table_->schema, self_, {TableStatus::kDeleting});
  }

 private:
  std::string table_name_;
  const RegionId& self_;
  storage::TablePointer table_;
};

class DeleteTable final : public http::Operation {
 public:
  explicit DeleteTable(storage::Store& store) : store_(store) {}

  void run(const http::Request& request, http::Responder respond) override {
    Result<TableReference> table = read_control_table(RequestReader(request.body), store_.region());
    if (!table.ok()) return respond(std::move(table).error());
    store_.writer().submit(std::make_unique<DeleteTableWrite>(std::move(table->name), store_.region(),
                                                              request, std::move(respond)));
  }

 private:
  storage::Store& store_;
};

}  // namespace

OperationPointer make_delete_table(const Dependencies& dependencies) {
  return std::make_unique<DeleteTable>(dependencies.store);
}

}  // namespace gyre::operations
