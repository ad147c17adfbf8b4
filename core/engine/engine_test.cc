// SPDX-License-Identifier: Apache-2.0
// What every Engine promises, asked of both; then what only the one on disk can.

#include "core/engine/engine.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/file_system.h>
#include <rocksdb/listener.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "core/base/clock.h"
#include "core/engine/memory/memory_engine.h"
#include "core/engine/rocksdb/rocksdb_engine.h"
#include "core/engine/testing/results.h"
#include "core/engine/testing/temporary_directory.h"

namespace gyre::storage {
namespace {

namespace fs = std::filesystem;

std::unique_ptr<Engine> open_disk(const std::string& directory) {
  RocksdbOptions options;
  options.directory = directory;
  return ok(open_rocksdb(options));
}

void put(Engine& engine, const std::string& key, const std::string& value, Family family = Family::kItems) {
  Batch batch;
  batch.put(family, key, value);
  ASSERT_EQ(commit_and_wait(engine, batch, Durability::kSync).outcome, CommitOutcome::kCommitted);
}

std::string get(const Engine& engine, const std::string& key, Family family = Family::kItems) {
  const auto value = ok(engine.get(family, key, ReadTier::kAll));
  return value ? std::string(value->view()) : "(none)";
}

std::string keys(Iterator& rows) {
  std::string all;
  for (; rows.valid(); rows.next()) all += rows.key();
  EXPECT_TRUE(rows.status().ok());
  return all;
}

class AnyEngine : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) {
      engine = open_disk(directory.path());
    } else {
      engine = MemoryEngine::create();
    }
  }
  TemporaryDirectory directory;
  std::unique_ptr<Engine> engine;
};
INSTANTIATE_TEST_SUITE_P(Engines, AnyEngine, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Rocksdb" : "Memory"; });

TEST_P(AnyEngine, LaterChangesOfABatchWin) {
  put(*engine, "b", "old");
  Batch batch;
  batch.put(Family::kItems, "a", "1");
  batch.erase_range(Family::kItems, "a", "c");
  batch.put(Family::kItems, "c", "3");
  batch.erase(Family::kItems, "c");
  batch.put(Family::kItems, "d", "4");
  EXPECT_EQ(commit_and_wait(*engine, batch, Durability::kSync).outcome, CommitOutcome::kCommitted);
  EXPECT_EQ(keys(*[&] {
              auto rows = engine->iterate(Family::kItems, {});
              rows->seek_to_first();
              return rows;
            }()),
            "d");
  EXPECT_EQ(get(*engine, "b"), "(none)");
}

TEST_P(AnyEngine, FamiliesAreApart) {
  put(*engine, "a", "items", Family::kItems);
  put(*engine, "a", "changes", Family::kChanges);
  EXPECT_EQ(get(*engine, "a", Family::kItems), "items");
  EXPECT_EQ(get(*engine, "a", Family::kChanges), "changes");
  EXPECT_EQ(get(*engine, "a", Family::kConflicts), "(none)");
}

TEST_P(AnyEngine, IteratorsKeepToTheirBounds) {
  for (const char* key : {"a", "b", "c", "d", "e"}) put(*engine, key, key);
  auto rows = engine->iterate(Family::kItems, {.lower = "b", .upper = "e"});
  rows->seek_to_first();
  EXPECT_EQ(keys(*rows), "bcd");
  rows->seek("a");
  EXPECT_EQ(rows->key(), "b");
  rows->seek("e");
  EXPECT_FALSE(rows->valid());
  rows->seek_to_last();
  EXPECT_EQ(rows->key(), "d");
  rows->seek_for_prev("cc");
  EXPECT_EQ(rows->key(), "c");
  rows->prev();
  EXPECT_EQ(rows->value(), "b");
  rows->prev();
  EXPECT_FALSE(rows->valid());
  rows->seek_for_prev("zz");
  EXPECT_EQ(rows->key(), "d");
  rows->seek_for_prev("a");
  EXPECT_FALSE(rows->valid());
  auto none = engine->iterate(Family::kItems, {.lower = "x", .upper = "z"});
  none->seek_to_last();
  EXPECT_FALSE(none->valid());
}

TEST_P(AnyEngine, SnapshotsIteratorsAndValuesStayAsTheyWere) {
  put(*engine, "a", "1");
  const auto snapshot = engine->snapshot();
  auto rows = engine->iterate(Family::kItems, {});
  const auto value = ok(engine->get(Family::kItems, "a", ReadTier::kAll));
  put(*engine, "a", "2");
  put(*engine, "b", "2");
  rows->seek_to_first();
  EXPECT_EQ(keys(*rows), "a");
  auto old = engine->iterate(Family::kItems, {.snapshot = snapshot.get()});
  old->seek_to_first();
  EXPECT_EQ(old->value(), "1");
  EXPECT_EQ(value->view(), "1");
  EXPECT_EQ(get(*engine, "a"), "2");
}

TEST_P(AnyEngine, MultiGetAnswersInOrder) {
  put(*engine, "a", "1");
  put(*engine, "c", "3");
  const auto found = engine->multi_get(Family::kItems, {"c", "b", "a"}, ReadTier::kAll, nullptr);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ((*found[0])->view(), "3");
  EXPECT_FALSE(found[1]->has_value());
  EXPECT_EQ((*found[2])->view(), "1");
}

TEST_P(AnyEngine, MultiGetAnswersAsOfASnapshot) {
  put(*engine, "a", "1");
  const auto snapshot = engine->snapshot();
  put(*engine, "a", "2");
  put(*engine, "b", "2");
  const auto then = engine->multi_get(Family::kItems, {"a", "b"}, ReadTier::kAll, snapshot.get());
  EXPECT_EQ((*then[0])->view(), "1");
  EXPECT_FALSE(then[1]->has_value());
  EXPECT_EQ((*engine->multi_get(Family::kItems, {"a"}, ReadTier::kAll, nullptr)[0])->view(), "2");
}

TEST_P(AnyEngine, RangesAreMeasuredWithoutReadingThem) {
  Batch batch;
  for (int i = 0; i < 1000; ++i) {
    batch.put(Family::kItems, "a" + std::to_string(i), std::string(1000, static_cast<char>(i * 31 % 251)));
  }
  EXPECT_EQ(commit_and_wait(*engine, batch, Durability::kSync).outcome, CommitOutcome::kCommitted);
  const std::uint64_t bytes = engine->range_bytes(Family::kItems, "a", "b");
  // A megabyte; what is still in memory RocksDB guesses from a skip list, whose shape is chance.
  EXPECT_GT(bytes, 50'000U);
  EXPECT_LT(bytes, 20'000'000U);
  EXPECT_EQ(engine->range_bytes(Family::kItems, "b", "c"), 0U);
}

TEST(MemoryEngine, CrashForgetsWhatWasNotSynced) {
  const auto engine = MemoryEngine::create();
  put(*engine, "a", "1");
  put(*engine, "b", "1");
  Batch batch;
  batch.put(Family::kItems, "a", "2");
  batch.erase_range(Family::kItems, "b", "c");
  batch.put(Family::kItems, "b", "3");
  batch.put(Family::kItems, "d", "4");
  commit_and_wait(*engine, batch, Durability::kAsync);
  EXPECT_EQ(get(*engine, "b"), "3");
  engine->crash();
  EXPECT_EQ(get(*engine, "a"), "1");
  EXPECT_EQ(get(*engine, "b"), "1");
  EXPECT_EQ(get(*engine, "d"), "(none)");
  commit_and_wait(*engine, batch, Durability::kAsync);
  engine->sync();
  engine->crash();
  EXPECT_EQ(get(*engine, "d"), "4");
}

// --- on disk ---

std::string newest_log(const std::string& directory) {
  std::string newest;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() == ".log") newest = std::max(newest, entry.path().string());
  }
  return newest;
}

