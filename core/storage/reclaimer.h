// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/engine/engine.h"
#include "core/storage/catalog.h"
#include "core/storage/store.h"
#include "core/storage/upkeep.h"

namespace gyre::storage {

// What deleted tables, removed indexes and trimmed shards leave on the disk. Their rows are erased in the
// batch that drops them, which frees nothing yet. Ids are stamps of the clock and never come again: so
// whatever lies between the rows of what the catalog knows is dead for good, and nobody has to remember what
// was dropped.

/// The ranges of a family in which nothing is alive. `watermark` was asked of the writer before `catalog` was
/// taken: ids that are given out later are greater.
std::vector<KeyRange> dead_ranges(const CatalogSnapshot& catalog, Family family, std::uint64_t watermark);

/// Has the engine give them back. Rounds may take minutes, and end early when interrupted: whatever the
/// engine does in the background ends with them.
std::unique_ptr<UpkeepJob> make_reclaiming(Store& store);

}  // namespace gyre::storage
