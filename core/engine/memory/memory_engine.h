// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/engine/engine.h"

namespace gyre::storage {

/// An Engine in memory for unit tests and the simulator, with explicit sync points: commits with
/// Durability::kAsync are lost by crash() unless sync() or a commit with kSync came after them. Thread-safe.
class MemoryEngine : public Engine {
 public:
  static constexpr EngineLimits kLimits = {256 * 1024 * 1024, 64 * 1024 * 1024};
  static std::unique_ptr<MemoryEngine> create(const EngineLimits& limits = kLimits);
  /// Another door to the same data, for a Store to own: what a restart after crash() opens. This outlives it.
  virtual std::unique_ptr<Engine> share() = 0;
  virtual void sync() = 0;
  /// Forgets whatever was not synced.
  virtual void crash() = 0;
  /// The next commit answers `outcome`; what kUnknown leaves behind is decided by `applied`.
  virtual void fail_next_commit(CommitOutcome outcome, bool applied) = 0;
  /// Pretends to have a disk from now on, with so many bytes free. It makes no checkpoints.
  virtual void set_free_bytes(std::uint64_t bytes) = 0;
};

}  // namespace gyre::storage