// Leaves a store that was killed: `writes` synced rows lie in its log alone.
void leave_killed(const std::string& directory, int writes) {
  const pid_t child = fork();
  if (child == 0) {
    auto engine = open_disk(directory);
    for (int i = 0; i < writes; ++i) put(*engine, "key" + std::to_string(i), std::string(200, 'v'));
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
}

// A read of tables that finds them in the system's memory, or not.
TableRead read_of_memory(const std::atomic<bool>& in_memory) {
  return [&in_memory](int descriptor, const iovec& part, off_t offset, int flags) -> ssize_t {
    if ((flags & RWF_NOWAIT) == 0 || in_memory) return preadv2(descriptor, &part, 1, offset, 0);
    errno = EAGAIN;
    return -1;
  };
}

TEST(RocksdbEngine, WhatTheSystemHoldsInMemoryIsReadWithoutWaiting) {
  const TemporaryDirectory directory;
  {
    const auto engine = open_disk(directory.path());
    Batch batch;
    for (int i = 0; i < 1000; ++i) {
      batch.put(Family::kItems, std::to_string(1000 + i), std::string(500, 'v'));
    }
    ASSERT_EQ(commit_and_wait(*engine, batch, Durability::kSync).outcome, CommitOutcome::kCommitted);
  }
  std::atomic<bool> in_memory = false;
  RocksdbOptions options;
  options.directory = directory.path();
  options.block_cache_bytes = 1;  // each read is one of the file
  options.table_read = read_of_memory(in_memory);
  const auto engine = ok(open_rocksdb(options));
  const auto count_rows = [&]() -> Result<int> {
    const auto rows = engine->iterate(Family::kItems, {.tier = ReadTier::kCache});
    int count = 0;
    for (rows->seek_to_first(); rows->valid(); rows->next()) ++count;
    RETURN_IF_ERROR(rows->status());
    return count;
  };
  const auto read_one = [&] { return engine->get(Family::kItems, "1000", ReadTier::kCache); };
  const auto read_several = [&] {
    return engine->multi_get(Family::kItems, {"1000", "1500"}, ReadTier::kCache, nullptr);
  };
  for (int round = 0; round < 2; ++round) {
    in_memory = false;
    EXPECT_EQ(code_of(read_one()), ErrorCode::kIncomplete);
    for (const auto& row : read_several()) EXPECT_EQ(code_of(row), ErrorCode::kIncomplete);
    EXPECT_EQ(code_of(count_rows()), ErrorCode::kIncomplete);
    EXPECT_EQ(get(*engine, "1000"), std::string(500, 'v')) << "a read that may wait";
    in_memory = true;
    EXPECT_EQ(ok(read_one())->view(), std::string(500, 'v'));
    for (const auto& row : read_several()) EXPECT_EQ(ok(row)->view(), std::string(500, 'v'));
    EXPECT_EQ(ok(count_rows()), 1000);
  }
}

// What the system has in memory is its own affair: an answer without waiting is right, or says that there is
// none.
TEST(RocksdbEngine, WithoutWaitingTheSystemAnswersRightlyOrNotAtAll) {
  const TemporaryDirectory directory;
  put(*open_disk(directory.path()), "key", "value");
  RocksdbOptions options;
  options.directory = directory.path();
  options.block_cache_bytes = 1;
  const auto engine = ok(open_rocksdb(options));
  for (int i = 0; i < 100; ++i) {
    const auto read = engine->get(Family::kItems, "key", ReadTier::kCache);
    if (read.ok()) {
      EXPECT_EQ((*read)->view(), "value");
    } else {
      EXPECT_EQ(code_of(read), ErrorCode::kIncomplete);
    }
  }
}

// Writes the rows of a store anew, in many files below the first level.
void split_tables(const std::string& directory) {
  std::vector<std::string> names;
  ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, directory, &names).ok());
  rocksdb::ColumnFamilyOptions small;
  small.target_file_size_base = 32 * 1024;
  small.compression = rocksdb::kNoCompression;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.emplace_back(name, small);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open({}, directory, families, &handles, &db).ok());
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    rocksdb::CompactRangeOptions whole;
    whole.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    EXPECT_TRUE(db->CompactRange(whole, handle, nullptr, nullptr).ok());
    EXPECT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
  }
  EXPECT_TRUE(db->Close().ok());
  delete db;
}

