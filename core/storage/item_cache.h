// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/model/table_schema.h"
#include "core/storage/prefetched_item.h"
#include "core/storage/stored_item.h"
#include "core/storage/write_fence.h"

namespace gyre::storage {

/// Items as they are committed, those that were used last: reads of items as of now, and what a write reads
/// ahead, ask the engine nothing of what is hot. They are behind a WriteFence; what a batch left behind is
/// known again after its commit.
class ItemCache {
 public:
  explicit ItemCache(std::size_t bytes_max) : fence_(bytes_max) {}

  // --- any thread ---
  /// How many batches are committed; what they wrote can be read.
  std::uint64_t commits() const { return fence_.commits(); }
  /// The item or tombstone at a row, if it is here; nullptr otherwise.
  StoredPointer find(std::string_view row) { return fence_.find(row); }
  /// The item or tombstone at a row, as committed; never nullptr. kIncomplete with the tier kCache.
  Result<StoredPointer> read(const Engine& engine, const TableSchema& table, std::string_view row,
                             ReadTier tier);

  // --- the writer's thread ---
  /// May what was read at the time of `commits` be out of date? Says so of some rows that it is not true of.
  bool written_since(std::string_view row, std::uint64_t commits) const {
    return fence_.written_since(row, commits);
  }
  /// The batch that is being built writes the row.
  void begin_write(std::string_view row) { fence_.begin_write(row); }
  struct Written {
    std::string row;
    StoredPointer item;
  };
  /// That batch is committed, and left these items behind.
  void committed(std::vector<Written> written);

 private:
  WriteFence<StoredItem> fence_;  // by row
};

}  // namespace gyre::storage
