// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>

#include "core/base/ids.h"
#include "core/storage/change_log.h"

namespace gyre::storage {

/// The ends of the shards in memory: records as the last commits left them, so that readers who keep up with
/// the log ask the engine nothing, however many they are. What it holds of a shard has no gap and reaches to
/// the shard's newest record; beyond its bytes, the oldest commits go.
class RecentRecords {
 public:
  explicit RecentRecords(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // --- any thread ---
  /// As ChangeLog::read, if all of it is held, and what the cursor saw too. nullopt: ask the engine, which
  /// also knows what is wrong with a cursor.
  std::optional<LogSlice> read(const LogCursor& cursor, std::size_t records_max, std::size_t bytes_max) const;
  /// About what it holds in memory.
  std::size_t size_bytes() const;

  // --- the writer's thread, before anybody is told ---
  /// A commit put these records at the shard's end: at least one.
  void add(ShardId shard, LogSlice records);
  /// The shard was trimmed.
  void forget(ShardId shard);

 private:
  struct Commit {
    LogSlice records;
    std::size_t bytes;
  };
  using Commits = std::deque<Commit>;

  Commit take_oldest();

  const std::size_t bytes_max_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<ShardId, Commits> shards_;
  std::deque<ShardId> order_;  // whose commits they are, oldest first
  std::size_t bytes_ = 0;
};

}  // namespace gyre::storage
