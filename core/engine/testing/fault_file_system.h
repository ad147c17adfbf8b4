// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rocksdb/file_system.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/base/random.h"

namespace gyre::storage {

/// A disk that loses power and makes errors, over real files: for tests of the engine alone, and compiled
/// into no library.
///
/// What is appended to a file, or written over what it held, is kept in memory, and reaches the real file
/// when it is synced; only such files are read back while a database is open. Renames and deletions last at
/// once: RocksDB syncs directories wherever it relies on them. Any thread.
class FaultFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultFileSystem(std::uint64_t seed);
  const char* Name() const override { return "FaultFileSystem"; }

  /// The call after `calls` more appends, syncs, creations and renames fails once: with "no space left" if
  /// `no_space`, having taken perhaps a part of what it was given; else with an input/output error.
  void fail_after(std::uint64_t calls, bool no_space);
  bool has_failed() const { return failed_; }
  /// What the disk would hold if power went now, as a copy of the directory `from` in `to`: of each file what
  /// was synced and a random prefix of the rest (or random sectors of it, where it lies over something), and
  /// of a file that never was synced perhaps not even its name. The database goes on meanwhile, as a process
  /// would that has not yet noticed.
  void cut_power(const std::string& from, const std::string& to);
  /// The same as the call after `calls` more appends, syncs, creations and renames begins.
  void cut_power_after(std::uint64_t calls, const std::string& from, const std::string& to);
  /// Whether it came to that. If not, it will not any more.
  bool power_was_cut();

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* result,
                                       rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus ReuseWritableFile(const std::string& name, const std::string& old_name,
                                      const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* result,
                                      rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* result,
                                 rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus NewLogger(const std::string& name, const rocksdb::IOOptions& options,
                              std::shared_ptr<rocksdb::Logger>* result,
                              rocksdb::IODebugContext* context) override;

 private:
  friend class FaultFile;
  friend class FaultDirectory;
  struct File {
    std::string unsynced;
    std::uint64_t synced_bytes = 0;
    bool ever_synced = false;
    bool reused = false;  ///< lies over what another file held
  };

  struct PowerCut {
    std::uint64_t calls_left;
    std::string from;
    std::string to;
  };

  rocksdb::IOStatus next_call();  // an error if this one is to fail
  void copy_durable(const std::string& from, const std::string& to);
  std::shared_ptr<File> add_file(const std::string& name);
  void write_unsynced(const File& file, const std::string& path);

  std::mutex mutex_;
  SeededRandom random_;
  std::map<std::string, std::shared_ptr<File>> files_;  // shared with who writes them
  std::optional<std::uint64_t> calls_left_;
  bool no_space_ = false;
  std::optional<PowerCut> power_cut_;
  std::atomic<bool> failed_ = false;
};

}  // namespace gyre::storage
