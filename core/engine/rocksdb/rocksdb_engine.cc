// SPDX-License-Identifier: Apache-2.0
#include "core/engine/rocksdb/rocksdb_engine.h"

#include <rocksdb/convenience.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <utility>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/engine/rocksdb/ballast.h"
#include "core/engine/rocksdb/rocksdb_files.h"
#include "core/engine/rocksdb/rocksdb_reads.h"

namespace gyre::storage {
namespace {

constexpr EngineLimits kLimits = {256 * 1024 * 1024, 64 * 1024 * 1024};
// In memory, rows take about twice their bytes.
constexpr std::size_t kMemoryPerRowByte = 2;
constexpr std::size_t kLowSpaceFactor = 2;
// Beside a flush that is under way, so many wait in memory until the next is begun: before a memtable is
// full.
constexpr std::uint64_t kFlushesInMemory = 3;
static_assert(kFlushesInMemory > kLowSpaceFactor && kFlushesInMemory < kMemtablesPerFlush);

class RocksdbEngine final : public Engine, private Disk {
 public:
  RocksdbEngine(const RocksdbOptions& options, OpenFiles files)
      : files_(std::move(files)),
        directory_(options.directory),
        flush_on_stop_(options.flush_on_stop),
        ask_free_bytes_(options.free_bytes),
        ballast_bytes_(options.ballast_bytes),
        flush_bytes_(options.memtable_bytes / kMemoryPerRowByte),
        ballast_(options.directory, options.ballast_bytes),
        compacts_(!files_.low_on_space) {}

  ~RocksdbEngine() override {
    flush_on_stop();
    for (rocksdb::ColumnFamilyHandle* handle : files_.families) {
      const rocksdb::Status closed = files_.db->DestroyColumnFamilyHandle(handle);
      if (!closed.ok()) log_warning("storage: {}", closed.ToString());
    }
    const rocksdb::Status closed = files_.db->Close();
    if (!closed.ok()) log_warning("storage: close: {}", closed.ToString());
  }

  Result<std::optional<EngineValue>> get(Family family, std::string_view key, ReadTier tier) const override {
    auto value = std::make_shared<rocksdb::PinnableSlice>();
    const TableReads reads(tier == ReadTier::kCache);
    const rocksdb::Status status =
        files_.db->Get(rocksdb::ReadOptions(), handle(family), to_slice(key), value.get());
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
    files_.db->MultiGet(options, handle(family), keys.size(), slices.data(), values.data(), statuses.data());
    std::vector<Result<std::optional<EngineValue>>> found;
    found.reserve(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      found.push_back(
          answer(statuses[i], std::make_shared<rocksdb::PinnableSlice>(std::move(values[i])), tier));
    }
    return found;
  }

  std::unique_ptr<Iterator> iterate(Family family, const IterateOptions& options) const override {
    return make_iterator(*files_.db, handle(family), options);
  }

  std::shared_ptr<const Snapshot> snapshot() const override {
    return std::make_shared<RocksdbSnapshot>(*files_.db);
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
    if (const rocksdb::Status status = files_.db->Write(options, &batch); !status.ok())
      return to_error(status);
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
    const rocksdb::Status status = files_.db->Get(options, handle(family), to_slice(key), value.get());
    return answer(status, std::move(value), ReadTier::kAll);
  }

  Status checkpoint(const std::string& directory) const override {
    rocksdb::Checkpoint* made = nullptr;
    rocksdb::Status status = rocksdb::Checkpoint::Create(files_.db.get(), &made);
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
    files_.db->GetIntProperty(handle(family), rocksdb::DB::Properties::kTotalSstFilesSize, &files);
    files_.db->GetIntProperty(handle(family), rocksdb::DB::Properties::kSizeAllMemTables, &tables);
    return files + tables;
  }

