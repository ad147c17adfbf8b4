// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/engine/engine.h"
#include "core/storage/catalog.h"
#include "core/storage/store.h"

namespace gyre::storage {

// What deleted tables, removed indexes and trimmed shards leave on the disk. Their rows are erased in the
// batch that drops them, which frees nothing yet. Ids are stamps of the clock and never come again: so
// whatever lies between the rows of what the catalog knows is dead for good, and nobody has to remember what
// was dropped.

/// The ranges of a family in which nothing is alive. `watermark` was asked of the writer before `catalog` was
/// taken: ids that are given out later are greater.
std::vector<KeyRange> dead_ranges(const CatalogSnapshot& catalog, Family family, std::uint64_t watermark);

/// Has the engine give them back, every limits::kMaintenanceMs, on a thread of its own. Owned by main; goes
/// before the store.
class Reclaimer {
 public:
  static std::unique_ptr<Reclaimer> make(Store& store);
  virtual ~Reclaimer() = default;
  virtual void start() = 0;
  /// Ends the round that is under way, and with it whatever the engine does in the background for it.
  /// Idempotent.
  virtual void stop() = 0;
  /// One round, on the caller's thread.
  virtual void tick() = 0;
};

}  // namespace gyre::storage
