// SPDX-License-Identifier: Apache-2.0
#include "consumers/table_follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "consumers/scripted_region_test.h"

namespace gyre::consumers {
namespace {

using streams::RefusedReason;
using testing::ElementsAre;
using testing::HasSubstr;

/// Notes what it is told: "table", "shard 1", "1/8" for the record at 8 of shard 1, "end 1", "missing".
class NotingHandler final : public FollowerHandler {
 public:
  void on_table(const streams::Opened&) override { told.push_back("table"); }
  void on_shard(ShardId shard, bool) override { told.push_back("shard " + std::to_string(shard.value())); }
  void on_batch(ShardId shard, streams::RecordBatch batch) override {
    told.push_back(std::to_string(shard.value()) + "/" +
                   std::to_string(batch.scanned_through.ordinal.value()));
  }
  void on_end(ShardId shard) override { told.push_back("end " + std::to_string(shard.value())); }
  void on_missing_table() override { told.push_back("missing"); }
  void on_error(Error stopped_by) override { error = std::move(stopped_by); }

  std::vector<std::string> told;
  std::optional<Error> error;
};

class TableFollowerTest : public testing::Test {
 protected:
  /// Until the script is done, or reading cannot go on.
  void run() {
    TableFollower follower({.table = "T"}, region_, handler_, clock_);
    while (!region_.done() && !handler_.error) {
      region_.poll(1);
      follower.tick();
    }
  }
  void then_bring(std::uint64_t shard, std::uint64_t place) {
    region_.then_answer(shard, [=](auto& handler) { handler.on_batch(scripted_batch(shard, place)); });
  }

  ManualClock clock_{1'000'000};
  ScriptedRegion region_{clock_};
  NotingHandler handler_;
};

TEST_F(TableFollowerTest, ChildrenBeginBeforeTheEndOfTheirParentIsTold) {
  region_.then_refuse(0, RefusedReason::kNoSuchTable);
  region_.then_list({listed_shard(1)});
  then_bring(1, 8);
  region_.then_answer(1, [](auto& handler) { handler.on_shard_end({ShardId(2)}); });
  then_bring(2, 9);
  run();
  EXPECT_THAT(handler_.told, ElementsAre("missing", "table", "shard 1", "1/8", "shard 2", "end 1", "2/9"));
  EXPECT_FALSE(handler_.error);
}

TEST_F(TableFollowerTest, AfterAPauseOfTheRegionItGoesOnBehindWhatCame) {
  region_.then_list({listed_shard(1)});
  then_bring(1, 8);
  region_.then_refuse(1, RefusedReason::kBusy);
  then_bring(1, 9);
  run();
  EXPECT_THAT(region_.asked, ElementsAre("list", "1@0", "1@8", "close 1"));
}

TEST_F(TableFollowerTest, WhatIsTrimmedBeforeItWasReadIsAnError) {
  region_.then_list({listed_shard(1)});
  region_.then_refuse(1, RefusedReason::kTrimmed);
  run();
  ASSERT_TRUE(handler_.error);
  EXPECT_EQ(handler_.error->code, ErrorCode::kTrimmed);
  EXPECT_THAT(handler_.error->message, HasSubstr("cannot be read on: no"));
}

TEST_F(TableFollowerTest, AShardThatWentWithItsTableEnds) {
  region_.then_list({listed_shard(1)});
  region_.then_refuse(1, RefusedReason::kNoSuchShard);
  region_.then_list({listed_shard(5)});
  then_bring(5, 1);
  run();
  EXPECT_THAT(handler_.told, ElementsAre("table", "shard 1", "end 1", "shard 5", "5/1"));
}

TEST_F(TableFollowerTest, ARegionThatRefusesForGoodIsAnError) {
  region_.then_list({listed_shard(1)});
  region_.then_refuse(1, RefusedReason::kUnreadable);
  run();
  ASSERT_TRUE(handler_.error);
  EXPECT_EQ(handler_.error->code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace gyre::consumers
