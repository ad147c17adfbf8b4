// SPDX-License-Identifier: Apache-2.0
#include "core/engine/rocksdb/rocksdb_engine.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <limits>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/base/work.h"
#include "core/engine/rocksdb/ballast.h"
#include "core/engine/rocksdb/page_cache_reads.h"
#include "core/engine/rocksdb/store_lock.h"

namespace gyre::storage {
namespace {

// In the order of kFamilies.
constexpr std::array<const char*, kFamilyCount> kFamilyNames = {"catalog", "items", "indexes", "tombstones",
                                                                "conflicts"};
// Of a store whose changes were not in a log of their own.
constexpr std::string_view kFamilyOfOldFormat = "changes";
constexpr EngineLimits kLimits = {256 * 1024 * 1024, 64 * 1024 * 1024};
// What an iterator copies out of files, at most, on a thread that must not be held up.
constexpr std::size_t kMemoryReadBytesMax = 2 * 1024 * 1024;
constexpr double kBloomBitsPerKey = 10;
constexpr double kMemtableBloomShare = 0.02;
// In memory, rows take about twice their bytes.
constexpr std::size_t kMemoryPerRowByte = 2;
constexpr std::size_t kLowSpaceFactor = 2;
// Rows go to the disk together, by flush_is_due(): no family goes earlier on its own account.
constexpr std::size_t kMemtablesPerFlush = 4;
constexpr int kMemtablesAtOnce = 4;
// Beside a flush that is under way, so many wait in memory until the next is begun: before a memtable is
// full.
constexpr std::uint64_t kFlushesInMemory = 3;
static_assert(kFlushesInMemory > kLowSpaceFactor && kFlushesInMemory < kMemtablesPerFlush);

rocksdb::Slice slice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}
std::string_view view(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

Error incomplete() {
  return {ErrorCode::kIncomplete, "not in memory"};
}

Error to_error(const rocksdb::Status& status) {
  if (status.IsCorruption()) return Error::corruption("storage: " + status.ToString());
  return Error::internal("storage: " + status.ToString());
}

std::uint64_t free_bytes_of(const std::string& directory) {
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(directory, error);
  return error ? 0 : space.available;
}

class RocksdbSnapshot final : public Snapshot {
 public:
  explicit RocksdbSnapshot(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}
  ~RocksdbSnapshot() override { db_.ReleaseSnapshot(snapshot_); }
  RocksdbSnapshot(const RocksdbSnapshot&) = delete;
  RocksdbSnapshot& operator=(const RocksdbSnapshot&) = delete;
  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
};

class RocksdbIterator final : public Iterator {
 public:
  RocksdbIterator(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, const IterateOptions& options)
      : lower_(options.lower),
        upper_(options.upper),
        lower_slice_(lower_),
        upper_slice_(upper_),
        memory_only_(options.tier == ReadTier::kCache) {
    rocksdb::ReadOptions read;
    if (!lower_.empty()) read.iterate_lower_bound = &lower_slice_;
    if (!upper_.empty()) read.iterate_upper_bound = &upper_slice_;
    if (options.snapshot) read.snapshot = static_cast<const RocksdbSnapshot*>(options.snapshot)->get();
    read.max_skippable_internal_keys = options.skipped_rows_max;
    if (options.readahead_bytes > 0) {
      read.readahead_size = options.readahead_bytes;
      read.fill_cache = false;
    }
    const TableReads reads(memory_only_);
    iterator_.reset(db.NewIterator(read, family));
    watch(reads);
  }

  void seek(std::string_view key) override {
    step([&] { iterator_->Seek(slice(key)); });
  }
  void seek_for_prev(std::string_view key) override {
    step([&] { iterator_->SeekForPrev(slice(key)); });
  }
  void seek_to_first() override {
    step([&] { iterator_->SeekToFirst(); });
  }
  void seek_to_last() override {
    step([&] { iterator_->SeekToLast(); });
  }
  bool valid() const override { return !failed_ && iterator_->Valid(); }
  void next() override {
    step([&] { iterator_->Next(); });
  }
  void prev() override {
    step([&] { iterator_->Prev(); });
  }
  std::string_view key() const override { return view(iterator_->key()); }
  std::string_view value() const override { return view(iterator_->value()); }
  Status status() const override {
    if (failed_ && memory_only_) return incomplete();
    const rocksdb::Status status = iterator_->status();
    if (status.IsIncomplete()) return too_much_work();
    if (!status.ok()) return to_error(status);
    if (failed_) return Error::internal("storage: a table could not be read");
    return {};
  }

 private:
  // After a failed read nothing more is done: RocksDB may have lost its place.
  template <class Step>
  void step(Step&& take) {
    if (failed_) return;
    const TableReads reads(memory_only_);
    take();
    watch(reads);
  }
  void watch(const TableReads& reads) {
    bytes_ += reads.bytes();
    failed_ = reads.failed() || (memory_only_ && bytes_ > kMemoryReadBytesMax);
  }

  std::string lower_, upper_;
  rocksdb::Slice lower_slice_, upper_slice_;  // RocksDB keeps pointers to them
  const bool memory_only_;
  bool failed_ = false;
  std::size_t bytes_ = 0;  // read of files
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

class RocksdbEngine final : public Engine, private Disk {
 public:
  RocksdbEngine(const RocksdbOptions& options, bool low_on_space, StoreLock lock,
                std::unique_ptr<rocksdb::Env> env, std::unique_ptr<rocksdb::DB> db,
                std::vector<rocksdb::ColumnFamilyHandle*> handles)
      : lock_(std::move(lock)),
        directory_(options.directory),
        flush_on_stop_(options.flush_on_stop),
        ask_free_bytes_(options.free_bytes),
        ballast_bytes_(options.ballast_bytes),
        flush_bytes_(options.memtable_bytes / kMemoryPerRowByte),
        ballast_(options.directory, options.ballast_bytes),
        compacts_(!low_on_space),
        env_(std::move(env)),
        db_(std::move(db)),
        handles_(std::move(handles)) {}

  ~RocksdbEngine() override {
    flush_on_stop();
    for (rocksdb::ColumnFamilyHandle* handle : handles_) {
      const rocksdb::Status closed = db_->DestroyColumnFamilyHandle(handle);
      if (!closed.ok()) log_warning("storage: {}", closed.ToString());
    }
    const rocksdb::Status closed = db_->Close();
    if (!closed.ok()) log_warning("storage: close: {}", closed.ToString());
  }

  Result<std::optional<EngineValue>> get(Family family, std::string_view key, ReadTier tier) const override {
    auto value = std::make_shared<rocksdb::PinnableSlice>();
    const TableReads reads(tier == ReadTier::kCache);
    const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), handle(family), slice(key), value.get());
    return answer(status, std::move(value), tier);
  }

  std::vector<Result<std::optional<EngineValue>>> multi_get(Family family,
                                                            const std::vector<std::string>& keys,
                                                            ReadTier tier,
                                                            const Snapshot* snapshot) const override {
    rocksdb::ReadOptions options;
    if (snapshot != nullptr) options.snapshot = static_cast<const RocksdbSnapshot*>(snapshot)->get();
    std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
    std::vector<rocksdb::PinnableSlice> values(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    const TableReads reads(tier == ReadTier::kCache);
    db_->MultiGet(options, handle(family), keys.size(), slices.data(), values.data(), statuses.data());
    std::vector<Result<std::optional<EngineValue>>> found;
    found.reserve(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      found.push_back(
          answer(statuses[i], std::make_shared<rocksdb::PinnableSlice>(std::move(values[i])), tier));
    }
    return found;
  }

  std::unique_ptr<Iterator> iterate(Family family, const IterateOptions& options) const override {
    return std::make_unique<RocksdbIterator>(*db_, handle(family), options);
  }

  std::shared_ptr<const Snapshot> snapshot() const override {
    return std::make_shared<RocksdbSnapshot>(*db_);
  }

  Status apply(std::span<const RowChange> changes) override {
    std::size_t bytes = 0;
    for (const RowChange& change : changes) bytes += change.key.size() + change.value.size();
    rocksdb::WriteBatch batch(bytes + 32 * changes.size());
    for (const RowChange& change : changes) {
      if (const rocksdb::Status added = add(batch, change); !added.ok()) return to_error(added);
    }
    rocksdb::WriteOptions options;
    options.disableWAL = true;  // the log is elsewhere
    if (const rocksdb::Status status = db_->Write(options, &batch); !status.ok()) return to_error(status);
    unflushed_bytes_ += bytes;
    return {};
  }

  // While space is low, rows wait in memory for longer: a table would take what trimming the log needs.
  bool flush_is_due() const override {
    return unflushed_bytes_ >= (compacts_ ? flush_bytes_ : kLowSpaceFactor * flush_bytes_);
  }

  Status begin_flush() override {
    if (unflushed_bytes_ < kFlushesInMemory * flush_bytes_ && flush_runs()) return {};
    rocksdb::FlushOptions later;
    later.wait = false;
    return flush(later);
  }

  Status flush() override { return flush(rocksdb::FlushOptions()); }

  Result<std::optional<EngineValue>> flushed(Family family, std::string_view key) const override {
    auto value = std::make_shared<rocksdb::PinnableSlice>();
    rocksdb::ReadOptions options;
    options.read_tier = rocksdb::kPersistedTier;
    const rocksdb::Status status = db_->Get(options, handle(family), slice(key), value.get());
    return answer(status, std::move(value), ReadTier::kAll);
  }

  Status checkpoint(const std::string& directory) const override {
    rocksdb::Checkpoint* made = nullptr;
    rocksdb::Status status = rocksdb::Checkpoint::Create(db_.get(), &made);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
    // As the last flush left it: nothing is flushed for it.
    constexpr std::uint64_t kNeverFlush = std::numeric_limits<std::uint64_t>::max();
    if (status.ok()) status = checkpoint->CreateCheckpoint(directory, kNeverFlush);
    if (!status.ok()) return to_error(status);
    return {};
  }

  std::uint64_t free_bytes() const override {
    return ask_free_bytes_ ? ask_free_bytes_() : free_bytes_of(directory_);
  }

  std::uint64_t size_bytes(Family family) const override {
    std::uint64_t files = 0;
    std::uint64_t tables = 0;
    db_->GetIntProperty(handle(family), rocksdb::DB::Properties::kTotalSstFilesSize, &files);
    db_->GetIntProperty(handle(family), rocksdb::DB::Properties::kSizeAllMemTables, &tables);
    return files + tables;
  }

  std::uint64_t range_bytes(Family family, std::string_view lower, std::string_view upper) const override {
    rocksdb::SizeApproximationOptions options;
    options.include_memtables = true;
    const rocksdb::Range range(slice(lower), slice(upper));
    std::uint64_t bytes = 0;
    const rocksdb::Status status = db_->GetApproximateSizes(options, handle(family), &range, 1, &bytes);
    return status.ok() ? bytes : 0;
  }

  EngineLimits limits() const override { return kLimits; }
  const Disk* disk() const override { return this; }

  Status reclaim(Family family, const std::vector<KeyRange>& dead) override {
    mind_space(free_bytes());
    if (stopping_ || dead.empty() || bytes_in_files(family, dead) == 0) return {};
    const std::vector<rocksdb::Range> bounds = ranges_of(dead);
    std::vector<rocksdb::RangePtr> ranges;
    for (const rocksdb::Range& range : bounds) ranges.emplace_back(&range.start, &range.limit);
    const rocksdb::Status dropped =
        rocksdb::DeleteFilesInRanges(db_.get(), handle(family), ranges.data(), ranges.size(), false);
    if (!dropped.ok()) return to_error(dropped);
    return rewrite(family, dead);
  }

  void stop_background() override { stopping_ = true; }

 private:
  // The log holds all of it: also should this fail.
  void flush_on_stop() {
    if (!flush_on_stop_ || unflushed_bytes_ == 0 || unflushed_bytes_ > limits::kStopFlushBytesMax) return;
    if (const Status flushed = flush(); !flushed.ok()) {
      log_warning("storage: flush on stop: {}", flushed.error().message);
    }
  }

  // A second flush beside it finds families that have nothing left for it: if it then fails for a full disk,
  // an assertion of RocksDB 7.8 ends the process (MemTableList::RollbackMemtableFlush).
  bool flush_runs() const {
    return std::any_of(handles_.begin(), handles_.end(), [this](rocksdb::ColumnFamilyHandle* handle) {
      std::uint64_t waiting = 0;
      db_->GetIntProperty(handle, rocksdb::DB::Properties::kNumImmutableMemTable, &waiting);
      return waiting > 0;
    });
  }

  Status flush(rocksdb::FlushOptions options) {
    options.allow_write_stall = true;  // else it would wait for compactions
    unflushed_bytes_ = 0;
    const rocksdb::Status status = db_->Flush(options, handles_);
    return status.ok() ? Status() : Status(to_error(status));
  }

  // A compaction that ran out of space would stop everything that the engine does in the background.
  void mind_space(std::uint64_t free) {
    ballast_.adjust(free);
    if (compacts_ && free < ballast_bytes_) {
      set_compacting(false);
    } else if (!compacts_ && free >= 2 * ballast_bytes_) {
      set_compacting(true);
    }
  }
  void set_compacting(bool on) {
    for (rocksdb::ColumnFamilyHandle* handle : handles_) {
      const rocksdb::Status set =
          db_->SetOptions(handle, {{"disable_auto_compactions", on ? "false" : "true"}});
      if (!set.ok()) log_warning("storage: {}", set.ToString());
    }
    if (on) {
      const rocksdb::Status enabled = db_->EnableAutoCompaction(handles_);
      if (!enabled.ok()) log_warning("storage: {}", enabled.ToString());
    }
    compacts_ = on;
  }

  static std::vector<rocksdb::Range> ranges_of(const std::vector<KeyRange>& keys) {
    std::vector<rocksdb::Range> ranges;
    ranges.reserve(keys.size());
    for (const KeyRange& range : keys) ranges.emplace_back(slice(range.lower), slice(range.upper));
    return ranges;
  }

  // About what the rows of the ranges take in files, each for itself.
  std::vector<std::uint64_t> sizes_in_files(Family family, const std::vector<KeyRange>& keys) const {
    const std::vector<rocksdb::Range> ranges = ranges_of(keys);
    std::vector<std::uint64_t> sizes(ranges.size());
    const rocksdb::Status status =
        db_->GetApproximateSizes(rocksdb::SizeApproximationOptions(), handle(family), ranges.data(),
                                 static_cast<int>(ranges.size()), sizes.data());
    if (!status.ok()) sizes.assign(ranges.size(), 0);
    return sizes;
  }
  std::uint64_t bytes_in_files(Family family, const std::vector<KeyRange>& keys) const {
    std::uint64_t bytes = 0;
    for (const std::uint64_t size : sizes_in_files(family, keys)) bytes += size;
    return bytes;
  }

  // Rewrites the files in which there are dead rows beside living ones, where that is worth its work: it
  // costs about what lives in those files.
  Status rewrite(Family family, const std::vector<KeyRange>& dead) {
    const std::vector<std::uint64_t> sizes = sizes_in_files(family, dead);
    std::uint64_t left = 0;
    for (const std::uint64_t size : sizes) left += size;
    std::uint64_t all = 0;
    db_->GetIntProperty(handle(family), rocksdb::DB::Properties::kTotalSstFilesSize, &all);
    std::uint64_t& before = left_after_rewrite_[index_of(family)];
    // What an earlier rewrite could not free, the next one cannot either: a snapshot holds it, or it is an
    // estimate.
    const std::uint64_t gain = left > before ? left - before : 0;
    before = std::min(before, left);
    const bool worth_it = gain >= all / 8 || gain >= limits::kReclaimBytesAlways;
    if (gain < limits::kReclaimBytesMin || !worth_it) return {};
    rocksdb::CompactRangeOptions options;
    options.exclusive_manual_compaction = false;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
    options.canceled = &stopping_;
    for (std::size_t i = 0; i < dead.size() && !stopping_; ++i) {
      if (sizes[i] < std::min<std::uint64_t>(limits::kReclaimBytesMin, gain / 2)) continue;
      const rocksdb::Slice lower = slice(dead[i].lower);
      const rocksdb::Slice upper = slice(dead[i].upper);
      const rocksdb::Status done = db_->CompactRange(options, handle(family), &lower, &upper);
      if (stopping_) return {};
      if (!done.ok()) return to_error(done);
    }
    if (!stopping_) before = bytes_in_files(family, dead);
    return {};
  }

  rocksdb::ColumnFamilyHandle* handle(Family family) const { return handles_[index_of(family)]; }

  static Result<std::optional<EngineValue>> answer(const rocksdb::Status& status,
                                                   std::shared_ptr<rocksdb::PinnableSlice> value,
                                                   ReadTier tier) {
    if (status.IsNotFound()) return std::optional<EngineValue>();
    if (status.IsBusy() && tier == ReadTier::kCache) return incomplete();
    if (!status.ok()) return to_error(status);
    const std::string_view bytes = view(*value);
    return std::optional<EngineValue>(std::in_place, std::move(value), bytes);
  }

  rocksdb::Status add(rocksdb::WriteBatch& out, const RowChange& change) const {
    const std::array<rocksdb::Slice, 2> key = {slice(change.key.head), slice(change.key.tail)};
    const std::array<rocksdb::Slice, 2> value = {slice(change.value.head), slice(change.value.tail)};
    const auto parts = [](const std::array<rocksdb::Slice, 2>& of) {
      return rocksdb::SliceParts(of.data(), static_cast<int>(of.size()));
    };
    switch (change.kind) {
      case ChangeOfRows::kPut:
        return out.Put(handle(change.family), parts(key), parts(value));
      case ChangeOfRows::kErase:
        return out.Delete(handle(change.family), parts(key));
      case ChangeOfRows::kEraseRange:
        return out.DeleteRange(handle(change.family), parts(key), parts(value));
    }
    return rocksdb::Status::InvalidArgument("unknown kind of change");
  }

  const StoreLock lock_;  // first: all files are closed when it goes
  const std::string directory_;
  const bool flush_on_stop_;
  const std::function<std::uint64_t()> ask_free_bytes_;
  const std::uint64_t ballast_bytes_;
  const std::uint64_t flush_bytes_;
  std::atomic<std::uint64_t> unflushed_bytes_ = 0;  // of rows, since a flush began
  // Of the thread that reclaims.
  Ballast ballast_;
  std::atomic<bool> compacts_;  // read by the writer too
  std::array<std::uint64_t, kFamilyCount> left_after_rewrite_{};
  std::atomic<bool> stopping_ = false;
  std::unique_ptr<rocksdb::Env> env_;  // of a file system of the caller's; nullptr = the machine's
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

// An error in the background ends the process, with the next apply(). RocksDB must not go on by itself until
// then: what it writes to recover from a full disk is family by family, not all of them as of one moment.
class NoRecovery final : public rocksdb::EventListener {
 public:
  const char* Name() const override { return "NoRecovery"; }
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool* auto_recovery) override {
    *auto_recovery = false;
  }
};

// RocksDB's errors go where the program's do. A file of its own would be one more that grows; and RocksDB's
// assertions end the process when it cannot write that on a full disk.
class ErrorsToLog final : public rocksdb::Logger {
 public:
  ErrorsToLog() : Logger(rocksdb::InfoLogLevel::ERROR_LEVEL) {}
  using Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    std::array<char, 1024> line{};
    const int size = std::vsnprintf(line.data(), line.size(), format, arguments);
    if (size > 0) log_warning("storage: rocksdb: {}", line.data());
  }
  void LogHeader(const char*, va_list) override {}  // a page of options at each start
};

rocksdb::Options database_options(const RocksdbOptions& options, rocksdb::Env* env) {
  rocksdb::Options database;
  if (env != nullptr) database.env = env;
  database.create_if_missing = true;
  database.create_missing_column_families = true;
  // All families as of one moment: what a crash leaves is the state after some batch.
  database.atomic_flush = true;
  database.avoid_flush_during_shutdown = true;  // the destructor decides
  database.paranoid_checks = true;
  database.listeners.push_back(std::make_shared<NoRecovery>());
  if (options.listener) database.listeners.push_back(options.listener);
  database.max_bgerror_resume_count = 0;  // of errors that the listener is not asked about
  database.max_open_files = options.max_open_files;
  database.max_background_jobs = 2;
  // There is one writer; readers never wait for it.
  database.allow_concurrent_memtable_write = false;
  database.enable_write_thread_adaptive_yield = false;
  // A start reads and writes as little as it can.
  database.skip_stats_update_on_db_open = true;
  database.skip_checking_sst_file_sizes_on_db_open = true;
  database.stats_dump_period_sec = 0;
  database.stats_persist_period_sec = 0;
  database.persist_stats_to_disk = false;
  database.info_log = std::make_shared<ErrorsToLog>();
  database.bytes_per_sync = 1024 * 1024;
  return database;
}

std::shared_ptr<rocksdb::TableFactory> table_factory(const std::shared_ptr<rocksdb::Cache>& blocks) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = blocks;
  table.format_version = 5;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  // A point read finds its row in a block by hash.
  table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

rocksdb::ColumnFamilyOptions family_options(const RocksdbOptions& options,
                                            const std::shared_ptr<rocksdb::Cache>& blocks) {
  rocksdb::ColumnFamilyOptions made;
  made.table_factory = table_factory(blocks);
  made.write_buffer_size = kMemtablesPerFlush * options.memtable_bytes;
  made.max_write_buffer_number = kMemtablesAtOnce;
  // Also what is young and soon rewritten: to write fewer bytes saves more time than compressing them takes.
  made.compression = rocksdb::kLZ4Compression;
  // Before a write its row is looked up; most are not in the memtable.
  made.memtable_prefix_bloom_size_ratio = kMemtableBloomShare / kMemtablesPerFlush;
  made.memtable_whole_key_filtering = true;
  return made;
}

std::vector<rocksdb::ColumnFamilyDescriptor> described_families(const RocksdbOptions& options) {
  const std::shared_ptr<rocksdb::Cache> blocks = rocksdb::NewLRUCache(options.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const char* name : kFamilyNames) families.emplace_back(name, family_options(options, blocks));
  return families;
}

// Nothing, an empty folder or a store: else the folder is somebody else's.
Status check_directory(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::exists(directory, error) && !fs::is_directory(directory, error)) {
    return Error::validation(directory + " is not a directory");
  }
  fs::create_directories(directory, error);
  if (error) return Error::validation("cannot create " + directory + ": " + error.message());
  if (fs::exists(fs::path(directory) / "CURRENT", error)) return {};
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    // What an interrupted first start leaves behind, or one that goes on just now.
    if (name == StoreLock::kFileName || name.starts_with("LOG") || name == "LOCK" || name == "IDENTITY" ||
        name == "CURRENT" || name.starts_with("MANIFEST-") || name.ends_with(".dbtmp") ||
        name.ends_with(".log") || name == RocksdbOptions::kNeighbour) {
      continue;
    }
    return Error::validation(directory + " holds other files (" + name + ") and no store");
  }
  if (error) return Error::validation("cannot read " + directory + ": " + error.message());
  return {};
}

