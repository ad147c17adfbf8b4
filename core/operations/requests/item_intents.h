// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/intent.h"
#include "core/model/key.h"
#include "core/storage/catalog.h"
#include "core/storage/item_row.h"

// What the intents of requests on items are made of. Used only where somebody observes them.
namespace gyre::operations {

using api::Intent;
using api::Intents;
using api::Resource;

/// One action on one table, which names nothing in it.
Intents table_intent(std::string_view action, std::string_view table_name);
/// One action on no table in particular.
Intents general_intent(std::string_view action);

/// An encoded partition key as texts, one for each of its attributes.
std::vector<std::string> leading_keys(std::string_view partition, std::span<const KeyAttribute> attributes);

/// Sorts `names` and leaves each once.
std::vector<std::string> distinct_names(std::vector<std::string> names);
void add_names(const std::vector<std::string>& more, std::vector<std::string>& names);
void add_names(std::span<const KeyAttribute> keys, std::vector<std::string>& names);
void add_names(const AttributeMap& attributes, std::vector<std::string>& names);

/// Collects the items of one table that one action names.
class ItemIntent {
 public:
  ItemIntent(std::string_view action, const TableSchema& table);

  ItemIntent& key(const ItemKey& key);
  /// The key in a row of the table.
  ItemIntent& row(const storage::ItemRow& row);
  ItemIntent& names(const std::vector<std::string>& names);
  ItemIntent& all_attributes();
  Intent finish() &&;

 private:
  const TableSchema& table_;
  Intent intent_;
  std::vector<std::string> names_;
  bool all_ = false;
};

}  // namespace gyre::operations
