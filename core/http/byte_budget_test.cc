// SPDX-License-Identifier: Apache-2.0
#include "core/http/byte_budget.h"

#include <gtest/gtest.h>

#include <string>

namespace gyre::http {
namespace {

class Budget : public testing::Test {
 protected:
  ByteBudget::Granted note(const std::string& name, bool wanted = true) {
    return [this, name, wanted] {
      granted_ += name;
      return wanted;
    };
  }
  // Serves as often as the budget asks for it.
  void turn() {
    while (wakes_ > 0) {
      --wakes_;
      budget_.serve();
    }
  }

  int wakes_ = 0;
  std::string granted_;
  ByteBudget budget_{100, [this] { ++wakes_; }};
};

TEST_F(Budget, GivesWhatFitsAndNoMore) {
  EXPECT_TRUE(budget_.take(60));
  EXPECT_FALSE(budget_.take(41));
  EXPECT_TRUE(budget_.take(40));
  EXPECT_FALSE(budget_.has_room(1));
  budget_.give(60);
  EXPECT_TRUE(budget_.take(60));
}

TEST_F(Budget, OneThatIsLargerThanAllFitsWhenNothingIsHeld) {
  EXPECT_TRUE(budget_.take(500));
  EXPECT_FALSE(budget_.take(1));
  budget_.give(500);
  EXPECT_EQ(budget_.held(), 0u);
}

TEST_F(Budget, ServesThoseWhoWaitInTheOrderInWhichTheyCame) {
  EXPECT_TRUE(budget_.take(100));
  budget_.wait(80, note("a"));
  budget_.wait(10, note("b"));
  budget_.wait(10, note("c"));
  turn();
  EXPECT_EQ(granted_, "");
  budget_.give(50);
  turn();
  EXPECT_EQ(granted_, "") << "b would fit, but a was first";
  EXPECT_FALSE(budget_.take(1)) << "nobody overtakes those in line";
  budget_.give(50);
  turn();
  EXPECT_EQ(granted_, "abc");
  EXPECT_EQ(budget_.held(), 100u);
}

TEST_F(Budget, WakesOnceUntilItIsServed) {
  EXPECT_TRUE(budget_.take(100));
  budget_.wait(10, note("a"));
  budget_.wait(10, note("b"));
  budget_.give(30);
  budget_.give(30);
  EXPECT_EQ(wakes_, 1);
}

TEST_F(Budget, WhoDoesNotWantItsShareAnyMoreGivesItBack) {
  EXPECT_TRUE(budget_.take(100));
  budget_.wait(100, note("a", false));
  budget_.wait(100, note("b"));
  budget_.give(100);
  turn();
  EXPECT_EQ(granted_, "ab");
  EXPECT_EQ(budget_.held(), 100u);
}

TEST_F(Budget, WhoLeavesTheLineMakesWayForTheNext) {
  EXPECT_TRUE(budget_.take(50));
  const auto first = budget_.wait(80, note("a"));
  budget_.wait(50, note("b"));
  budget_.cancel(first);
  turn();
  EXPECT_EQ(granted_, "b");
  EXPECT_EQ(budget_.waiting(), 0u);
}

TEST_F(Budget, WhatIsSmallMayGoBeyondTheBoundButNotForEver) {
  EXPECT_TRUE(budget_.take(100));
  budget_.wait(10, note("a"));
  EXPECT_TRUE(budget_.has_slack(100));
  EXPECT_FALSE(budget_.has_slack(101));
  budget_.overdraw(100);
  EXPECT_FALSE(budget_.has_slack(1));
}

TEST_F(Budget, WhatIsInMemoryAlreadyCountsEvenBeyondTheBound) {
  budget_.overdraw(150);
  EXPECT_FALSE(budget_.has_room(1));
  budget_.give(100);
  EXPECT_TRUE(budget_.has_room(50));
}

}  // namespace
}  // namespace gyre::http