Error open_error(const std::string& directory, const rocksdb::Status& status) {
  const std::string text = status.ToString();
  if (status.IsCorruption()) return Error::corruption("the store in " + directory + " is damaged: " + text);
  return Error::validation("cannot open the store in " + directory + ": " + text);
}

Status check_format(const std::string& directory, const rocksdb::Options& database) {
  std::vector<std::string> families;
  const rocksdb::Status listed = rocksdb::DB::ListColumnFamilies(database, directory, &families);
  if (!listed.ok()) return open_error(directory, listed);
  if (std::find(families.begin(), families.end(), kFamilyOfOldFormat) == families.end()) return {};
  return Error::validation("the store in " + directory +
                           " has an older format, which this version of Gyre does not read");
}

using Handles = std::vector<rocksdb::ColumnFamilyHandle*>;

rocksdb::Status open(const rocksdb::Options& database, const RocksdbOptions& options, bool low_on_space,
                     std::unique_ptr<rocksdb::DB>& db, Handles& handles) {
  // RocksDB insists on a family `default`, which stays empty.
  std::vector<rocksdb::ColumnFamilyDescriptor> families = {
      {rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions()}};
  for (rocksdb::ColumnFamilyDescriptor& family : described_families(options)) {
    family.options.disable_auto_compactions = low_on_space;
    families.push_back(std::move(family));
  }
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(database, options.directory, families, &handles, &opened);
  if (!status.ok()) return status;
  db.reset(opened);
  status = db->DestroyColumnFamilyHandle(handles.front());
  handles.erase(handles.begin());
  return status;
}

