// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/table_schema.h"

namespace gyre::operations {

// An item collection: the items of one partition key, with their entries in the local indexes of the table.
// Only tables with local indexes have them. Sizes: ReadView::collection_bytes().

bool has_collections(const TableSchema& table);

}  // namespace gyre::operations
