// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include "core/engine/memory/memory_engine.h"
#include "core/files/memory_disk.h"
#include "core/files/memory_folder.h"
#include "core/storage/store.h"

namespace gyre::storage {

/// Where a test's store lives: in memory, and with a power switch. Outlives the stores that it opens.
class MemoryHome {
 public:
  explicit MemoryHome(const EngineLimits& limits = MemoryEngine::kLimits)
      : engine_(MemoryEngine::create(limits)) {}

  /// What a start opens. One store at a time.
  StoreHome door() { return {engine_->share(), share_disk()}; }
  std::shared_ptr<files::Folder> share_disk() { return {std::shared_ptr<void>(), &disk_}; }
  MemoryEngine& engine() { return *engine_; }
  files::MemoryDisk& disk() { return disk_; }

  /// The process dies: what the system has been given stays.
  void kill() {
    engine_->crash();
    disk_.kill();
  }
  /// All that the engine kept is gone.
  void lose_engine() { engine_ = MemoryEngine::create(); }
  /// Power goes: what was not synced may stay, or not, or in part.
  void lose_power(Random& random) {
    engine_->crash();
    disk_.crash(random);
  }

 private:
  std::unique_ptr<MemoryEngine> engine_;
  files::MemoryDisk disk_;
};

/// A home of its own, for a test that never opens it again.
inline StoreHome new_memory_home(std::unique_ptr<Engine> engine = MemoryEngine::create()) {
  return {std::move(engine), files::make_memory_folder()};
}

}  // namespace gyre::storage
