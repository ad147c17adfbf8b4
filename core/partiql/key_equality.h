// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/expressions/condition_parser.h"
#include "core/model/attribute_value.h"
#include "core/model/table_schema.h"

namespace gyre::partiql {

/// A WHERE clause, taken apart into the key that it names and what else it asks for.
struct KeySplit {
  /// Key attributes that the clause sets equal to a value, in a condition that must hold.
  AttributeMap key;
  /// A key attribute that is also set equal to another value; that condition stays in `rest`.
  std::optional<std::string> contradicted;
  std::optional<expressions::ParsedCondition> rest;

  bool complete(const KeySchema& schema) const { return key.size() == (schema.sort ? 2U : 1U); }
};
KeySplit split_key(std::optional<expressions::ParsedCondition> where, const KeySchema& schema);

/// What must hold for UPDATE, which makes no items: there is one, and `rest` holds for it.
expressions::ParsedCondition condition_of_update(std::optional<expressions::ParsedCondition> rest,
                                                 const KeySchema& schema);
/// And for DELETE, which says nothing of an item that is not there: `rest` holds if there is one.
std::optional<expressions::ParsedCondition> condition_of_delete(
    std::optional<expressions::ParsedCondition> rest, const KeySchema& schema);

/// The key, if the clause is nothing but equalities (or IN with one value) on all of its attributes: what
/// reads in batches and transactions must be. Values may still be of the wrong type.
std::optional<AttributeMap> sole_key(const std::optional<expressions::ParsedCondition>& where,
                                     const KeySchema& schema);

}  // namespace gyre::partiql
