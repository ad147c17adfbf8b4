// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/expressions/expressions.h"
#include "core/model/key.h"
#include "core/operations/capacity.h"
#include "core/operations/client_write.h"
#include "core/operations/legacy_conditions.h"
#include "core/operations/request_reader.h"
#include "core/operations/table_reference.h"

namespace gyre::operations {

/// `ReturnValues`, in the order in which AWS lists the values.
enum class ReturnValues { kAllNew, kUpdatedOld, kAllOld, kNone, kUpdatedNew };
Result<ReturnValues> read_return_values(const RequestReader& request);
/// kValidation: a put and a delete allow two of them.
Status check_old_return_values(ReturnValues values);

/// What PutItem, UpdateItem and DeleteItem have in common, parsed and checked against the table.
struct ItemWriteParameters {
  TableReference reference;
  storage::TablePointer table;
  ItemKey key;
  std::optional<expressions::Condition> condition;
  ReturnValues return_values = ReturnValues::kNone;
  bool item_on_condition_failure = false;
  CapacityDetail capacity = CapacityDetail::kNone;
  std::size_t expression_bytes = 0;  ///< about what the expressions hold in memory
};

/// The `ConditionExpression` of a request without other expressions.
Status read_write_condition(const RequestReader& request, ItemWriteParameters& parameters);
/// The same, or what `Expected` says.
Status read_write_condition(const RequestReader& request, const std::optional<LegacyConditions>& expected,
                            ItemWriteParameters& parameters);
/// kValidation if the request of a put or delete says some things by expressions and others without.
Status check_write_forms(const RequestReader& request);
/// Fills `item_on_condition_failure` and `capacity`.
Status read_item_write_options(const RequestReader& request, ItemWriteParameters& parameters);
/// kValidation: more than 400 KB.
Status check_item_bytes(std::size_t bytes, std::string_view message);

/// A write of one item: the shared half of the three operations.
class ItemWrite : public ClientWrite {
 public:
  ItemWrite(ItemWriteParameters parameters, const http::Request& request, http::Responder respond);
  std::size_t request_bytes() const override;

 protected:
  /// What stands at the key before the write. `item` is decoded only if something asks for it.
  struct Before {
    storage::TablePointer table;
    storage::StoredItem stored;
    std::optional<Item> item;

    const Item* item_or_null() const { return item ? &*item : nullptr; }
  };
  /// Reads, and checks the condition: kResourceNotFound, kConditionalCheckFailed.
  Result<Before> begin(storage::WriteTransaction& transaction, bool decode);

  /// The reply's `Attributes`, canonically encoded.
  void answer_attributes(std::string encoded) { attributes_ = std::move(encoded); }
  /// DynamoDB sizes before and after: what the write costs.
  void charge(std::uint64_t old_bytes, std::uint64_t new_bytes) {
    units_ = write_units(old_bytes, new_bytes);
  }
  const ItemWriteParameters& parameters() const { return parameters_; }

  Result<std::string> reply() final;
  void visit_items(const ItemVisitor& visit) const final { visit(*parameters_.table, parameters_.key); }

 private:
  Status check_condition(const Before& before) const;

  ItemWriteParameters parameters_;
  std::optional<std::string> attributes_;
  double units_ = 1;
};

}  // namespace gyre::operations
