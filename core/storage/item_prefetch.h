// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "core/storage/engine.h"
#include "core/storage/stored_item.h"

namespace gyre::storage {

/// What stood at a row when `commits` batches were committed: read for a write before it is submitted, so
/// that the writer neither searches for the row nor waits for the disk. Good for as long as nothing has been
/// written there since, which the writer finds out (WriteTransaction::offer).
struct PrefetchedItem {
  std::string row;
  StoredPointer item;
  std::uint64_t commits = 0;

  /// About what it holds in memory.
  std::size_t size_bytes() const { return row.size() + (item->image ? item->image->size() : 0); }
};

/// When rows were last written, by a hash of them: an answer may name a later commit than the true one, never
/// an earlier one. Of fixed size. The writer's thread notes and asks; commits() is for any thread.
class RecentWrites {
 public:
  RecentWrites() : last_(std::make_unique<std::array<std::uint64_t, kSlots>>()) {}

  /// How many batches were committed; what they wrote can be read.
  std::uint64_t commits() const { return commits_.load(std::memory_order_acquire); }

  /// The batch that is being built writes the row.
  void note(std::string_view row) { (*last_)[slot_of(row)] = commits() + 1; }
  void committed() { commits_.store(commits() + 1, std::memory_order_release); }
  /// Whether what was read at the time of `commits` may be out of date.
  bool written_since(std::string_view row, std::uint64_t commits) const {
    return (*last_)[slot_of(row)] > commits;
  }

 private:
  static constexpr std::size_t kSlots = 1 << 16;
  static std::size_t slot_of(std::string_view row);

  std::unique_ptr<std::array<std::uint64_t, kSlots>> last_;
  std::atomic<std::uint64_t> commits_ = 0;
};

/// The item or tombstone at a row, as committed; never nullptr. Any thread. kIncomplete with the tier kCache.
Result<StoredPointer> read_stored(const Engine& engine, const TableSchema& table, std::string_view row,
                                  ReadTier tier);

}  // namespace gyre::storage
