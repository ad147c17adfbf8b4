// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/histogram.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace gyre::metrics {
namespace {

TEST(Histogram, BoundsAreInclusive) {
  static constexpr std::array<std::uint64_t, 2> kBounds = {10, 20};
  Histogram histogram(kBounds);
  for (const std::uint64_t value : {0, 10, 11, 20, 21}) histogram.record(value);
  const HistogramReading reading = histogram.read();
  EXPECT_EQ(reading.counts, (std::vector<std::uint64_t>{2, 2, 1}));
  EXPECT_EQ(reading.sum, 62u);
  EXPECT_EQ(reading.count(), 5u);
}

TEST(Histogram, ReadingsOfSeveralThreadsAddUp) {
  std::array<Histogram, 3> histograms{Histogram(time_bounds()), Histogram(time_bounds()),
                                      Histogram(time_bounds())};
  std::vector<std::thread> threads;
  for (Histogram& histogram : histograms) {
    threads.emplace_back([&histogram] {
      for (std::uint64_t value = 0; value < 10'000; ++value) histogram.record(value * 1'000'000);
    });
  }
  // Reads go on meanwhile.
  std::uint64_t seen = 0;
  while (seen < 10'000) {
    const std::uint64_t count = histograms[0].read().count();
    ASSERT_GE(count, seen);
    seen = count;
  }
  for (std::thread& thread : threads) thread.join();
  HistogramReading all;
  for (const Histogram& histogram : histograms) all += histogram.read();
  EXPECT_EQ(all.count(), 30'000u);
  EXPECT_EQ(all.sum, 3 * 49'995'000ULL * 1'000'000ULL);
  all += HistogramReading();
  EXPECT_EQ(all.count(), 30'000u);
}

}  // namespace
}  // namespace gyre::metrics
