// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/base/work.h"
#include "core/expressions/update_parser.h"
#include "core/model/attribute_value.h"

namespace gyre::expressions {

/// For an update that would make its item larger than limits::kItemBytesMax.
Error item_too_large();

/// Works out, from the item before an update, what the actions write. Used for one update; borrows the item,
/// the update and the work.
class UpdateEvaluator {
 public:
  /// `exists`: there is such an item; otherwise `before` is its key.
  UpdateEvaluator(const Item& before, bool exists, const SharedUpdate& update, Work& work)
      : before_(before), exists_(exists), update_(update), work_(work) {}

  /// The new value of the action's target; nothing if the target is to be removed, or left out as it
  /// already is. kValidation, with AWS's message, if the target has no place in the item or an operand does
  /// not fit; kIncomplete once the work is used up.
  Result<std::optional<AttributeValue>> evaluate(const UpdateAction& action);

 private:
  enum class SetOperation { kUnion, kDifference };

  Status check_target(const UpdateAction& action) const;

  // Borrowed from the item, the expression, or computed_.
  Result<const AttributeValue*> evaluate_value(const Node& node);
  Result<const AttributeValue*> evaluate_arithmetic(const Node& node);
  Result<const AttributeValue*> evaluate_list_append(const Node& node);
  const AttributeValue* keep(AttributeValue computed);
  // What ADD and DELETE make of the target's value; nothing if that is to be removed.
  Result<std::optional<AttributeValue>> add(const AttributeValue* current, const AttributeValue& added) const;
  Result<std::optional<AttributeValue>> append(const AttributeValue& current,
                                               const AttributeValue& added) const;
  Result<std::optional<AttributeValue>> combine_sets(const AttributeValue& a, const AttributeValue& b,
                                                     SetOperation operation) const;
  Error wrong_operand_type() const;

  const Item& before_;
  const bool exists_;
  const SharedUpdate& update_;
  Work& work_;
  std::deque<AttributeValue> computed_;  // a deque, since pointers to its elements are handed out
};

}  // namespace gyre::expressions
