// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/exposition.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace gyre::metrics {
namespace {

const Family kThings{"gyre_things_total", Type::kCounter, {"kind", "place"}, "Things, \\ and\nmore"};
const Family kHeld{"gyre_held_bytes", Type::kGauge, {}, "Held"};
const Family kTook{"gyre_took_seconds", Type::kHistogram, {"kind"}, "Took"};

TEST(Exposition, HasHelpAndTypeOnceAndALineForEachSample) {
  std::string page;
  Exposition exposition(page);
  exposition.begin(kThings);
  exposition.sample({"a", "x"}, std::uint64_t{1});
  exposition.sample({"b", "y"}, std::numeric_limits<std::uint64_t>::max());
  exposition.begin(kHeld);
  exposition.sample({}, 1.5);
  EXPECT_EQ(page,
            "# HELP gyre_things_total Things, \\\\ and\\nmore\n"
            "# TYPE gyre_things_total counter\n"
            "gyre_things_total{kind=\"a\",place=\"x\"} 1\n"
            "gyre_things_total{kind=\"b\",place=\"y\"} 18446744073709551615\n"
            "# HELP gyre_held_bytes Held\n"
            "# TYPE gyre_held_bytes gauge\n"
            "gyre_held_bytes 1.5\n");
}

TEST(Exposition, EscapesTheValuesOfLabels) {
  std::string page;
  Exposition exposition(page);
  exposition.begin(kThings);
  exposition.sample({"a \"quoted\"\nname", "C:\\ größer"}, std::uint64_t{1});
  EXPECT_NE(page.find("{kind=\"a \\\"quoted\\\"\\nname\",place=\"C:\\\\ größer\"} 1\n"), std::string::npos)
      << page;
}

TEST(Exposition, LeavesOutAFamilyWithoutSamples) {
  std::string page;
  Exposition exposition(page);
  exposition.begin(kThings);
  exposition.begin(kHeld);
  EXPECT_EQ(page, "");
}

TEST(Exposition, WritesWhatIsNoNumberAsPrometheusDoes) {
  std::string page;
  Exposition exposition(page);
  const Family family{"gyre_odd", Type::kGauge, {"kind"}, "Odd"};
  exposition.begin(family);
  exposition.sample({"a"}, std::numeric_limits<double>::infinity());
  exposition.sample({"b"}, -std::numeric_limits<double>::infinity());
  exposition.sample({"c"}, std::numeric_limits<double>::quiet_NaN());
  EXPECT_NE(page.find("{kind=\"a\"} +Inf\n"), std::string::npos);
  EXPECT_NE(page.find("{kind=\"b\"} -Inf\n"), std::string::npos);
  EXPECT_NE(page.find("{kind=\"c\"} NaN\n"), std::string::npos);
}

TEST(Exposition, BucketsOfAHistogramAreCumulativeAndEndInInf) {
  static constexpr std::array<std::uint64_t, 3> kBounds = {1'000'000, 5'000'000, 2'000'000'000};
  Histogram histogram(kBounds);
  for (const std::uint64_t value : {0, 1'000'000, 1'000'001, 5'000'000}) histogram.record(value);
  histogram.record(3'000'000'000);
  std::string page;
  Exposition exposition(page);
  exposition.begin(kTook);
  exposition.histogram({"a"}, histogram.read(), 1e9);
  EXPECT_EQ(page,
            "# HELP gyre_took_seconds Took\n"
            "# TYPE gyre_took_seconds histogram\n"
            "gyre_took_seconds_bucket{kind=\"a\",le=\"0.001\"} 2\n"
            "gyre_took_seconds_bucket{kind=\"a\",le=\"0.005\"} 4\n"
            "gyre_took_seconds_bucket{kind=\"a\",le=\"2\"} 4\n"
            "gyre_took_seconds_bucket{kind=\"a\",le=\"+Inf\"} 5\n"
            "gyre_took_seconds_sum{kind=\"a\"} 3.007000001\n"
            "gyre_took_seconds_count{kind=\"a\"} 5\n");
}

TEST(ExpositionDeathTest, AFamilyComesOnceWithAllOfItsLabels) {
  std::string page;
  Exposition exposition(page);
  exposition.begin(kThings);
  EXPECT_DEATH(exposition.begin(kThings), "");
  EXPECT_DEATH(exposition.sample({"a"}, std::uint64_t{1}), "");
  EXPECT_DEATH(exposition.begin({"gyre_things", Type::kCounter, {}, "no _total"}), "");
}

}  // namespace
}  // namespace gyre::metrics
