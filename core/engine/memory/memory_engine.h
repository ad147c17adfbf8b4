// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/engine/engine.h"

namespace gyre::storage {

/// An Engine that keeps nothing on a disk: for regions that live in memory alone, for unit tests and for the
/// simulator. Snapshots and iterators cost nothing, are never refused and hold no commit up; a commit takes
/// O(log n) for each change, and frees what it replaced in small parts. Nothing waits for a disk, so no read
/// is kIncomplete.
///
/// What has a disk underneath can be played: crash() forgets what was applied since the last flush, which
/// takes no time. Thread-safe.
class MemoryEngine : public Engine {
 public:
  static constexpr EngineLimits kLimits = {256 * 1024 * 1024, 64 * 1024 * 1024};
  static std::unique_ptr<MemoryEngine> create(const EngineLimits& limits = kLimits);
  /// Another door to the same data, for a Store to own: what a restart after crash() opens. This outlives it.
  virtual std::unique_ptr<Engine> share() = 0;
  /// Forgets whatever was not flushed.
  virtual void crash() = 0;
  /// The next apply() answers an Error; it may have been applied all the same.
  virtual void fail_next_apply(bool applied) = 0;
  /// Answers disk() from now on, as one with so many bytes free. It makes no checkpoints.
  virtual void set_free_bytes(std::uint64_t bytes) = 0;
  /// Answers disk() from now on: what its rows leave of so many bytes is free. It takes rows beyond them all
  /// the same: the writer refuses requests.
  virtual void set_capacity_bytes(std::uint64_t bytes) = 0;
  /// Whether nothing waits to be freed but what somebody still reads.
  virtual bool swept() const = 0;
};

}  // namespace gyre::storage