// RocksDB forgets an error at the first block of a file that follows another.
TEST(RocksdbEngine, AScanOfMemoryNeverEndsAtAFileThatIsNotThere) {
  const TemporaryDirectory directory;
  constexpr int kRows = 200;
  constexpr int kRowsOfABlock = 4;
  {
    const auto engine = open_disk(directory.path());
    Batch batch;
    for (int i = 0; i < kRows; ++i) {
      batch.put(Family::kItems, std::to_string(kRows + i), std::string(4096 / kRowsOfABlock, 'v'));
    }
    ASSERT_EQ(commit_and_wait(*engine, batch, Durability::kSync).outcome, CommitOutcome::kCommitted);
  }
  split_tables(directory.path());
  ASSERT_GT(std::count_if(fs::directory_iterator(directory.path()), fs::directory_iterator(),
                          [](const auto& file) { return file.path().extension() == ".sst"; }),
            4);

  RocksdbOptions options;
  options.directory = directory.path();
  options.file_system = rocksdb::FileSystem::Default();
  int incomplete = 0;
  for (const bool forward : {true, false}) {
    for (int warm = 0; warm <= kRows; warm += kRowsOfABlock - 1) {
      const auto engine = ok(open_rocksdb(options));
      const auto scan = [&](ReadTier tier, int rows_max) -> Result<int> {
        const auto rows = engine->iterate(Family::kItems, {.tier = tier});
        forward ? rows->seek_to_first() : rows->seek_to_last();
        int count = 0;
        for (; rows->valid() && count < rows_max; forward ? rows->next() : rows->prev()) ++count;
        RETURN_IF_ERROR(rows->status());
        return count;
      };
      EXPECT_EQ(ok(scan(ReadTier::kAll, warm)), warm);
      const Result<int> from_memory = scan(ReadTier::kCache, kRows + 1);
      if (from_memory.ok()) {
        EXPECT_EQ(*from_memory, kRows) << "with " << warm << " rows in memory";
      } else {
        EXPECT_EQ(code_of(from_memory), ErrorCode::kIncomplete);
        ++incomplete;
      }
    }
  }
  EXPECT_GT(incomplete, kRows / kRowsOfABlock);
}

