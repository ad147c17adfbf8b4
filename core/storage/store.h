// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/storage/catalog.h"
#include "core/storage/change_log.h"
#include "core/storage/read_pool.h"
#include "core/storage/store_memory.h"
#include "core/storage/writer.h"

namespace gyre::storage {

class ReadView;

struct StoreOptions {
  RegionId region;
  Durability durability = Durability::kSync;
  int read_threads = 2;
  StoreMemory::Sizes memory;
  WriterOptions writer;
};

/// Everything that one region keeps: engine, catalog, change log, writer and read pool, recovered and
/// consistent. Owned by main; outlives the server and all readers. Parts are constant after open(), and
/// thread-safe as each says.
class Store {
 public:
  /// Recovers from `engine`: checks that the data belongs to this region (kValidation otherwise), makes the
  /// epoch of a new store, reads the catalog, the heads of open shards, the last sequence and the last clock
  /// stamp.
  static Result<std::unique_ptr<Store>> open(std::unique_ptr<Engine> engine, StoreOptions options,
                                             const Clock& clock);
  ~Store();

  Engine& engine();
  /// All reads of what is committed, but for the log's.
  const ReadView& reads() const;
  Catalog& catalog();
  Writer& writer();
  ReadPool& read_pool();
  const ChangeLog& change_log() const;
  NewExpiryRows& new_expiry_rows();
  Epoch epoch() const;
  const RegionId& region() const;
  const Clock& clock() const;

  /// Stops the writer and the read pool. The engine is flushed when the Store goes.
  void stop();

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gyre::storage
