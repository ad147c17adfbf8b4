// SPDX-License-Identifier: Apache-2.0
#include "core/engine/testing/fault_file_system.h"

#include <rocksdb/env.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace gyre::storage {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

namespace {
constexpr std::size_t kSectorBytes = 512;
}

/// One open file. Only RocksDB's write path uses it, which appends and syncs.
class FaultFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultFile(std::unique_ptr<rocksdb::FSWritableFile> file, FaultFileSystem& system,
            std::shared_ptr<FaultFileSystem::File> state)
      : FSWritableFileOwnerWrapper(std::move(file)), system_(system), state_(std::move(state)) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions&, IODebugContext*) override {
    const std::lock_guard lock(system_.mutex_);
    const IOStatus status = system_.next_call();
    if (status.ok()) {
      state_->unsynced.append(data.data(), data.size());
    } else if (status.IsNoSpace()) {
      state_->unsynced.append(data.data(), taken_of(data.size()));
    }
    return status;
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* context) override {
    return Append(data, options, context);
  }

  IOStatus Sync(const IOOptions& options, IODebugContext* context) override {
    const std::lock_guard lock(system_.mutex_);
    const IOStatus status = system_.next_call();
    if (!status.ok()) return status;
    state_->ever_synced = true;
    if (state_->unsynced.empty()) return status;
    const IOStatus written = target()->Append(state_->unsynced, options, context);
    if (!written.ok()) return written;
    state_->synced_bytes += state_->unsynced.size();
    state_->unsynced.clear();
    return written;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* context) override {
    return Sync(options, context);
  }

  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  void PrepareWrite(std::size_t, std::size_t, const IOOptions&, IODebugContext*) override {}
  IOStatus Allocate(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  IOStatus Truncate(std::uint64_t, const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  bool IsSyncThreadSafe() const override { return true; }

 private:
  // What a full disk still takes. Over what a file held, it takes whole sectors.
  std::size_t taken_of(std::size_t bytes) {
    const std::size_t taken = system_.random_.below(bytes + 1);
    if (!state_->reused) return taken;
    const std::size_t begin = state_->synced_bytes + state_->unsynced.size();
    const std::size_t end = begin + taken;
    return std::max(begin, end - end % kSectorBytes) - begin;
  }

  FaultFileSystem& system_;
  std::shared_ptr<FaultFileSystem::File> state_;
};

/// A directory, of which only syncs are asked.
class FaultDirectory final : public rocksdb::FSDirectory {
 public:
  explicit FaultDirectory(FaultFileSystem& system) : system_(system) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    const std::lock_guard lock(system_.mutex_);
    return system_.next_call();
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  FaultFileSystem& system_;
};

FaultFileSystem::FaultFileSystem(std::uint64_t seed)
    : FileSystemWrapper(FileSystem::Default()), random_(seed) {}

void FaultFileSystem::fail_after(std::uint64_t calls, bool no_space) {
  const std::lock_guard lock(mutex_);
  calls_left_ = calls;
  no_space_ = no_space;
  failed_ = false;
}

IOStatus FaultFileSystem::next_call() {
  if (power_cut_ && power_cut_->calls_left-- == 0) {
    copy_durable(power_cut_->from, power_cut_->to);
    power_cut_.reset();
  }
  if (!calls_left_) return IOStatus::OK();
  if ((*calls_left_)-- > 0) return IOStatus::OK();
  calls_left_.reset();
  failed_ = true;
  return no_space_ ? IOStatus::NoSpace("No space left on device") : IOStatus::IOError("Input/output error");
}

std::shared_ptr<FaultFileSystem::File> FaultFileSystem::add_file(const std::string& name) {
  auto file = std::make_shared<File>();
  files_[name] = file;
  return file;
}

void FaultFileSystem::cut_power(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  copy_durable(from, to);
  calls_left_.reset();
}

void FaultFileSystem::cut_power_after(std::uint64_t calls, const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  power_cut_ = {calls, from, to};
}

bool FaultFileSystem::power_was_cut() {
  const std::lock_guard lock(mutex_);
  const bool was_cut = !power_cut_;
  power_cut_.reset();
  return was_cut;
}

void FaultFileSystem::copy_durable(const std::string& from, const std::string& to) {
  namespace fs = std::filesystem;
  for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
    const fs::path copy = fs::path(to) / entry.path().filename();
    const auto found = files_.find(entry.path().string());
    if (found == files_.end()) {
      fs::copy_file(entry.path(), copy);
      continue;
    }
    const File& file = *found->second;
    if (!file.ever_synced && random_.below(2) == 0) continue;
    fs::copy_file(entry.path(), copy);
    write_unsynced(file, copy.string());
  }
}

