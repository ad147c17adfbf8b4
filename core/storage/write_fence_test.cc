// SPDX-License-Identifier: Apache-2.0
#include "core/storage/write_fence.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace gyre::storage {
namespace {

using Fence = WriteFence<std::string>;

std::shared_ptr<const std::string> text(std::string value) {
  return std::make_shared<const std::string>(std::move(value));
}

std::string kept(Fence& fence, const std::string& place) {
  const std::shared_ptr<const std::string> value = fence.find(place);
  return value ? *value : "nothing";
}

TEST(WriteFence, WhatWasReadIsKept) {
  Fence fence(64 * 1024);
  EXPECT_EQ(kept(fence, "a"), "nothing");
  fence.keep("a", text("1"), 1, fence.commits());
  EXPECT_EQ(kept(fence, "a"), "1");
  EXPECT_EQ(kept(fence, "b"), "nothing");
}

TEST(WriteFence, ABatchThatWritesAtAPlaceHasItForgottenBeforeItsCommit) {
  Fence fence(64 * 1024);
  fence.keep("a", text("1"), 1, fence.commits());
  fence.keep("b", text("1"), 1, fence.commits());
  fence.begin_write("a");
  EXPECT_EQ(kept(fence, "a"), "nothing");
  EXPECT_EQ(kept(fence, "b"), "1");
}

TEST(WriteFence, ALookBeforeTheCommitIsNotKeptWheneverItComes) {
  Fence fence(64 * 1024);
  const std::uint64_t before = fence.commits();
  fence.begin_write("a");
  const std::uint64_t meanwhile = fence.commits();
  fence.keep("a", text("before"), 1, before);
  fence.keep("a", text("meanwhile"), 1, meanwhile);
  EXPECT_EQ(kept(fence, "a"), "nothing");
  fence.committed();
  fence.keep("a", text("before"), 1, before);
  fence.keep("a", text("meanwhile"), 1, meanwhile);
  EXPECT_EQ(kept(fence, "a"), "nothing");
  fence.keep("a", text("after"), 1, fence.commits());
  EXPECT_EQ(kept(fence, "a"), "after");
}

TEST(WriteFence, OtherPlacesMayBeKeptWhileABatchIsBuilt) {
  Fence fence(64 * 1024);
  const std::uint64_t looked = fence.commits();
  fence.begin_write("a");
  fence.keep("b", text("1"), 1, looked);
  EXPECT_EQ(kept(fence, "b"), "1");
}

TEST(WriteFence, TheWriterKnowsWhatItsBatchLeft) {
  Fence fence(64 * 1024);
  fence.begin_write("a");
  fence.committed();
  fence.put("a", text("2"), 1);
  EXPECT_EQ(kept(fence, "a"), "2");
}

TEST(WriteFence, TheWriterKnowsWhatWasWrittenSinceALook) {
  Fence fence(64 * 1024);
  const std::uint64_t looked = fence.commits();
  EXPECT_FALSE(fence.written_since("a", looked));
  fence.begin_write("a");
  EXPECT_TRUE(fence.written_since("a", looked));
  fence.committed();
  EXPECT_TRUE(fence.written_since("a", looked));
  EXPECT_FALSE(fence.written_since("a", fence.commits()));
  EXPECT_FALSE(fence.written_since("b", looked));
}

TEST(WriteFence, AValueLargerThanAShardIsNotKept) {
  const std::size_t bytes_max = 64 * 1024;
  Fence fence(bytes_max);
  fence.keep("a", text("1"), Fence::shard_bytes(bytes_max), fence.commits());
  EXPECT_EQ(kept(fence, "a"), "nothing");
}

// A writer counts a number up, as a store would: forgotten, written, committed. Readers keep what they read.
TEST(WriteFence, NobodyFindsLessThanWasAcknowledged) {
  constexpr int kCommits = 2000;
  Fence fence(64 * 1024);
  std::atomic<int> stored = 0;        // what a read of the engine finds
  std::atomic<int> acknowledged = 0;  // what somebody may rely on
  std::atomic<bool> stale = false;
  const auto read = [&] {
    while (acknowledged < kCommits) {
      const int least = acknowledged;
      if (const std::shared_ptr<const std::string> value = fence.find("a")) {
        if (std::stoi(*value) < least) stale = true;
        continue;
      }
      const std::uint64_t looked = fence.commits();
      fence.keep("a", text(std::to_string(stored)), 1, looked);
    }
  };
  std::thread first(read);
  std::thread second(read);
  for (int commit = 1; commit <= kCommits; ++commit) {
    fence.begin_write("a");
    stored = commit;
    fence.committed();
    acknowledged = commit;
  }
  first.join();
  second.join();
  EXPECT_FALSE(stale);
}

}  // namespace
}  // namespace gyre::storage
