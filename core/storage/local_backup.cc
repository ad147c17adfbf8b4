// SPDX-License-Identifier: Apache-2.0
#include "core/storage/local_backup.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "core/base/descriptor.h"
#include "core/base/log.h"
#include "core/engine/rocksdb/rocksdb_engine.h"
#include "core/files/local_folder.h"
#include "core/files/transfer.h"
#include "core/storage/store_identity.h"

namespace gyre::storage {
namespace {

namespace fs = std::filesystem;

constexpr const char* kBackupFolder = "/backup";
// RocksDB's, of a checkpoint that is being made.
constexpr const char* kUnfinishedEnd = ".tmp";

/// Removes a directory, unless it was kept.
class Unfinished {
 public:
  explicit Unfinished(std::string directory) : directory_(std::move(directory)) {}
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  ~Unfinished() {
    std::error_code ignored;
    if (!directory_.empty()) fs::remove_all(directory_, ignored);
  }
  void keep() { directory_.clear(); }

 private:
  std::string directory_;
};

Status remove_unlocked(const std::string& directory) {
  const Descriptor held(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (held.get() < 0) return errno == ENOENT ? Status() : Status(Error::internal("cannot open " + directory));
  if (::flock(held.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error::validation("an earlier backup is still being copied out of " + directory);
  }
  std::error_code error;
  fs::remove_all(directory, error);
  if (error) return Error::internal("cannot remove " + directory + ": " + error.message());
  return {};
}

// Those that are sealed: nothing is written to them any more.
Status link_segments(const log::Log& log, const std::string& from, LocalBackup& backup,
                     const std::string& to) {
  const log::SegmentList closed = log.closed_segments();
  for (const log::SegmentPointer& segment : *closed) {
    if (!segment->is_sealed()) break;  // closed since
    const std::string name = "/" + log::segment_name(segment->number());
    RETURN_IF_ERROR(files::link_or_copy(from + name, to + name));
    backup.frame = segment->summary.last_frame;
    backup.sequence = segment->summary.last_sequence;
  }
  return {};
}

}  // namespace

Result<LocalBackup> make_local_backup(Store& store, const std::string& directory) {
  const Disk* const disk = store.engine().disk();
  CHECK(disk != nullptr);
  RETURN_IF_ERROR(remove_local_backup(directory));
  std::error_code error;
  LocalBackup backup;
  backup.directory = fs::absolute(directory + kBackupFolder, error).lexically_normal().string();
  if (error) return Error::internal("cannot find " + directory + ": " + error.message());
  Unfinished unfinished(backup.directory);
  {
    // The engine's files first: so the log has all that they have. What comes next in it stays meanwhile.
    const auto held = store.log().hold_trimming();
    RETURN_IF_ERROR(disk->checkpoint(backup.directory));
    RETURN_IF_ERROR(store.close_segment());
    RETURN_IF_ERROR(store.log().do_upkeep());
    const std::string from = directory + "/" + RocksdbOptions::kNeighbour;
    const std::string to = backup.directory + "/" + RocksdbOptions::kNeighbour;
    ASSIGN_OR_RETURN(const auto old_log, files::open_local_folder(from));
    ASSIGN_OR_RETURN(const auto new_log, files::open_local_folder(to));
    RETURN_IF_ERROR(link_segments(store.log().log(), from, backup, to));
    RETURN_IF_ERROR(begin_copy(*old_log, *new_log));
  }
  RETURN_IF_ERROR(files::sync_directory(backup.directory));
  RETURN_IF_ERROR(files::sync_directory(directory));
  unfinished.keep();
  return backup;
}

Status remove_local_backup(const std::string& directory) {
  RETURN_IF_ERROR(remove_unlocked(directory + kBackupFolder + kUnfinishedEnd));
  return remove_unlocked(directory + kBackupFolder);
}

Status LocalBackups::begin(Done done) {
  const std::lock_guard lock(mutex_);
  if (directory_.empty()) return Error::validation("this region is in memory: it has no files to copy");
  if (stopped_) return Error::validation("this region is stopping");
  if (busy_) return Error::validation("another backup of this region is being made");
  if (thread_.joinable()) thread_.join();  // it only tells its outcome
  busy_ = true;
  thread_ = std::thread([this, done = std::move(done)] {
    Result<LocalBackup> made = make_local_backup(store_, directory_);
    if (!made.ok()) log_warning("backup: {}", made.error().message);
    {
      const std::lock_guard lock_too(mutex_);
      busy_ = false;
    }
    done(std::move(made));
  });
  return {};
}

void LocalBackups::stop() {
  std::thread ending;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    ending = std::move(thread_);
  }
  if (ending.joinable()) ending.join();
}

}  // namespace gyre::storage