// Makes all families in one go, with half the syncs of letting open() add the missing ones.
rocksdb::Status create(const rocksdb::Options& database, const RocksdbOptions& options,
                       std::unique_ptr<rocksdb::DB>& db, Handles& handles) {
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(database, options.directory, &opened);
  if (!status.ok()) return status;
  db.reset(opened);
  return db->CreateColumnFamilies(described_families(options), &handles);
}

}  // namespace

Result<std::unique_ptr<Engine>> open_rocksdb(const RocksdbOptions& options) {
  RETURN_IF_ERROR(check_directory(options.directory));
  ASSIGN_OR_RETURN(StoreLock lock, StoreLock::take(options.directory));
  std::unique_ptr<rocksdb::Env> env =
      rocksdb::NewCompositeEnv(options.file_system ? without_page_cache_reads(options.file_system)
                                                   : with_page_cache_reads(options.table_read));

  rocksdb::Options database = database_options(options, env.get());
  const std::uint64_t free = options.free_bytes ? options.free_bytes() : free_bytes_of(options.directory);
  const bool low_on_space = Ballast(options.directory, options.ballast_bytes).release_if_low(free);
  if (low_on_space) {
    database.allow_fallocate = false;  // no space is taken for what comes later
  }
  const bool is_new = !std::filesystem::exists(std::filesystem::path(options.directory) / "CURRENT");
  if (!is_new) RETURN_IF_ERROR(check_format(options.directory, database));
  Handles handles;
  std::unique_ptr<rocksdb::DB> db;
  const rocksdb::Status status =
      is_new ? create(database, options, db, handles) : open(database, options, low_on_space, db, handles);
  if (!status.ok()) return open_error(options.directory, status);
  return std::unique_ptr<Engine>(std::make_unique<RocksdbEngine>(
      options, low_on_space, std::move(lock), std::move(env), std::move(db), std::move(handles)));
}

}  // namespace gyre::storage
