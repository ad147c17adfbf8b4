// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/files/folder.h"
#include "core/log/log_options.h"
#include "core/storage/catalog.h"
#include "core/storage/change_log.h"
#include "core/storage/read_pool.h"
#include "core/storage/region_log.h"
#include "core/storage/store_memory.h"
#include "core/storage/writer.h"

namespace gyre::storage {

class ReadView;

struct StoreOptions {
  RegionId region;
  Durability durability = Durability::kSync;
  int read_threads = 2;
  StoreMemory::Sizes memory;
  log::LogOptions log{};  ///< its epoch, incarnation and term are the store's own
  WriterOptions writer;
};

/// Where a store lives: the engine follows the log, which is in a folder of its own.
struct StoreHome {
  std::unique_ptr<Engine> engine;
  std::shared_ptr<files::Folder> log;  ///< shared with tests, which open what a crash left
};

/// Everything that one region keeps: log, engine, catalog, writer and read pool, recovered and
/// consistent. Owned by main; outlives the server and all readers. Parts are constant after open(), and
/// thread-safe as each says.
class Store {
 public:
  /// Recovers: checks that the data belongs to this region (kValidation otherwise), makes the epoch of a new
  /// store, brings the engine up to the log, reads the catalog, the heads of shards, the last sequence and
  /// the last clock stamp. kCorruption names segment, offset and frame where the log is damaged.
  static Result<std::unique_ptr<Store>> open(StoreHome home, StoreOptions options, const Clock& clock);
  ~Store();

  Engine& engine();
  /// All reads of what is committed, but for the log's.
  const ReadView& reads() const;
  Catalog& catalog();
  Writer& writer();
  ReadPool& read_pool();
  const ChangeLog& change_log() const;
  RegionLog& log();
  NewExpiryRows& new_expiry_rows();
  Epoch epoch() const;
  const RegionId& region() const;
  const Clock& clock() const;

  /// Starts the writer, and what the log needs done beside it.
  void start();
  /// The engine is flushed soon: what is applied can then leave the log. Any thread.
  void request_flush();
  /// What was committed before the call is in segments of the log that are closed when this returns. Any
  /// thread but the writer's. kUnavailable: there is no space for the segment that would come next.
  Status close_segment();
  /// Calls `act`, and answers its answer: before it all that was committed is durable, and meanwhile each
  /// commit is before it reaches the engine, whatever durability was asked for. Waits for the writer. Any
  /// thread but its own.
  Status while_synced(const std::function<Status()>& act);
  /// Stops the writer and the read pool, and ends and seals the log. The engine is flushed when the Store
  /// goes. Idempotent.
  void stop();

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gyre::storage
