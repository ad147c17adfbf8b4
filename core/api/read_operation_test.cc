// SPDX-License-Identifier: Apache-2.0
#include "core/api/read_operation.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "core/base/limits.h"

namespace gyre::api {
namespace {

/// Is in the cache or not; says how it was read.
class FakeRead final : public ReadRequest {
 public:
  explicit FakeRead(bool cached) : cached_(cached) {}
  Result<std::string> read(ReadSlice& slice) override {
    if (slice.tier() == storage::ReadTier::kAll) return std::string("from the disk");
    if (!cached_) return Error(ErrorCode::kIncomplete, "not in the cache");
    return std::string("from the cache");
  }

 private:
  bool cached_;
};

/// Uses up slice after slice, and notes whose turn it was.
class LongRead final : public ReadRequest {
 public:
  LongRead(char name, int slices, std::string& turns) : name_(name), slices_(slices), turns_(turns) {}
  Result<std::string> read(ReadSlice& slice) override {
    if (slice.tier() == storage::ReadTier::kCache) {
      slice.work().add(limits::kInlineReadUnits + 1);
      EXPECT_TRUE(slice.is_over());
      EXPECT_TRUE(slice.work().used_up());
      return too_much_work();
    }
    EXPECT_EQ(slice.skipped_rows_max(), done_ == 0 ? limits::kSkippedRowsMax : 0);
    turns_ += name_;
    if (++done_ == slices_) return std::string(1, name_);
    slice.work().add(limits::kReadSliceUnits);
    EXPECT_FALSE(slice.is_over());
    slice.work().add(1);
    EXPECT_TRUE(slice.is_over());
    EXPECT_FALSE(slice.work().used_up()) << "in the pool a row is finished";
    return too_much_work();
  }

 private:
  char name_;
  int slices_;
  int done_ = 0;
  std::string& turns_;
};

/// One row that takes longer than a slice; notes how often it was begun, and with what.
class HeavyRow final : public ReadRequest {
 public:
  explicit HeavyRow(std::string& slices) : slices_(slices) {}
  Result<std::string> read(ReadSlice& slice) override {
    slices_ += slice.tier() == storage::ReadTier::kCache ? 'c' : slice.skipped_rows_max() > 0 ? 's' : 'l';
    slice.work().add(3 * limits::kReadSliceUnits);
    if (!slice.work().used_up()) return std::string("done");
    const Result<std::string> stopped = too_much_work();
    EXPECT_FALSE(slice.goes_on(stopped)) << "it stands within the row";
    return stopped;
  }

 private:
  std::string& slices_;
};

/// Counts deliveries.
class CountingSink final : public CompletionSink {
 public:
  void deliver(std::vector<std::function<void()>> completions) override {
    ++delivered;
    for (auto& completion : completions) completion();
  }
  int delivered = 0;
};

TEST(ReadOperation, WhatIsCachedIsAnsweredAtOnce) {
  storage::ReadPool pool(1);
  CountingSink sink;
  std::string answer;
  run_read(pool, sink, std::make_unique<FakeRead>(true), [&](Result<std::string> reply) { answer = *reply; });
  EXPECT_EQ(answer, "from the cache");
  EXPECT_EQ(sink.delivered, 0);
}

TEST(ReadOperation, WhatIsNotCachedIsReadByThePoolAndAnsweredThroughTheSink) {
  storage::ReadPool pool(1);
  CountingSink sink;
  std::promise<std::string> answer;
  run_read(pool, sink, std::make_unique<FakeRead>(false),
           [&](Result<std::string> reply) { answer.set_value(*reply); });
  EXPECT_EQ(answer.get_future().get(), "from the disk");
  pool.stop();
  EXPECT_EQ(sink.delivered, 1);
}

TEST(ReadOperation, LongReadsTakeTurns) {
  std::string turns;
  std::string answers;
  InlineSink sink;
  {
    storage::ReadPool pool(1);
    std::promise<void> gate;
    std::promise<void> finished;
    ASSERT_TRUE(pool.post([&gate] { gate.get_future().wait(); }));
    run_read(pool, sink, std::make_unique<LongRead>('a', 4, turns),
             [&](Result<std::string> reply) { answers += *reply; });
    run_read(pool, sink, std::make_unique<LongRead>('b', 3, turns),
             [&](Result<std::string> reply) { answers += *reply; });
    run_read(pool, sink, std::make_unique<LongRead>('c', 1, turns),
             [&](Result<std::string> reply) { answers += *reply; });
    run_read(pool, sink, std::make_unique<LongRead>('d', 4, turns), [&](Result<std::string> reply) {
      answers += *reply;
      finished.set_value();
    });
    gate.set_value();
    finished.get_future().wait();  // the pool takes nothing more once it is stopped
  }
  // The short lane, a turn of the long one between its tasks; then turn about.
  EXPECT_EQ(turns, "aabacbdabddd");
  EXPECT_EQ(answers, "cabd");
}

TEST(ReadOperation, OneHeavyRowIsLeftToTheLongLane) {
  std::string slices;
  storage::ReadPool pool(1);
  InlineSink sink;
  std::promise<std::string> answer;
  run_read(pool, sink, std::make_unique<HeavyRow>(slices),
           [&](Result<std::string> reply) { answer.set_value(*reply); });
  EXPECT_EQ(answer.get_future().get(), "done");
  EXPECT_EQ(slices, "csl");
}

TEST(ReadOperation, APoolThatTakesNothingThrottles) {
  storage::ReadPool pool(1);
  pool.stop();
  CountingSink sink;
  ErrorCode code = ErrorCode::kInternal;
  run_read(pool, sink, std::make_unique<FakeRead>(false),
           [&](Result<std::string> reply) { code = reply.error().code; });
  EXPECT_EQ(code, ErrorCode::kThrottled);
}

}  // namespace
}  // namespace gyre::api
