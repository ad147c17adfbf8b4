// SPDX-License-Identifier: Apache-2.0
#include "core/storage/upkeep.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "core/base/clock.h"
#include "core/storage/harness_test.h"
#include "core/storage/testing/memory_home.h"

namespace gyre::storage {
namespace {

/// A job that was planned by the test.
struct PlannedJob final : UpkeepJob {
  using Plan = std::function<Result<UpkeepPlan>()>;
  explicit PlannedJob(Plan planned) : planned(std::move(planned)) {}
  Result<UpkeepPlan> plan() override { return planned(); }
  std::chrono::milliseconds pause() const override { return paused; }
  bool follows_catalog() const override { return follows; }
  void interrupt() override {
    if (interrupted) interrupted();
  }

  Plan planned;
  std::chrono::milliseconds paused{3'600'000};
  bool follows = false;
  std::function<void()> interrupted;
};

UpkeepStep step_of(std::function<Status()> take) {
  return {"do what the test wants", std::move(take)};
}

class UpkeepRuns : public testing::Test {
 protected:
  ~UpkeepRuns() override { store->stop(); }
  PlannedJob& add(PlannedJob::Plan plan) {
    auto job = std::make_unique<PlannedJob>(std::move(plan));
    PlannedJob& added = *job;
    upkeep->add(std::move(job));
    return added;
  }

  static StoreOptions options() {
    StoreOptions options;
    options.region = RegionId("here");
    return options;
  }

  ManualClock clock{1'800'000'000'000};
  std::unique_ptr<Store> store = ok(Store::open(new_memory_home(), options(), clock));
  std::unique_ptr<Upkeep> upkeep = Upkeep::make(*store);
};

TEST_F(UpkeepRuns, ATickTakesAllThatIsDueAtOnce) {
  int left = 3;
  add([&] {
    UpkeepPlan plan{{}, left > 1};
    if (left > 0) plan.steps.push_back(step_of([&left] { return --left, Status(); }));
    return Result<UpkeepPlan>(std::move(plan));
  });
  EXPECT_TRUE(upkeep->round());
  EXPECT_EQ(left, 2);
  upkeep->tick();
  EXPECT_EQ(left, 0);
}

TEST_F(UpkeepRuns, AStepThatFailsKeepsNoOtherFromItsTurn) {
  int taken = 0;
  add([&] {
    UpkeepPlan plan{{}, true};
    plan.steps.push_back(step_of([] { return Error::internal("the test asked for it"); }));
    if (taken == 0) plan.steps.push_back(step_of([&taken] { return ++taken, Status(); }));
    return Result<UpkeepPlan>(std::move(plan));
  });
  EXPECT_TRUE(upkeep->round());
  EXPECT_EQ(taken, 1);
  EXPECT_FALSE(upkeep->round());  // where all fail, the pause comes first
}

TEST_F(UpkeepRuns, APlanThatFailsIsNoWork) {
  add([] { return Result<UpkeepPlan>(Error::internal("the test asked for it")); });
  EXPECT_FALSE(upkeep->round());
}

TEST_F(UpkeepRuns, AJobThatTakesLongKeepsNoOtherWaiting) {
  std::latch other(1);
  add([&] {
    UpkeepPlan plan;
    plan.steps.push_back(step_of([&other] { return other.wait(), Status(); }));
    return Result<UpkeepPlan>(std::move(plan));
  });
  std::atomic<bool> done = false;
  add([&] {
    if (!done.exchange(true)) other.count_down();
    return Result<UpkeepPlan>(UpkeepPlan());
  });
  upkeep->start();
  while (!done) std::this_thread::yield();
  upkeep->stop();
  upkeep->stop();
}

TEST_F(UpkeepRuns, StopInterruptsAStepThatTakesLong) {
  std::latch begun(1);
  std::latch interrupted(1);
  std::atomic<bool> told = false;
  PlannedJob& job = add([&] {
    UpkeepPlan plan;
    plan.steps.push_back(step_of([&] {
      begun.count_down();
      interrupted.wait();
      return Status();
    }));
    return Result<UpkeepPlan>(std::move(plan));
  });
  job.interrupted = [&] {
    if (!told.exchange(true)) interrupted.count_down();
  };
  upkeep->start();
  begun.wait();
  upkeep->stop();
  EXPECT_TRUE(told);
}

TEST_F(UpkeepRuns, AChangeOfTheCatalogWakesWhoFollowsIt) {
  std::atomic<int> plans = 0;
  auto job = std::make_unique<PlannedJob>([&] { return ++plans, Result<UpkeepPlan>(UpkeepPlan()); });
  job->follows = true;
  upkeep->add(std::move(job));
  store->writer().start();
  upkeep->start();
  while (plans == 0) std::this_thread::yield();
  const int before = plans;
  ASSERT_TRUE(submit_upkeep(*store, [](WriteTransaction& transaction) {
                return transaction.catalog().put_table(test_schema(TableId(5), "orders"));
              }).ok());
  while (plans == before) std::this_thread::yield();
  upkeep->stop();
  store->stop();
}

}  // namespace
}  // namespace gyre::storage
