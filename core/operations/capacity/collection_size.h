// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/engine/engine.h"
#include "core/model/key.h"
#include "core/model/table_schema.h"

namespace gyre::operations {

// An item collection: the items of one partition key, with their entries in the local indexes of the table.
// Only tables with local indexes have them. Sizes are the engine's estimate, without reading a row.

bool has_collections(const TableSchema& table);

/// Of the collection that `key` belongs to.
std::uint64_t collection_bytes(const storage::Engine& engine, const TableSchema& table, const ItemKey& key);

/// Of all collections of the table together.
std::uint64_t collections_bytes(const storage::Engine& engine, const TableSchema& table);

}  // namespace gyre::operations
