// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/storage/catalog.h"
#include "core/storage/table_counts.h"
#include "core/storage/writer.h"

namespace gyre::storage {

// How an index comes into a table that holds items, and how it goes: in steps, each a write of its own, so
// that clients are never kept waiting. Writes keep the index from the moment that the catalog knows it, so a
// fill (fills.h) only adds what was there before. How far it has come is in the batch of the step: a build
// goes on where a crash interrupted it. Without threads; index_building.h takes the steps.

/// One step, planned against committed state.
struct IndexStep {
  /// kBegin: CREATING is to backfill. kFill: put these items into it, a step of a fill. kFlush: the engine is
  /// flushed, and no write is taken. kComplete: it is ACTIVE. kRemove: the index and its entries go.
  enum class Kind { kBegin, kFill, kFlush, kComplete, kRemove };
  Kind kind = Kind::kBegin;
  TableId table;
  IndexId index;
  std::vector<ItemKey> keys = {};  ///< of kFill
  std::string through = {};        ///< of kFill: the cursor from then on
  RowDelta missing = {};           ///< of kComplete: in the index's count
};

/// Indexes that are being created or deleted, with their tables, in the order of the tables.
std::vector<std::pair<TableId, IndexId>> unfinished_indexes(const CatalogSnapshot& catalog);

/// What is next for an index; nothing if it is finished, or gone. Reads at most limits::kIndexStepItems
/// items, from the disk if it must; for kComplete all entries of the index: then nothing is next if
/// `interrupted` becomes true. Any thread.
Result<std::optional<IndexStep>> plan_index_step(const Engine& engine, const CatalogSnapshot& catalog,
                                                 TableId table, IndexId index,
                                                 const std::atomic<bool>& interrupted);

/// Takes the step, unless table or index changed meanwhile: then it does nothing. Not kFlush.
Status take_index_step(const IndexStep& step, WriteTransaction& transaction);

}  // namespace gyre::storage
