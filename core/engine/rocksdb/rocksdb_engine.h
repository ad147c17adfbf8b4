// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/engine/rocksdb/page_cache_reads.h"

namespace rocksdb {
class EventListener;
class FileSystem;
}  // namespace rocksdb

namespace gyre::storage {

struct RocksdbOptions {
  /// What may be in the directory of a store that is not made yet: others' folder.
  static constexpr const char* kNeighbour = "log";

  std::string directory;
  std::size_t block_cache_bytes = 64 * 1024 * 1024;
  /// What rows that are not flushed yet take, of all families together, about: flush_is_due() then.
  std::size_t memtable_bytes = 64 * 1024 * 1024;
  int max_open_files = -1;  ///< tables kept open; the others are opened when they are read. -1: all
  /// Flush what is in memory alone when the engine goes, if it is at most limits::kStopFlushBytesMax, so that
  /// the next start has nothing to apply again. Off = as if killed.
  bool flush_on_stop = true;
  std::uint64_t ballast_bytes = limits::kBallastBytes;  ///< disk space kept back (ballast.h)
  /// Free bytes where the store is: fault tests. Empty = asks the system.
  std::function<std::uint64_t()> free_bytes;
  /// Told of what the engine does in the background: tests. May be nullptr.
  std::shared_ptr<rocksdb::EventListener> listener;
  /// Says what the system holds of tables in memory: tests. Empty = the system does.
  TableRead table_read;
  /// Files go through it: fault tests. nullptr = the machine's.
  std::shared_ptr<rocksdb::FileSystem> file_system;
};

/// Opens or creates a store. An unwritable or foreign directory, a store that is in use (store_lock.h), and
/// damage are each an Error that says so: kValidation, kUnavailable, kCorruption; so is a store of an older
/// format. A store that is in use is not touched. With less space free than the ballast takes, that is given
/// up, and as little as possible is written.
Result<std::unique_ptr<Engine>> open_rocksdb(const RocksdbOptions& options);

}  // namespace gyre::storage