TEST(RocksdbEngine, AStepPassesOverNoMoreDeletedRowsThanItMay) {
  const TemporaryDirectory directory;
  const auto engine = open_disk(directory.path());
  Batch written;
  Batch deleted;
  for (int i = 1000; i < 2000; ++i) {
    written.put(Family::kItems, std::to_string(i), "value");
    if (i > 1000 && i < 1999) deleted.erase(Family::kItems, std::to_string(i));
  }
  for (const Batch* batch : {&written, &deleted}) {
    ASSERT_EQ(commit_and_wait(*engine, *batch, Durability::kSync).outcome, CommitOutcome::kCommitted);
  }
  for (const bool forward : {true, false}) {
    const auto go_through = [&](std::uint64_t skipped_rows_max) {
      const auto rows = engine->iterate(Family::kItems, {.skipped_rows_max = skipped_rows_max});
      int seen = 0;
      for (forward ? rows->seek_to_first() : rows->seek_to_last(); rows->valid();
           forward ? rows->next() : rows->prev()) {
        ++seen;
      }
      return std::pair(seen, rows->status().ok() ? ErrorCode::kInternal : rows->status().error().code);
    };
    EXPECT_EQ(go_through(100), std::pair(1, ErrorCode::kIncomplete));
    EXPECT_EQ(go_through(5000), std::pair(2, ErrorCode::kInternal));
    EXPECT_EQ(go_through(0), std::pair(2, ErrorCode::kInternal));
  }
}

TEST(RocksdbEngine, ColdReadsFromTheCacheAloneAreIncomplete) {
  const TemporaryDirectory directory;
  {
    put(*open_disk(directory.path()), "a", "1");
  }
  // Of files that go through somebody's hands nobody knows what is in memory.
  RocksdbOptions options;
  options.directory = directory.path();
  options.file_system = rocksdb::FileSystem::Default();
  const auto engine = ok(open_rocksdb(options));
  EXPECT_EQ(code_of(engine->get(Family::kItems, "a", ReadTier::kCache)), ErrorCode::kIncomplete);
  auto rows = engine->iterate(Family::kItems, {.tier = ReadTier::kCache});
  rows->seek_to_first();
  EXPECT_FALSE(rows->valid());
  EXPECT_EQ(code_of(rows->status()), ErrorCode::kIncomplete);
  EXPECT_EQ(get(*engine, "a"), "1");
  EXPECT_EQ(ok(engine->get(Family::kItems, "a", ReadTier::kCache))->view(), "1");
}

