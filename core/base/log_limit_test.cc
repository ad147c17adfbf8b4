// SPDX-License-Identifier: Apache-2.0
#include "core/base/log_limit.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace gyre {
namespace {

constexpr std::uint64_t kSecondNs = 1'000'000'000;

TEST(LogLimit, AdmitsAFewLinesASecondAndCountsTheOthers) {
  LogLimit limit(3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.admit(7 * kSecondNs + i), 0u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(limit.admit(7 * kSecondNs + 500 + i), std::nullopt);
  EXPECT_EQ(limit.admit(8 * kSecondNs), 100u) << "the next line says how many are missing";
  EXPECT_EQ(limit.admit(8 * kSecondNs), 0u);
}

TEST(LogLimit, AdmitsTheVeryFirstLineOfAClockThatBeginsAtZero) {
  LogLimit limit(1);
  EXPECT_EQ(limit.admit(0), 0u);
  EXPECT_EQ(limit.admit(0), std::nullopt);
}

TEST(LogLimit, AClockThatLagsBehindAnotherThreadsOpensNoNewSecond) {
  LogLimit limit(1);
  EXPECT_EQ(limit.admit(9 * kSecondNs), 0u);
  EXPECT_EQ(limit.admit(8 * kSecondNs), std::nullopt);
  EXPECT_EQ(limit.admit(9 * kSecondNs), std::nullopt);
  EXPECT_EQ(limit.admit(10 * kSecondNs), 2u);
}

TEST(LogLimit, HoldsForAllThreadsTogether) {
  LogLimit limit(5);
  std::atomic<int> admitted = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) admitted += limit.admit(kSecondNs).has_value();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(admitted, 5);
  EXPECT_EQ(limit.admit(2 * kSecondNs), 3995u);
}

}  // namespace
}  // namespace gyre
