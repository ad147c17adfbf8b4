// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "core/files/folder.h"
#include "core/log/log.h"
#include "core/storage/store_identity.h"

namespace gyre::storage {

/// A region's log, and what is done beside its appends: the next segment is made ready, and full ones are
/// sealed. Owned by the store. The folder outlives it.
class RegionLog {
 public:
  /// As Log::recover.
  static Result<std::unique_ptr<RegionLog>> open(files::Folder& folder, const StoreIdentity& identity,
                                                 log::LogOptions options,
                                                 const std::optional<log::FramePosition>& applied);
  ~RegionLog();

  log::Log& log() { return *log_; }
  const log::Log& log() const { return *log_; }

  /// Segments are made ready and sealed on a thread of its own from now on.
  void start();
  /// Ends that thread. Idempotent.
  void stop();
  /// What the thread would do, on the caller's.
  Status do_upkeep();

  /// The writer's thread: an append of so many bytes will find its segment ready. Waits for the disk if it is
  /// not. kUnavailable: there is no space.
  Status make_room(std::uint64_t frame_bytes);
  /// Any thread but the writer's: Log::trim.
  Status trim(log::SegmentNumber through);
  /// Any thread but the writer's: trim() waits for as long as this is held, and nothing else does.
  [[nodiscard]] std::unique_lock<std::mutex> hold_trimming() { return std::unique_lock(trim_mutex_); }

 private:
  RegionLog() = default;
  void run();
  bool rest(std::chrono::nanoseconds time);

  std::mutex trim_mutex_;    // taken before the next one
  std::mutex upkeep_mutex_;  // held by who prepares, seals or trims
  std::unique_ptr<log::Log> log_;
  std::thread thread_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  bool due_ = false;
  bool stopping_ = false;
  bool hurry_ = false;  // the writer waits
  std::thread::id upkeep_thread_;
};

}  // namespace gyre::storage
