// SPDX-License-Identifier: Apache-2.0
#include "global-tables/links.h"

#include <gtest/gtest.h>

namespace gyre::global_tables {
namespace {

using Direction = streams::LinkShaper::Direction;

TEST(ShapedLink, DelaysByLatencyAndJitterInOrder) {
  LinkSettings settings;
  settings.latency_ms = 10;
  settings.jitter_ms = 5;
  ShapedLink link(settings, 1);
  std::uint64_t last = 0;
  for (std::uint64_t now = 0; now < 100'000'000; now += 100'000) {
    const std::uint64_t release = link.release_ns(Direction::kToReader, now).value();
    EXPECT_GE(release, now + 10'000'000);
    EXPECT_LE(release, now + 15'000'000);
    EXPECT_GE(release, last);
    last = release;
  }
}

TEST(ShapedLink, CutLosesEverythingUntilItIsHealed) {
  LinkSettings settings;
  settings.cut = true;
  ShapedLink link(settings, 1);
  EXPECT_FALSE(link.release_ns(Direction::kToRegion, 5).has_value());
  link.change(LinkSettings());
  EXPECT_EQ(link.release_ns(Direction::kToRegion, 5), 5U);
}

TEST(ShapedLink, LosesItsShareAndRepeatsForTheSameSeed) {
  LinkSettings settings;
  settings.loss = 0.25;
  ShapedLink link(settings, 9), same(settings, 9);
  int lost = 0;
  for (int i = 0; i < 10'000; ++i) {
    const bool gone = !link.release_ns(Direction::kToReader, 1).has_value();
    EXPECT_EQ(gone, !same.release_ns(Direction::kToReader, 1).has_value());
    lost += gone ? 1 : 0;
  }
  EXPECT_GT(lost, 2'300);
  EXPECT_LT(lost, 2'700);
}

TEST(LinkSettings, SurviveTheirRowAndStayWithinBounds) {
  LinkSettings settings;
  settings.latency_ms = 120;
  settings.jitter_ms = 7;
  settings.loss = 0.125;
  settings.cut = true;
  EXPECT_EQ(decode_link_settings(encode_link_settings(settings)).value(), settings);
  EXPECT_FALSE(decode_link_settings("").ok());
  settings.loss = 1.5;
  EXPECT_EQ(check_link_settings(settings).error().code, ErrorCode::kValidation);
}

}  // namespace
}  // namespace gyre::global_tables
