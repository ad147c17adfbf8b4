// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "core/base/limits.h"
#include "core/engine/engine.h"
#include "core/log/frame_builder.h"
#include "core/storage/commit_batch.h"
#include "core/storage/durability.h"
#include "core/storage/region_log.h"

namespace gyre::storage {

/// Makes commits: a frame in the log, then the same in the engine. Owned by the store; log and engine outlive
/// it. One thread, the writer's, but for request_flush().
class Committer {
 public:
  Committer(Engine& engine, RegionLog& log) : engine_(engine), log_(log) {}

  /// Before a batch is built: the log will take it, unless it is a single request of unusual size, whose
  /// commit may fail then. kUnavailable: there is no space. After another Error the process must end.
  Status make_room() { return log_.make_room(limits::kWriterBatchBytesMax); }
  /// The batch is in the log, durable if that is asked for, and then in the engine. After an Error nobody
  /// knows whether it happened: the process must end.
  Status commit(const CommitBatch& batch, const log::CommitStamp& stamp, Durability durability);
  /// The rows of a fill's steps are in the engine. After an Error as above.
  Status fill(const CommitBatch& batch);
  /// All that was committed is durable. After an Error as above.
  Status sync() { return log_.log().sync(); }
  /// After each commit: flushes the engine if that is due, and does what was requested.
  Status flush_if_due();

  /// Any thread: the next flush_if_due() flushes in any case.
  void request_flush() { flush_requested_ = true; }
  /// Any thread: the next flush_if_due() ends the log's present segment, if the one after it is ready.
  void request_close() { close_requested_ = true; }
  /// Any thread: that has not been done yet.
  bool close_is_due() const { return close_requested_; }
  /// Any thread: each commit is synced before it reaches the engine, whatever is asked for; from the next
  /// flush_if_due() on, which syncs what came before. On until all who switched it on switched it off.
  void always_sync(bool on) { always_sync_ += on ? 1 : -1; }

 private:
  Status close_old_segment(std::uint64_t now_ms);
  Status close_segment();

  Engine& engine_;
  RegionLog& log_;
  log::FrameBuilder frame_;
  log::SegmentNumber segment_;          // the last frame's
  std::uint64_t segment_began_ms_ = 0;  // with the first frame of this process in it
  std::atomic<bool> flush_requested_ = false;
  std::atomic<bool> close_requested_ = false;
  std::atomic<int> always_sync_ = 0;
};

}  // namespace gyre::storage
