// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <string>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/key.h"
#include "core/storage/row_keys.h"

namespace gyre::storage {

/// The place of an item in the store: its table and key in one text, made once by who reads it or asks
/// whether two items are the same. Its format is this room's.
class ItemRow {
 public:
  ItemRow() = default;  ///< of nothing
  ItemRow(TableId table, const ItemKey& key) : bytes_(item_row(table, key)) {}

  const std::string& bytes() const { return bytes_; }
  /// The key again. `schema` is its table's.
  Result<ItemKey> key(const KeySchema& schema) const { return read_item_row(bytes_, schema); }
  auto operator<=>(const ItemRow&) const = default;

 private:
  std::string bytes_;
};

}  // namespace gyre::storage
