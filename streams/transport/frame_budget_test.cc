// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/frame_budget.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/base/limits.h"

namespace gyre::streams {
namespace {

constexpr std::size_t kBudget = 800'000;
constexpr std::size_t kReader = 200'000;
constexpr std::size_t kOverhead = limits::kStreamFrameOverheadBytes;

std::string frame(std::size_t bytes) {
  return std::string(bytes - kOverhead, 'x');
}

TEST(FrameBudget, CountsWhatIsHeldAndGivesItBack) {
  FrameBudget budget(kBudget, kReader, nullptr);
  auto hold = budget.hold("a", frame(10'000));
  ASSERT_NE(hold, nullptr);
  EXPECT_EQ(budget.held(), 10'000u);
  EXPECT_EQ(budget.held_by("a"), 10'000u);
  EXPECT_EQ(budget.held_by("b"), 0u);
  hold.reset();
  EXPECT_EQ(budget.held(), 0u);
}

TEST(FrameBudget, AReaderThatTakesNothingHoldsItsShareAtMost) {
  FrameBudget budget(kBudget, kReader, nullptr);
  std::vector<std::unique_ptr<FrameBudget::Hold>> held;
  while (auto hold = budget.hold("a", frame(30'000))) held.push_back(std::move(hold));
  EXPECT_EQ(budget.held(), 180'000u);
  EXPECT_EQ(budget.reserve("a", 100'000), 20'000u);
  EXPECT_EQ(budget.reserve("a", 100'000), 0u);
}

TEST(FrameBudget, ManyThatTakeNothingLeaveAShareToTheNext) {
  FrameBudget budget(kBudget, kReader, nullptr);
  for (int round = 0; round < 100; ++round) {
    for (int reader = 0; reader < 50; ++reader) {
      const std::string name = "hoarder " + std::to_string(reader);
      if (budget.held_by(name) == 0 || budget.reserve(name, 10'000) > 0) budget.reserve(name, 1'000);
    }
  }
  EXPECT_LE(budget.held(), kBudget - kBudget / 8);
  EXPECT_GE(budget.reserve("a newcomer", 200'000), kBudget / 8);
}

TEST(FrameBudget, OneFrameOfAReaderThatHoldsNothingFitsWhateverItsSize) {
  FrameBudget budget(kBudget, kReader, nullptr);
  EXPECT_NE(budget.hold("a", frame(kReader + 50'000)), nullptr);
  EXPECT_EQ(budget.hold("a", frame(kBudget + 1)), nullptr);
}

TEST(FrameBudget, WhoWasRefusedHearsOnceThatThereIsRoom) {
  int calls = 0;
  FrameBudget budget(kBudget, kReader, [&] { ++calls; });
  auto first = budget.hold("a", frame(kReader));
  auto second = budget.hold("b", frame(1'000));
  second.reset();
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(budget.hold("a", frame(1'000)), nullptr);
  first.reset();
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(budget.take_room());
  EXPECT_FALSE(budget.take_room());
}

}  // namespace
}  // namespace gyre::streams
