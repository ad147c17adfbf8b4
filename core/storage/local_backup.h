// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/log/layout.h"
#include "core/storage/store.h"

namespace gyre::storage {

/// A copy of a store, as it was after one frame of its log.
struct LocalBackup {
  std::string directory;  ///< its absolute path
  log::FrameNumber frame;
  SequenceNumber sequence;
};

/// Copies a running store that open_local_home() opened, into the folder `backup` of its directory: hard
/// links of the engine's files and of the log's, so it takes hardly any space, and none of them changes any
/// more. The copy has all that was acknowledged before the call. A start on it is like one after a crash, in
/// an epoch of its own.
///
/// What an earlier call left in that folder is removed first. Not on the writer's thread, one call at a time;
/// takes as long as sealing a segment. kUnavailable: there is no space. kValidation: somebody still copies
/// what an earlier call left, as the lock says that he has on the folder (flock). After an Error nothing is
/// there.
Result<LocalBackup> make_local_backup(Store& store, const std::string& directory);
/// Removes what a backup left in the directory of a store, if nobody has it locked.
Status remove_local_backup(const std::string& directory);

/// Makes backups of a running store, one at a time, on a thread of its own. The store outlives it.
class LocalBackups {
 public:
  /// `directory`: the store's; empty: it is in memory.
  LocalBackups(Store& store, std::string directory) : store_(store), directory_(std::move(directory)) {}
  ~LocalBackups() { stop(); }
  LocalBackups(const LocalBackups&) = delete;
  LocalBackups& operator=(const LocalBackups&) = delete;

  using Done = std::function<void(Result<LocalBackup>)>;
  /// Calls `done` on its thread, later. Any thread. kValidation, and no call: the store is in memory, another
  /// backup is being made, or it was stopped.
  Status begin(Done done);
  /// Waits for the backup that is being made. Idempotent.
  void stop();

 private:
  Store& store_;
  const std::string directory_;
  std::mutex mutex_;  // guards what follows
  bool stopped_ = false;
  bool busy_ = false;
  std::thread thread_;
};

}  // namespace gyre::storage
