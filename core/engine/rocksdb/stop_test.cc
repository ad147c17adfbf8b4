// SPDX-License-Identifier: Apache-2.0
// Stopping while RocksDB works in the background.
#include <gtest/gtest.h>
#include <rocksdb/listener.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "core/base/random.h"
#include "core/engine/rocksdb/rocksdb_engine.h"
#include "core/engine/testing/results.h"
#include "core/engine/testing/rows.h"
#include "core/engine/testing/temporary_directory.h"

namespace gyre::storage {
namespace {

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
    ASSERT_TRUE(engine->apply(batch).ok());
    if (engine->flush_is_due()) {
      ASSERT_TRUE(engine->begin_flush().ok());
    }
    ASSERT_LT(rows, 10'000);
  }
  held->stop_begins();
  // What was written last may be in a table already: this row is in memory alone.
  Batch batch;
  batch.put(Family::kItems, "key" + std::to_string(rows++), random_bytes(random, 4096));
  ASSERT_TRUE(engine->apply(batch).ok());
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
    ASSERT_TRUE(engine->flush().ok());
    Batch batch;
    batch.erase_range(Family::kItems, "a", "b");
    ASSERT_TRUE(engine->apply(batch).ok());
    std::thread reclaiming([&] { EXPECT_TRUE(engine->reclaim(Family::kItems, {{"a", "b"}}).ok()); });
    compactions->await_begin();
    if (stop) engine->stop_background();
    compactions->let_go();
    reclaiming.join();
    EXPECT_EQ(compactions->completed(), !stop);
  }
}

}  // namespace
}  // namespace gyre::storage
