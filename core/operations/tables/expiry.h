// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/storage/catalog.h"
#include "core/storage/expiry_rows.h"
#include "core/storage/read_view.h"
#include "core/storage/store.h"
#include "core/storage/upkeep.h"
#include "core/storage/writer.h"

namespace gyre::operations {

// Time to live: items are deleted some seconds after the second that their attribute names
// (core/storage/expiry_rows.h). Those whose second passed more than five years ago stay (AWS developer guide,
// "Using time to live").

/// One bounded piece of work of one table. What it deletes it decides anew on what is stored then: an item
/// that was refreshed meanwhile stays.
struct ExpiryStep {
  /// kFill: a step of a fill (core/storage/fills.h). kFlush: the engine is to be flushed; there is nothing to
  /// evaluate.
  enum class Kind { kLogged, kFill, kFlush };
  Kind kind = Kind::kLogged;
  std::function<Status(storage::WriteTransaction&)> evaluate = {};  ///< for the writer
  std::function<void()> done = [] {};                               ///< to be called once that succeeded
};

/// How far each table's expiry index has been walked: what is before that was expired and is erased. Without
/// it each plan would step again over all that earlier ones erased. Of one thread; begins anew with a
/// process.
class ExpiryProgress {
 public:
  /// From where to look at the table's rows; empty = from the start.
  std::string begin(TableId table, const TimeToLive& time_to_live, storage::NewExpiryRows& fresh);
  /// Everything before `row` is done.
  void advance(TableId table, std::string row);
  /// Drops what is known of tables that are gone.
  void keep_only(const storage::CatalogSnapshot& catalog);

 private:
  struct Walked {
    TimeToLive time_to_live;
    std::string done_before;
  };
  std::map<TableId, Walked> tables_;
};

/// What is due at one moment.
struct ExpiryPlan {
  std::vector<ExpiryStep> steps;  ///< at most one a table
  bool more = false;              ///< once they are done, there may be more due at once
};

/// Decides. Deletes up to limits::kExpiryStepItems expired items of each table, or, where time to live was
/// enabled on items that were there before, first adds as many of them to the expiry index, as a fill. Reads
/// on any thread, and may wait for the disk; all state is the store's. Steps that are done move `progress`,
/// which outlives them.
Result<ExpiryPlan> plan_expiry(const storage::CatalogSnapshot& catalog, const storage::ReadView& reads,
                               storage::NewExpiryRows& fresh, ExpiryProgress& progress, std::uint64_t now_ms);

/// Takes a step, and waits: for the writer or, for kFlush, the disk.
Status carry_out(storage::Store& store, const ExpiryStep& step);

struct ExpiryOptions {
  std::uint64_t interval_ms = limits::kExpiryIntervalMs;
};

/// Carries plans out through the writer, every `interval_ms`.
std::unique_ptr<storage::UpkeepJob> make_expiry(storage::Store& store, ExpiryOptions options);

}  // namespace gyre::operations
