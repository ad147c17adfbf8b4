// SPDX-License-Identifier: Apache-2.0
#include "core/operations/capacity/collection_size.h"

#include <algorithm>

namespace gyre::operations {

bool has_collections(const TableSchema& table) {
  return std::any_of(table.indexes.begin(), table.indexes.end(),
                     [](const IndexSchema& index) { return index.local; });
}

}  // namespace gyre::operations
