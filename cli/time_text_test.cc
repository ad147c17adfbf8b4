// SPDX-License-Identifier: Apache-2.0
#include "cli/time_text.h"

#include <gtest/gtest.h>

namespace gyre::cli {
namespace {

constexpr std::uint64_t kNow = 1'800'000'000'000;

TEST(TimeText, ReadsWhatPeopleWrite) {
  EXPECT_EQ(parse_time("now", kNow).value(), kNow);
  EXPECT_EQ(parse_time("90 seconds ago", kNow).value(), kNow - 90'000);
  EXPECT_EQ(parse_time("1 minute ago", kNow).value(), kNow - 60'000);
  EXPECT_EQ(parse_time("2 hours ago", kNow).value(), kNow - 7'200'000);
  EXPECT_EQ(parse_time("1970-01-02", kNow).value(), 86'400'000U);
  EXPECT_EQ(parse_time("2026-01-31T12:00:00Z", kNow).value(), 1'769'860'800'000U);
  EXPECT_EQ(parse_time("2026-01-31T12:00:00.25Z", kNow).value(), 1'769'860'800'250U);
  EXPECT_EQ(parse_time("1769860800000", kNow).value(), 1'769'860'800'000U);
}

TEST(TimeText, RefusesWhatIsNoTime) {
  for (const char* text : {"", "yesterday", "2 fortnights ago", "2 hours", "2026-02-30",
                           "2026-01-31T25:00:00Z", "2026-01-31T12:00", "2026-01-31T12:00:00.Z",
                           "2026-01-31T12:00:00Zx", "12x", "1234567890123456789012"}) {
    EXPECT_FALSE(parse_time(text, kNow).ok()) << text;
  }
}

TEST(TimeText, DurationsHaveTheirTwoLargestUnits) {
  EXPECT_EQ(duration_text(999), "0s");
  EXPECT_EQ(duration_text(59'999), "59s");
  EXPECT_EQ(duration_text(192'000), "3m 12s");
  EXPECT_EQ(duration_text(5 * 3'600'000 + 3 * 60'000), "5h 3m");
  EXPECT_EQ(duration_text(53 * 3'600'000ULL), "2d 5h");
}

}  // namespace
}  // namespace gyre::cli
