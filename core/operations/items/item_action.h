// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/expressions/expressions.h"
#include "core/model/key.h"
#include "core/operations/capacity/capacity.h"
#include "core/operations/capacity/collection_limit.h"
#include "core/operations/capacity/throttle.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/item_intents.h"
#include "core/storage/writer.h"

namespace gyre::operations {

/// `ReturnValues`, in the order in which AWS lists the values.
enum class ReturnValues { kAllNew, kUpdatedOld, kAllOld, kNone, kUpdatedNew };
inline constexpr std::array<std::string_view, 5> kReturnValuesNames = {"ALL_NEW", "UPDATED_OLD", "ALL_OLD",
                                                                       "NONE", "UPDATED_NEW"};

/// What all actions have in common, as parsed.
struct ActionParameters {
  std::string_view action;  ///< as intents name it
  TableReference reference;
  std::optional<expressions::Condition> condition;
  ReturnValues return_values = ReturnValues::kNone;
  bool item_on_condition_failure = false;
  bool inserts = false;              ///< PartiQL's INSERT: `condition` is that there is no such item
  std::size_t expression_bytes = 0;  ///< about what the expressions hold in memory
};

/// What an action did: for the reply and the bill.
struct ActionOutcome {
  WriteCost cost;
  std::optional<std::string> attributes{};  ///< the reply's `Attributes`, canonically encoded
};

/// One write of one item, or a check of it, for any holder: PutItem, UpdateItem and DeleteItem hold one, a
/// transaction up to a hundred. Its life: parsed on an I/O thread (item_actions.h), bound to its table there,
/// applied once on the writer's thread. Owned by its holder.
class ItemAction {
 public:
  virtual ~ItemAction() = default;

  /// kValidation if what the request brings is larger than any item may be.
  virtual Status check_size() const { return {}; }
  /// Takes the key and checks what needs the table's schema: kValidation. `table` stays the action's.
  Status bind(storage::TablePointer table);
  /// Once bound, on an I/O thread: asks whether the table has capacity left, and how far the item collection
  /// may grow. kThroughputExceeded, kThrottled. What the action costs, `price` times what it does alone, it
  /// pays in settle(). Both may be nullptr.
  Status admit(Throttle* throttle, CollectionLimit* collections, double price = 1);
  /// The part of bind() that AWS checks before a transaction begins, because no schema could make it right:
  /// key values that are empty or too long. kValidation.
  virtual Status check_key_values(const TableSchema& table) const;

  /// Once bound, ahead of apply() and on another thread than the writer's: decides what apply() will, in case
  /// `stored` is what the key has by then. Pays for large items. kIncomplete, and nothing is
  /// remembered, if that takes more than `work` has left.
  Status consider(const storage::StoredItem& stored, Work& work);

  /// Reads, decides and stages: kConditionalCheckFailed (with the item, if it was asked for) or, of an
  /// INSERT, kDuplicateItem; kValidation if what is stored does not allow the update, kCollectionTooLarge
  /// if the item collection does not, kResourceNotFound if the table is gone;
  /// kThrottled if that takes too much of the writer's time, as it may where the item is not what was
  /// considered. Nothing is staged then.
  /// `billed`: is the cost in indexes asked for?
  /// It changes nothing but what it stages: all that it goes by came with it or is in the store.
  Result<ActionOutcome> apply(storage::WriteTransaction& transaction, bool billed);
  /// Once the outcome is known, on the I/O thread: pays for what apply() did, also if it came to nothing.
  void settle();

  const TableReference& reference() const { return parameters_.reference; }
  const storage::TablePointer& table() const { return table_; }  ///< once bound
  const ItemKey& key() const { return key_; }                    ///< once bound
  /// Once bound, and before it is applied.
  Intent intent() const;
  /// Does it change anything, or only check?
  virtual bool writes() const { return true; }
  /// About what it holds in memory.
  virtual std::size_t size_bytes() const;
  /// DynamoDB's size of the request's `Key` or `Item`.
  std::size_t attribute_bytes() const { return attribute_bytes_; }

 protected:
  /// `attributes`: the request's `Key`, or its `Item`.
  ItemAction(ActionParameters&& parameters, AttributeMap&& attributes);

  /// What the key has before. `item` is decoded only if something asks for it.
  struct Before {
    storage::TablePointer table;
    storage::StoredItem stored;
    std::optional<Item> item;
    bool considered = false;  ///< consider() has decided; `item` is not decoded

    const Item* item_or_null() const { return item ? &*item : nullptr; }
  };

  /// The attributes that it names beside the key and those of its condition.
  virtual std::vector<std::string> named_attributes() const { return {}; }
  /// Does `attributes` hold a whole item, not just a key?
  virtual bool has_whole_item() const { return false; }
  /// The rest of bind(): what one kind of action alone asks of the schema.
  virtual Status check_schema(const TableSchema&) const { return {}; }
  /// The largest item that it may leave; 0 = it never makes one grow.
  virtual std::uint64_t item_bytes_max() const { return 0; }
  /// Does write() look into the old item?
  virtual bool needs_old_item() const { return false; }
  /// Is there room for an item of `new_bytes` in its collection? kCollectionTooLarge.
  Status check_collection(const Before& before, std::uint64_t new_bytes) const;
  /// The part of consider() that comes after the condition. `before` is null if there is no such item. Must
  /// be overridden together with needs_old_item().
  virtual Status consider_write(const TableSchema&, const Item* before, Work&) {
    static_cast<void>(before);
    return {};
  }
  /// Stages; the condition holds. If `before` was considered, what consider_write() found holds.
  virtual Result<ActionOutcome> write(storage::WriteTransaction& transaction, Before before) = 0;

  const ActionParameters& parameters() const { return parameters_; }
  /// A whole item is here until it is bound; a key for ever.
  const AttributeMap& attributes() const { return attributes_; }

 private:
  /// What consider() found, and of what.
  struct Considered {
    bool exists = false;
    Version version;  // of each write another
    bool holds = true;
    std::string failure{};  // if it does not: the members of that error
  };

  Result<ActionOutcome> apply_within(storage::WriteTransaction& transaction, bool billed);
  Result<Before> read(storage::WriteTransaction& transaction) const;
  bool looks_into_item() const { return needs_old_item() || parameters_.condition.has_value(); }
  Status check_condition(const Before& before, Work& work) const;
  /// What the error of a condition that does not hold shows of `stored`, if that was asked for.
  Result<std::string> failure_members(const storage::StoredItem& stored, Work& work) const;

  ActionParameters parameters_;
  AttributeMap attributes_;
  std::size_t attribute_bytes_;
  storage::TablePointer table_;  // shared with the catalog's snapshot
  ItemKey key_;
  std::optional<Considered> considered_;
  Meter meter_;
  double price_ = 1;
  std::optional<WriteCost> due_;  // what apply() cost, until it is paid
  CollectionRoom room_;
};

using ActionPointer = std::unique_ptr<ItemAction>;

/// kValidation with `message`: more than 400 KB.
Status check_item_bytes(std::size_t bytes, std::string_view message);

}  // namespace gyre::operations