// Holds the first compaction back until the flush of a stop is done, or for a minute.
class HeldCompaction final : public rocksdb::EventListener {
 public:
  void OnCompactionBegin(rocksdb::DB*, const rocksdb::CompactionJobInfo&) override {
    std::unique_lock lock(mutex_);
    compacting_ = true;
    changed_.notify_all();
    flushed_meanwhile_ |= changed_.wait_for(lock, std::chrono::minutes(1), [this] { return stop_flushed_; });
  }
  void OnFlushCompleted(rocksdb::DB*, const rocksdb::FlushJobInfo&) override {
    const std::lock_guard lock(mutex_);
    ++flushes_;
    stop_flushed_ |= stopping_;
    changed_.notify_all();
  }
  bool compacting_with_tables(int tables) {
    const std::lock_guard lock(mutex_);
    return compacting_ && flushes_ >= tables;
  }
  /// From here on a flush is the stop's.
  void stop_begins() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  bool flushed_meanwhile() {
    const std::lock_guard lock(mutex_);
    return flushed_meanwhile_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int flushes_ = 0;
  bool compacting_ = false;
  bool stopping_ = false;
  bool stop_flushed_ = false;
  bool flushed_meanwhile_ = false;
};

// With so many tables that RocksDB would let a flush wait for a compaction.
TEST(RocksdbEngine, AStopDoesNotWaitForCompactions) {
  const TemporaryDirectory directory;
  const auto held = std::make_shared<HeldCompaction>();  // shared with RocksDB
  RocksdbOptions options;
  options.directory = directory.path();
  options.memtable_bytes = 64 * 1024;
  options.listener = held;
  auto engine = ok(open_rocksdb(options));
  SeededRandom random(1);
  int rows = 0;
  while (!held->compacting_with_tables(24)) {
    Batch batch;
    batch.put(Family::kItems, "key" + std::to_string(rows++), random_bytes(random, 4096));
    ASSERT_EQ(commit_and_wait(*engine, batch, Durability::kAsync).outcome, CommitOutcome::kCommitted);
    ASSERT_LT(rows, 10'000);
  }
  held->stop_begins();
  // What was written last may be in a table already: this row is in memory alone.
  Batch batch;
  batch.put(Family::kItems, "key" + std::to_string(rows++), random_bytes(random, 4096));
  ASSERT_EQ(commit_and_wait(*engine, batch, Durability::kAsync).outcome, CommitOutcome::kCommitted);
  engine.reset();
  EXPECT_TRUE(held->flushed_meanwhile());
  options.listener = nullptr;
  engine = ok(open_rocksdb(options));
  for (int i = 0; i < rows; ++i) EXPECT_EQ(get(*engine, "key" + std::to_string(i)).size(), 4096U);
}

// Holds compactions that were asked for back until they are let go.
class GuardedCompactions final : public rocksdb::EventListener {
 public:
  void OnCompactionBegin(rocksdb::DB*, const rocksdb::CompactionJobInfo& info) override {
    if (info.compaction_reason != rocksdb::CompactionReason::kManualCompaction) return;
    std::unique_lock lock(mutex_);
    begun_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return let_go_; });
  }
  void OnCompactionCompleted(rocksdb::DB*, const rocksdb::CompactionJobInfo& info) override {
    if (info.compaction_reason != rocksdb::CompactionReason::kManualCompaction) return;
    const std::lock_guard lock(mutex_);
    completed_ = info.status.ok();
  }
  void await_begin() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return begun_; });
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    let_go_ = true;
    changed_.notify_all();
  }
  // RocksDB says nothing of one that was ended early.
  bool completed() {
    const std::lock_guard lock(mutex_);
    return completed_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool begun_ = false;
  bool let_go_ = false;
  bool completed_ = false;
};

TEST(RocksdbEngine, AStopEndsARewriteThatIsUnderWay) {
  for (const bool stop : {false, true}) {
    const TemporaryDirectory directory;
    const auto compactions = std::make_shared<GuardedCompactions>();  // shared with RocksDB
    RocksdbOptions options;
    options.directory = directory.path();
    options.listener = compactions;
    const auto engine = ok(open_rocksdb(options));
    SeededRandom random(1);
    for (int i = 0; i < 40; ++i) put(*engine, "a" + std::to_string(i), random_bytes(random, 64 * 1024));
    // All rows in one table, which is not compacted by itself.
    ASSERT_TRUE(engine->disk()->checkpoint(directory.path() + "/flushed").ok());
    Batch batch;
    batch.erase_range(Family::kItems, "a", "b");
    ASSERT_EQ(commit_and_wait(*engine, batch, Durability::kSync).outcome, CommitOutcome::kCommitted);
    std::thread reclaiming([&] { EXPECT_TRUE(engine->reclaim(Family::kItems, {{"a", "b"}}).ok()); });
    compactions->await_begin();
    if (stop) engine->stop_background();
    compactions->let_go();
    reclaiming.join();
    EXPECT_EQ(compactions->completed(), !stop);
  }
}

