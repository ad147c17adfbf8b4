// SPDX-License-Identifier: Apache-2.0
#include "core/api/read_operation.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace gyre::api {
namespace {

/// Is in the cache or not; says how it was read.
class FakeRead final : public ReadRequest {
 public:
  explicit FakeRead(bool cached) : cached_(cached) {}
  Result<std::string> read(storage::ReadTier tier) const override {
    if (tier == storage::ReadTier::kAll) return std::string("from the disk");
    if (!cached_) return Error(ErrorCode::kIncomplete, "not in the cache");
    return std::string("from the cache");
  }

 private:
  bool cached_;
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
