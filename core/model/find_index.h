// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <type_traits>

#include "core/model/table_schema.h"

namespace gyre {

/// The index of a table (TableSchema, const or not) that has this id; nullptr if none has.
template <class Schema>
auto find_index(Schema& table, IndexId id) -> decltype(table.indexes.data()) {
  static_assert(std::is_same_v<std::remove_const_t<Schema>, TableSchema>);
  for (auto& index : table.indexes) {
    if (index.id == id) return &index;
  }
  return nullptr;
}

}  // namespace gyre
