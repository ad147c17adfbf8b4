// SPDX-License-Identifier: Apache-2.0
// The appender, the upkeep and readers beside each other, for ThreadSanitizer.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/log/harness_test.h"

namespace gyre::log {
namespace {

constexpr int kFrames = 400;
constexpr std::uint64_t kShards = 3;

// Wakes the upkeep's thread, and lets the appender wait for it.
class Upkeep {
 public:
  void ask() {
    {
      const std::lock_guard lock(mutex_);
      asked_ = true;
    }
    changed_.notify_all();
  }
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
  }
  void run(Log& log) {
    while (true) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return asked_ || stopping_; });
        if (!asked_) return;
        asked_ = false;
      }
      EXPECT_TRUE(log.prepare().ok());
      while (log.seal().value()) {
      }
      const TrimPlan plan =
          log.plan_trim({.bytes_max = 10 * kTestSegmentBytes, .flushed_through = log.last().frame});
      EXPECT_TRUE(log.trim(plan.through).ok());
      {
        const std::lock_guard lock(mutex_);
        ++rounds_;
      }
      changed_.notify_all();
    }
  }
  void wait_for_round() {
    std::unique_lock lock(mutex_);
    const int before = rounds_;
    asked_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return rounds_ > before; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
  bool stopping_ = false;
  int rounds_ = 0;
};

// Follows one shard to its end; trimming may overtake it. Checks that records follow one another.
void follow(const Log& log, ShardId shard, const std::atomic<bool>& done) {
  Cursor cursor{.shard = shard};
  std::uint64_t records = 0;
  while (true) {
    const bool last_look = done;
    auto slice = log.reader().read_recent(cursor, 8, 2000);
    if (!slice) {
      auto read = log.reader().read(cursor, 8, 2000);
      if (!read.ok()) {
        ASSERT_EQ(read.error().code, ErrorCode::kTrimmed) << read.error().message;
        cursor = {.shard = shard};
        continue;
      }
      slice = *std::move(read);
    }
    for (const Entry& entry : slice->entries) {
      if (cursor.ordinal != Ordinal()) {
        ASSERT_EQ(entry.head.ordinal.value(), cursor.ordinal.value() + 1);
      }
      ASSERT_EQ(entry.head.shard, shard);
      cursor = log.reader().after(entry);
      ++records;
    }
    if (slice->empty() && last_look) break;
    if (slice->empty()) std::this_thread::yield();
  }
  EXPECT_GT(records, 0);
  EXPECT_EQ(cursor.ordinal, log.ends(shard)->head.ordinal);
}

void stream_all(const Log& log, const std::atomic<bool>& done) {
  FrameStream stream = log.stream(FrameNumber(), Contents::kChecked);
  while (true) {
    const bool last_look = done;
    const auto frame = stream.next();
    if (!frame.ok()) {
      ASSERT_EQ(frame.error().code, ErrorCode::kTrimmed) << frame.error().message;
      return;
    }
    if (!*frame && last_look) break;
    if (!*frame) std::this_thread::yield();
  }
  EXPECT_EQ(stream.due().value(), kFrames + 1);
}

TEST(LogThreads, ReadersAndUpkeepGoOnBesideTheAppender) {
  files::MemoryDisk disk;
  Upkeep upkeep;
  LogOptions options = test_options(1);
  options.upkeep_due = [&] { upkeep.ask(); };
  const auto log = Log::recover(disk, options, std::nullopt).value();
  std::atomic<bool> done = false;
  std::thread upkeep_thread([&] { upkeep.run(*log); });
  std::vector<std::thread> readers;
  for (std::uint64_t shard = 1; shard <= kShards; ++shard) {
    readers.emplace_back([&, shard] { follow(*log, ShardId(shard), done); });
  }
  readers.emplace_back([&] { stream_all(*log, done); });

  FrameMaker maker(1, kShards);
  FrameBuilder builder;
  for (int i = 0; i < kFrames; ++i) {
    const auto content = maker.fill(builder, 4, 200);
    auto appended = log->append(builder, content.stamp);
    while (!appended.ok()) {
      ASSERT_EQ(appended.error().code, ErrorCode::kUnavailable);
      upkeep.wait_for_round();
      appended = log->append(builder, content.stamp);
    }
    ASSERT_TRUE(log->sync().ok());
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  upkeep.stop();
  upkeep_thread.join();
  EXPECT_EQ(log->last().frame.value(), kFrames);
  EXPECT_GT(log->closed_segments()->front()->number(), SegmentNumber(1)) << "something was trimmed";
}

}  // namespace
}  // namespace gyre::log
