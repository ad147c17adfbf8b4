// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "core/operations/requests/api_names.h"
#include "core/operations/requests/client_write.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"
#include "core/operations/tables/table_description.h"
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
  /// `counts`: the table's, as the reply shows them.
  DeleteTableWrite(storage::TablePointer found, storage::TableCounts counts, const RegionId& self,
                   const http::Request& request, http::Responder respond)
      : ClientWrite(request, std::move(respond)),
        table_(std::move(found)),
        counts_(std::move(counts)),
        self_(self) {}

  std::size_t request_bytes() const override { return sizeof(*this); }

 protected:
  Status apply(storage::WriteTransaction& transaction) override {
    const std::string name = table_->schema.name;
    ASSIGN_OR_RETURN(table_, find_control_table(transaction.catalog().snapshot(), name));
    RETURN_IF_ERROR(check_deletable(table_->schema));
    return transaction.catalog().drop_table(table_->schema.id);
  }

  Result<std::string> reply() override {
    return table_reply("TableDescription", table_->schema, self_,
                       {.status = TableStatus::kDeleting, .counts = counts_});
  }

 private:
  storage::TablePointer table_;
  storage::TableCounts counts_;
  const RegionId& self_;
};

class DeleteTable final : public ParsedOperation<storage::TablePointer> {
 public:
  explicit DeleteTable(const Dependencies& dependencies)
      : store_(dependencies.store), held_by_(dependencies.aws_timings ? dependencies.replicas : nullptr) {}

 private:
  Intents intents(const storage::TablePointer& table) const override {
    return table_intent("dynamodb:DeleteTable", table->schema.name);
  }

  void execute(storage::TablePointer table, const http::Request& request, http::Responder respond) override {
    storage::TableCounts counts = store_.writer().counts(table->schema.id);
    store_.writer().submit(std::make_unique<DeleteTableWrite>(std::move(table), std::move(counts),
                                                              store_.region(), request, std::move(respond)));
  }

  Result<storage::TablePointer> parse(const RequestReader& request) const override {
    ASSIGN_OR_RETURN(const TableReference reference, read_control_table(request, store_.region()));
    ASSIGN_OR_RETURN(storage::TablePointer table,
                     find_control_table(*store_.catalog().snapshot(), reference.name));
    if (held_by_ != nullptr && held_by_->sourced_lately(table->schema)) {
      return Error::validation(std::string(kSourcedLately));
    }
    return table;
  }

  storage::Store& store_;
  const ReplicaControl* const held_by_;  // nullptr: a source may leave at any time
};

}  // namespace

OperationPointer make_delete_table(const Dependencies& dependencies) {
  return std::make_unique<DeleteTable>(dependencies);
}

}  // namespace gyre::operations