TEST(RocksdbEngine, AForeignDirectoryIsLeftAlone) {
  const TemporaryDirectory directory;
  std::ofstream(directory.path() + "/letter.txt") << "dear";
  RocksdbOptions options;
  options.directory = directory.path();
  EXPECT_EQ(code_of(open_rocksdb(options)), ErrorCode::kValidation);
  EXPECT_EQ(std::distance(fs::directory_iterator(directory.path()), fs::directory_iterator()), 1);
}

TEST(RocksdbEngine, SyncedWritesSurviveAKill) {
  const TemporaryDirectory directory;
  leave_killed(directory.path(), 100);
  const auto engine = open_disk(directory.path());
  for (int i = 0; i < 100; ++i) EXPECT_EQ(get(*engine, "key" + std::to_string(i)), std::string(200, 'v'));
}

TEST(RocksdbEngine, ATornTailIsNormal) {
  const TemporaryDirectory directory;
  leave_killed(directory.path(), 100);
  const std::string log = newest_log(directory.path());
  fs::resize_file(log, fs::file_size(log) - 10);
  const auto engine = open_disk(directory.path());
  EXPECT_EQ(get(*engine, "key98"), std::string(200, 'v'));
  EXPECT_EQ(get(*engine, "key99"), "(none)");
}

void flip(const std::string& file, std::uint64_t at, int bit) {
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekg(static_cast<std::streamoff>(at));
  const char flipped = static_cast<char>(bytes.get() ^ (1 << bit));
  bytes.seekp(static_cast<std::streamoff>(at));
  bytes.put(flipped);
}

// Opening a copy of `original` in which one bit of the log is another one.
void expect_refused(const std::string& original, std::uint64_t at, int bit) {
  const TemporaryDirectory directory;
  fs::copy(original, directory.path(), fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  flip(newest_log(directory.path()), at, bit);
  RocksdbOptions options;
  options.directory = directory.path();
  const auto engine = open_rocksdb(options);
  ASSERT_FALSE(engine.ok()) << "bit " << bit << " of byte " << at << " was flipped";
  EXPECT_EQ(engine.error().code, ErrorCode::kCorruption) << engine.error().message;
}

TEST(RocksdbEngine, DamageInTheMiddleOfTheLogIsRefused) {
  const TemporaryDirectory original;
  leave_killed(original.path(), 300);  // more than one 32 KB block of the log
  const std::uint64_t size = fs::file_size(newest_log(original.path()));
  SeededRandom random(1);
  for (int i = 0; i < 30; ++i) {
    expect_refused(original.path(), random.below(size - 250),
                   static_cast<int>(random.below(8)));  // not the last record
  }
}

TEST(RocksdbEngine, ADamagedLengthInTheLastBlockIsNoTornTail) {
  const TemporaryDirectory original;
  leave_killed(original.path(), 10);
  std::ifstream file(newest_log(original.path()), std::ios::binary);
  const std::string log{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::size_t> records;
  for (std::size_t at = 0; at + 7 <= log.size();) {
    records.push_back(at);
    at += 7 + static_cast<unsigned char>(log[at + 4]) + 256U * static_cast<unsigned char>(log[at + 5]);
  }
  ASSERT_GE(records.size(), 10U);
  for (std::size_t i = 0; i + 1 < records.size(); ++i) expect_refused(original.path(), records[i] + 5, 7);
}

TEST(RocksdbEngine, ACheckpointIsAStore) {
  const TemporaryDirectory directory;
  const auto engine = open_disk(directory.path() + "/live");
  put(*engine, "a", "1");
  ASSERT_TRUE(engine->disk()->checkpoint(directory.path() + "/copy").ok());
  put(*engine, "a", "2");
  EXPECT_EQ(get(*open_disk(directory.path() + "/copy"), "a"), "1");
}

}  // namespace
}  // namespace gyre::storage
