// SPDX-License-Identifier: Apache-2.0
#include "core/operations/items/item_action.h"

#include <utility>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/model/item_codec.h"
#include "core/operations/capacity/capacity.h"
#include "core/operations/requests/expression_parameters.h"

namespace gyre::operations {

ItemAction::ItemAction(ActionParameters&& parameters, AttributeMap&& attributes)
    : parameters_(std::move(parameters)),
      attributes_(std::move(attributes)),
      attribute_bytes_(dynamodb_size(attributes_)) {}

Status ItemAction::bind(storage::TablePointer table) {
  ASSIGN_OR_RETURN(key_, item_key(table->schema.key_schema, attributes_, !has_whole_item()));
  RETURN_IF_ERROR(check_schema(table->schema));
  if (parameters_.condition) {
    RETURN_IF_ERROR(check_key_paths(parameters_.condition->nested_names(), table->schema));
  }
  table_ = std::move(table);
  if (has_whole_item()) attributes_ = {};
  return {};
}

Intent ItemAction::intent() const {
  CHECK(table_ != nullptr);
  ItemIntent intent(parameters_.action, table_->schema);
  intent.key(key_).names(named_attributes());
  if (parameters_.condition) intent.names(parameters_.condition->attribute_names());
  return std::move(intent).finish();
}

Status ItemAction::check_key_values(const TableSchema& table) const {
  return gyre::check_key_values(table.key_schema, attributes_);
}

std::size_t ItemAction::size_bytes() const {
  return sizeof(*this) + attribute_bytes_ + key_.partition.size() + key_.sort.size() +
         parameters_.reference.text.size() * 2 + parameters_.expression_bytes +
         (considered_ ? considered_->failure.size() : 0);
}

Status ItemAction::consider(const storage::StoredItem& stored, Work& work) {
  CHECK(table_ != nullptr);
  considered_.reset();
  if (!looks_into_item()) return {};
  std::optional<Item> item;
  if (stored.exists()) {
    ASSIGN_OR_RETURN(item, decode_item(*stored.image, work));
  }
  const Item* before = item ? &*item : nullptr;
  Considered considered{.exists = stored.exists(), .version = stored.version};
  if (parameters_.condition) {
    ASSIGN_OR_RETURN(considered.holds, parameters_.condition->evaluate(before, work));
  }
  if (considered.holds) {
    RETURN_IF_ERROR(consider_write(table_->schema, before, work));
  } else {
    ASSIGN_OR_RETURN(considered.failure, failure_members(stored, work));
  }
  considered_ = std::move(considered);
  return {};
}

Result<ActionOutcome> ItemAction::apply(storage::WriteTransaction& transaction, bool billed) {
  Result<ActionOutcome> outcome = apply_within(transaction, billed);
  if (outcome.ok() || outcome.error().code != ErrorCode::kIncomplete) return outcome;
  due_.reset();
  return Error(ErrorCode::kThrottled,
               "The item was written while the request was evaluated, which takes long; try again");
}

Result<ActionOutcome> ItemAction::apply_within(storage::WriteTransaction& transaction, bool billed) {
  CHECK(table_ != nullptr);
  due_.reset();
  ASSIGN_OR_RETURN(Before before, read(transaction));
  const std::uint64_t old_bytes = before.stored.dynamodb_bytes;
  if (Status holds = check_condition(before, transaction.work()); !holds.ok()) {
    due_ = WriteCost{old_bytes, 0};  // that is paid as well
    return std::move(holds).error();
  }
  ASSIGN_OR_RETURN(ActionOutcome outcome, write(transaction, std::move(before)));
  if (billed || meter_.is_on()) {
    ASSIGN_OR_RETURN(outcome.cost.index_writes, transaction.items().index_writes(*table_, key_));
    due_ = outcome.cost;
  }
  return outcome;
}

void ItemAction::settle() {
  if (due_) meter_.consume(*due_, price_);
  due_.reset();
}

Status ItemAction::admit(Throttle* throttle, CollectionLimit* collections, double price) {
  if (collections != nullptr) room_ = collections->admit(table_->schema, key_, item_bytes_max());
  meter_ = Meter(throttle, table_, nullptr, CapacityKind::kWrite);
  price_ = price;
  return meter_.admit();
}

Result<ItemAction::Before> ItemAction::read(storage::WriteTransaction& transaction) const {
  Before before;
  ASSIGN_OR_RETURN(before.table, find_item_table(transaction.catalog().snapshot(), table_->schema.id));
  ASSIGN_OR_RETURN(before.stored, transaction.items().read(*before.table, key_));
  before.considered = considered_ && before.table == table_ &&
                      considered_->exists == before.stored.exists() &&
                      considered_->version == before.stored.version;
  if (before.stored.exists() && looks_into_item() && !before.considered) {
    ASSIGN_OR_RETURN(before.item, decode_item(*before.stored.image, transaction.work()));
  }
  return before;
}

Status ItemAction::check_condition(const Before& before, Work& work) const {
  if (!parameters_.condition) return {};
  bool holds = before.considered && considered_->holds;
  if (!before.considered) {
    ASSIGN_OR_RETURN(holds, parameters_.condition->evaluate(before.item_or_null(), work));
  }
  if (holds) return {};
  if (parameters_.inserts) return Error(ErrorCode::kDuplicateItem, "Duplicate primary key exists in table");
  Error error(ErrorCode::kConditionalCheckFailed, "The conditional request failed");
  if (before.considered) {
    error.reply_members = considered_->failure;
  } else {
    ASSIGN_OR_RETURN(error.reply_members, failure_members(before.stored, work));
  }
  return error;
}

Result<std::string> ItemAction::failure_members(const storage::StoredItem& stored, Work& work) const {
  std::string members;
  if (parameters_.inserts || !parameters_.item_on_condition_failure || !stored.exists()) return members;
  members = "\"Item\":";
  json::Writer writer(members);
  RETURN_IF_ERROR(json::write_encoded_item(writer, *stored.image, work));
  return members;
}

Status ItemAction::check_collection(const Before& before, std::uint64_t new_bytes) const {
  return room_.check(before.stored.dynamodb_bytes, new_bytes);
}

Status check_item_bytes(std::size_t bytes, std::string_view message) {
  if (bytes <= limits::kItemBytesMax) return {};
  return Error::validation(std::string(message));
}

}  // namespace gyre::operations
