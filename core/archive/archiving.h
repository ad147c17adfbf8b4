// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/archive/archiver.h"
#include "core/archive/seal.h"
#include "core/base/clock.h"
#include "core/log/log.h"

namespace gyre::archive {

/// The log that is archived. All of it outlives who archives it.
struct LiveLog {
  const log::Log& log;
  files::Folder& folder;  ///< the log's
  /// What was committed before is in sealed segments when it returns. May wait for the disk.
  std::function<Status()> close_segment;
};

struct ArchivingOptions {
  /// What was committed is archived and sealed at the latest so long after it. A segment that is full before
  /// goes at once.
  std::uint64_t interval_ms = 300'000;
  std::uint64_t look_ms = 200;  ///< between looks at what there is to do
  std::uint64_t retry_ms_min = 1'000;
  std::uint64_t retry_ms_max = 60'000;
  std::uint64_t alarm_ms = 600'000;  ///< a failure that goes on is logged again
  /// An archive was begun there before: if it is not there it is gone, and no other one is begun in its
  /// place.
  bool was_begun = false;
  /// Called once an archive is there, unless one was begun before: for `was_begun` of the next process.
  std::function<Status()> note_begun = [] { return Status(); };
};

/// How far it is. A value.
struct ArchivingStatus {
  std::string place;  ///< the store's name
  PublicKey key{};    ///< seals are signed with it
  log::SegmentNumber first_segment{};
  log::SegmentNumber last_segment{};    ///< 0: none is archived yet, or the archive was not reached yet
  SequenceNumber last_sequence{};       ///< in the archive
  SealNumber last_seal{};               ///< 0: none is known yet
  log::SegmentNumber sealed_segment{};  ///< the last one that it has
  std::uint64_t sealed_ms = 0;          ///< when the newest seal was made
  std::uint64_t segments = 0;           ///< that this process archived
  std::uint64_t bytes = 0;              ///< of these
  std::uint64_t failures = 0;           ///< attempts that failed
  std::string problem;                  ///< of the last attempt; empty: it went well
  std::uint64_t missing_segments = 0;   ///< trimmed before they were archived: the archive has a gap
  std::uint64_t lag_ms = 0;             ///< age of the oldest commit that is not archived; 0: all is
  std::uint64_t lag_records = 0;        ///< about: from the archive's last sequence to the log's
};

/// Keeps an archive of a log that is being written: copies each segment as soon as it is sealed, has the
/// present one closed when what is in it waits too long, and seals what was copied. Runs on a thread of its
/// own between start() and stop(). Whatever fails is tried again, after growing pauses, for ever; it is an
/// alarm in the log and in status(). May be killed at any moment: the next process goes on where the archive
/// ends. One archiver at a time.
class Archiving {
 public:
  /// Reaches for nothing yet. `seed`: of the key that signs.
  Archiving(std::unique_ptr<objects::ObjectStore> store, LiveLog log, std::string_view seed,
            const Clock& clock, ArchivingOptions options);
  ~Archiving();
  Archiving(const Archiving&) = delete;
  Archiving& operator=(const Archiving&) = delete;

  void start();
  /// Waits for the request to the store that is under way. Idempotent.
  void stop();
  /// Everything that is due now, on the caller's thread, instead of start().
  Status turn();

  /// Segments up to this one are archived and may leave the log; 0: none is known to be. Any thread, at once.
  log::SegmentNumber archived_through() const {
    return log::SegmentNumber(archived_through_.load(std::memory_order_acquire));
  }
  /// Any thread, at once.
  ArchivingStatus status() const;

 private:
  void run();
  Status attempt();
  Status archive_sealed();
  void publish(bool archived);
  Status seal_archived();
  bool close_is_due();
  void note(const Status& outcome);

  const std::unique_ptr<objects::ObjectStore> store_;
  const LiveLog log_;
  const SigningPair pair_;
  const Clock& clock_;
  const ArchivingOptions options_;
  std::atomic<std::uint64_t> archived_through_ = 0;
  std::atomic<bool> stopping_ = false;

  // Of the thread that turns.
  std::optional<Archiver> archiver_;
  bool sealed_ = false;  // all that is archived
  bool was_begun_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  ArchivingStatus status_;
  log::FrameNumber last_frame_{};               // in the archive
  std::optional<std::uint64_t> open_since_ms_;  // since when the present segment has frames
  std::uint64_t told_ms_ = 0;                   // when the problem was logged last
  std::string told_;
  std::thread thread_;
};

}  // namespace gyre::archive