  std::uint64_t range_bytes(Family family, std::string_view lower, std::string_view upper) const override {
    rocksdb::SizeApproximationOptions options;
    options.include_memtables = true;
    const rocksdb::Range range(to_slice(lower), to_slice(upper));
    std::uint64_t bytes = 0;
    const rocksdb::Status status = files_.db->GetApproximateSizes(options, handle(family), &range, 1, &bytes);
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
        rocksdb::DeleteFilesInRanges(files_.db.get(), handle(family), ranges.data(), ranges.size(), false);
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
    return std::any_of(
        files_.families.begin(), files_.families.end(), [this](rocksdb::ColumnFamilyHandle* handle) {
          std::uint64_t waiting = 0;
          files_.db->GetIntProperty(handle, rocksdb::DB::Properties::kNumImmutableMemTable, &waiting);
          return waiting > 0;
        });
  }

  Status flush(rocksdb::FlushOptions options) {
    options.allow_write_stall = true;  // else it would wait for compactions
    unflushed_bytes_ = 0;
    const rocksdb::Status status = files_.db->Flush(options, files_.families);
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
    for (rocksdb::ColumnFamilyHandle* handle : files_.families) {
      const rocksdb::Status set =
          files_.db->SetOptions(handle, {{"disable_auto_compactions", on ? "false" : "true"}});
      if (!set.ok()) log_warning("storage: {}", set.ToString());
    }
    if (on) {
      const rocksdb::Status enabled = files_.db->EnableAutoCompaction(files_.families);
      if (!enabled.ok()) log_warning("storage: {}", enabled.ToString());
    }
    compacts_ = on;
  }

  static std::vector<rocksdb::Range> ranges_of(const std::vector<KeyRange>& keys) {
    std::vector<rocksdb::Range> ranges;
    ranges.reserve(keys.size());
    for (const KeyRange& range : keys) ranges.emplace_back(to_slice(range.lower), to_slice(range.upper));
    return ranges;
  }

  // About what the rows of the ranges take in files, each for itself.
  std::vector<std::uint64_t> sizes_in_files(Family family, const std::vector<KeyRange>& keys) const {
    const std::vector<rocksdb::Range> ranges = ranges_of(keys);
    std::vector<std::uint64_t> sizes(ranges.size());
    const rocksdb::Status status =
        files_.db->GetApproximateSizes(rocksdb::SizeApproximationOptions(), handle(family), ranges.data(),
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
    files_.db->GetIntProperty(handle(family), rocksdb::DB::Properties::kTotalSstFilesSize, &all);
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
      const rocksdb::Slice lower = to_slice(dead[i].lower);
      const rocksdb::Slice upper = to_slice(dead[i].upper);
      const rocksdb::Status done = files_.db->CompactRange(options, handle(family), &lower, &upper);
      if (stopping_) return {};
      if (!done.ok()) return to_error(done);
    }
    if (!stopping_) before = bytes_in_files(family, dead);
    return {};
  }

  rocksdb::ColumnFamilyHandle* handle(Family family) const { return files_.families[index_of(family)]; }

  static Result<std::optional<EngineValue>> answer(const rocksdb::Status& status,
                                                   std::shared_ptr<rocksdb::PinnableSlice> value,
                                                   ReadTier tier) {
    if (status.IsNotFound()) return std::optional<EngineValue>();
    if (status.IsBusy() && tier == ReadTier::kCache) return not_in_memory();
    if (!status.ok()) return to_error(status);
    const std::string_view bytes = to_view(*value);
    return std::optional<EngineValue>(std::in_place, std::move(value), bytes);
  }

  rocksdb::Status add(rocksdb::WriteBatch& out, const RowChange& change) const {
    const std::array<rocksdb::Slice, 2> key = {to_slice(change.key.head), to_slice(change.key.tail)};
    const std::array<rocksdb::Slice, 2> value = {to_slice(change.value.head), to_slice(change.value.tail)};
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

  OpenFiles files_;
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
};

}  // namespace

Result<std::unique_ptr<Engine>> open_rocksdb(const RocksdbOptions& options) {
  ASSIGN_OR_RETURN(OpenFiles files, open_files(options));
  return std::unique_ptr<Engine>(std::make_unique<RocksdbEngine>(options, std::move(files)));
}

}  // namespace gyre::storage
