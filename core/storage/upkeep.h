// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/storage/store.h"

namespace gyre::storage {

/// One bounded piece of upkeep.
struct UpkeepStep {
  const char* what;              ///< behind "could not", should it fail
  std::function<Status()> take;  ///< on the thread of its job; may wait for the disk and for the writer
};

/// What is due at one moment.
struct UpkeepPlan {
  std::vector<UpkeepStep> steps;
  bool more = false;  ///< once one of them is done, there may be more due at once
};

/// Something that a store needs done again and again: trimming, expiring, building indexes, giving space
/// back. It only plans; Upkeep turns it. A step that failed is planned again by a later round. Used by one
/// thread at a time, but for interrupt().
class UpkeepJob {
 public:
  virtual ~UpkeepJob() = default;
  virtual Result<UpkeepPlan> plan() = 0;
  /// How long to wait when nothing is due any more.
  virtual std::chrono::milliseconds pause() const {
    return std::chrono::milliseconds(limits::kUpkeepPauseMs);
  }
  /// Is a change of the catalog worth looking at at once?
  virtual bool follows_catalog() const { return false; }
  /// Any thread: ends a step soon that may take minutes. Idempotent.
  virtual void interrupt() {}
};

/// Runs jobs, each on a thread of its own, so that one that takes minutes keeps nobody waiting. Owned by
/// main; goes before the store.
class Upkeep {
 public:
  static std::unique_ptr<Upkeep> make(Store& store);
  virtual ~Upkeep() = default;
  /// Before start(); one that follows the catalog also before the writer starts.
  virtual void add(std::unique_ptr<UpkeepJob> job) = 0;
  virtual void start() = 0;
  /// Waits for the steps that are under way; what is left is planned again by the next process. Idempotent.
  virtual void stop() = 0;

  // --- instead of start(), on the caller's thread, which waits for the writer ---
  /// One plan of each job and its steps. False if nothing more is due at once.
  virtual bool round() = 0;
  /// Everything that is due now.
  void tick() {
    while (round()) {
    }
  }
};

/// Upkeep that `store` waits for: a write of the maintenance class.
Status submit_upkeep(Store& store, std::function<Status(WriteTransaction&)> evaluate);
/// The same with a step of a fill (fills.h).
Status submit_fill(Store& store, std::function<Status(WriteTransaction&)> evaluate);
/// Waits until the engine has flushed what is in it.
Status flush(Store& store);

}  // namespace gyre::storage
