// SPDX-License-Identifier: Apache-2.0
#include "core/engine/rocksdb/zeroed_logs.h"

#include <rocksdb/file_system.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/base/log.h"

namespace gyre::storage {
namespace {

using rocksdb::FileOptions;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

constexpr const char* kSpareName = "next-log.zeros";
constexpr std::size_t kChunkBytes = 256 * 1024;
// Of the disk's time, the share that making space may take.
constexpr int kRestPerWork = 3;
// The next log's space is begun when the present log has come this far.
constexpr std::uint64_t kBeginAtFraction = 8;

class ZeroedLogs final : public rocksdb::FileSystemWrapper {
 public:
  ZeroedLogs(const std::shared_ptr<rocksdb::FileSystem>& base, const std::string& directory,
             std::uint64_t log_bytes)
      : FileSystemWrapper(base),
        spare_path_(directory + "/" + kSpareName),
        log_bytes_(log_bytes),
        thread_([this] { run(); }) {}

  ~ZeroedLogs() override {
    stopping_ = true;
    set_state(State::kNone);
    thread_.join();
    forget_spare();
  }

  const char* Name() const override { return "ZeroedLogs"; }

  IOStatus NewWritableFile(const std::string& name, const FileOptions& options,
                           std::unique_ptr<FSWritableFile>* result, IODebugContext* context) override {
    if (!name.ends_with(".log")) return target()->NewWritableFile(name, options, result, context);
    std::unique_ptr<FSWritableFile> file;
    IOStatus opened = IOStatus::NotFound();
    if (take_spare()) {
      opened = target()->ReuseWritableFile(name, spare_path_, options, &file, context);
      if (!opened.ok()) log_warning("storage: a log without the space made for it: {}", opened.ToString());
    }
    if (!opened.ok()) opened = target()->NewWritableFile(name, options, &file, context);
    if (opened.ok()) *result = std::make_unique<Log>(std::move(file), *this);
    return opened;
  }

 private:
  enum class State { kNone, kWanted, kReady };

  /// Counts what is appended, to know when the next log's space is due.
  class Log final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    Log(std::unique_ptr<FSWritableFile> file, ZeroedLogs& logs)
        : FSWritableFileOwnerWrapper(std::move(file)), logs_(logs) {}

    IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, IODebugContext* context) override {
      count(data.size());
      return target()->Append(data, options, context);
    }
    IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                    const rocksdb::DataVerificationInfo& verification, IODebugContext* context) override {
      count(data.size());
      return target()->Append(data, options, verification, context);
    }

   private:
    void count(std::size_t bytes) {
      const std::uint64_t due = logs_.log_bytes_ / kBeginAtFraction;
      if (appended_ < due && appended_ + bytes >= due) logs_.want_spare();
      appended_ += bytes;
    }

    ZeroedLogs& logs_;
    std::uint64_t appended_ = 0;
  };

  void set_state(State state) {
    {
      const std::lock_guard lock(mutex_);
      state_ = state;
    }
    changed_.notify_all();
  }

  bool take_spare() {
    const std::lock_guard lock(mutex_);
    if (state_ != State::kReady) return false;
    state_ = State::kNone;
    return true;
  }

  void want_spare() {
    {
      const std::lock_guard lock(mutex_);
      if (state_ == State::kNone) state_ = State::kWanted;
    }
    changed_.notify_all();
  }

  void run() {
    forget_spare();
    while (true) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return stopping_ || state_ == State::kWanted; });
      }
      if (stopping_) return;
      const IOStatus made = make_spare();
      if (stopping_) return;
      if (!made.ok()) {
        log_warning("storage: the next log will grow as it is written: {}", made.ToString());
        forget_spare();
      }
      set_state(made.ok() ? State::kReady : State::kNone);
    }
  }

  IOStatus make_spare() {
    const IOOptions options;
    std::unique_ptr<FSWritableFile> file;
    IOStatus status = target()->NewWritableFile(spare_path_, FileOptions(), &file, nullptr);
    const std::string zeros(std::min<std::uint64_t>(kChunkBytes, log_bytes_), '\0');
    for (std::uint64_t made = 0; status.ok() && made < log_bytes_; made += zeros.size()) {
      const auto begun = std::chrono::steady_clock::now();
      status = file->Append(zeros, options, nullptr);
      if (status.ok()) status = file->Sync(options, nullptr);
      if (!rest(kRestPerWork * (std::chrono::steady_clock::now() - begun))) break;
    }
    if (status.ok()) status = file->Close(options, nullptr);
    return status;
  }

  // False if it is time to stop.
  bool rest(std::chrono::steady_clock::duration time) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, time, [this] { return stopping_.load(); });
  }

  // What an earlier process left may never have been written.
  void forget_spare() {
    const IOStatus deleted = target()->DeleteFile(spare_path_, IOOptions(), nullptr);
    if (!deleted.ok() && !deleted.IsPathNotFound() && !deleted.IsNotFound()) {
      log_warning("storage: {}", deleted.ToString());
    }
  }

  const std::string spare_path_;
  const std::uint64_t log_bytes_;
  std::mutex mutex_;  // guards state_
  std::condition_variable changed_;
  State state_ = State::kNone;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> with_zeroed_logs(const std::shared_ptr<rocksdb::FileSystem>& base,
                                                      const std::string& directory, std::uint64_t log_bytes) {
  return std::make_shared<ZeroedLogs>(base, directory, log_bytes);
}

}  // namespace gyre::storage