void FaultFileSystem::write_unsynced(const File& file, const std::string& path) {
  std::fstream copy(path, std::ios::in | std::ios::out | std::ios::binary);
  const std::size_t size = file.unsynced.size();
  const std::size_t kept = file.reused ? size : random_.below(size + 1);
  const std::uint64_t missed_of = 1 + random_.below(8);  // of 1: none
  for (std::size_t at = 0; at < kept;) {
    const std::size_t offset = file.synced_bytes + at;
    const std::size_t end = std::min(kept, at + kSectorBytes - offset % kSectorBytes);
    if (!file.reused || missed_of == 1 || random_.below(missed_of) != 0) {
      copy.seekp(static_cast<std::streamoff>(offset));
      copy.write(file.unsynced.data() + at, static_cast<std::streamsize>(end - at));
    }
    at = end;
  }
}

IOStatus FaultFileSystem::NewDirectory(const std::string&, const IOOptions&,
                                       std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) {
  *result = std::make_unique<FaultDirectory>(*this);
  return IOStatus::OK();
}

IOStatus FaultFileSystem::NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSWritableFile>* result,
                                          IODebugContext* context) {
  const std::lock_guard lock(mutex_);
  const IOStatus status = next_call();
  if (!status.ok()) return status;
  std::unique_ptr<rocksdb::FSWritableFile> file;
  const IOStatus opened = target()->NewWritableFile(name, options, &file, context);
  if (opened.ok()) *result = std::make_unique<FaultFile>(std::move(file), *this, add_file(name));
  return opened;
}

IOStatus FaultFileSystem::ReopenWritableFile(const std::string&, const rocksdb::FileOptions&,
                                             std::unique_ptr<rocksdb::FSWritableFile>*, IODebugContext*) {
  return IOStatus::NotSupported("the engine never reopens a file");
}

IOStatus FaultFileSystem::ReuseWritableFile(const std::string& name, const std::string& old_name,
                                            const rocksdb::FileOptions& options,
                                            std::unique_ptr<rocksdb::FSWritableFile>* result,
                                            IODebugContext* context) {
  const std::lock_guard lock(mutex_);
  const IOStatus status = next_call();
  if (!status.ok()) return status;
  std::unique_ptr<rocksdb::FSWritableFile> file;
  const IOStatus opened = target()->ReuseWritableFile(name, old_name, options, &file, context);
  if (!opened.ok()) return opened;
  files_.erase(old_name);
  const std::shared_ptr<File> reused = add_file(name);
  reused->reused = true;
  *result = std::make_unique<FaultFile>(std::move(file), *this, reused);
  return opened;
}

IOStatus FaultFileSystem::DeleteFile(const std::string& name, const IOOptions& options,
                                     IODebugContext* context) {
  const std::lock_guard lock(mutex_);
  files_.erase(name);
  return target()->DeleteFile(name, options, context);
}

IOStatus FaultFileSystem::RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                                     IODebugContext* context) {
  const std::lock_guard lock(mutex_);
  const IOStatus status = next_call();
  if (!status.ok()) return status;
  const IOStatus renamed = target()->RenameFile(from, to, options, context);
  if (auto moved = files_.extract(from); renamed.ok() && !moved.empty()) {
    moved.key() = to;
    files_.erase(to);
    files_.insert(std::move(moved));
  }
  return renamed;
}

IOStatus FaultFileSystem::NewLogger(const std::string&, const IOOptions&,
                                    std::shared_ptr<rocksdb::Logger>* result, IODebugContext*) {
  // RocksDB's own log is no part of the store; writing it takes time.
  class Silent final : public rocksdb::Logger {
   public:
    using Logger::Logv;
    void Logv(const char*, va_list) override {}
  };
  *result = std::make_shared<Silent>();
  return IOStatus::OK();
}

}  // namespace gyre::storage
