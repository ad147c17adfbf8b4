// SPDX-License-Identifier: Apache-2.0
#include "core/api/arn.h"

#include <gtest/gtest.h>

namespace gyre::api {
namespace {

const RegionId kRegion("eu-west-1");

TEST(Arn, OfATableNamesItAgain) {
  const std::string arn = table_arn(kRegion, "music");
  EXPECT_EQ(arn, "arn:aws:dynamodb:eu-west-1:000000000000:table/music");
  EXPECT_EQ(*table_name_of_arn(arn, kRegion), "music");
  EXPECT_EQ(*table_name_of_arn("arn:aws:dynamodb:eu-west-1:123456789012:table/music", kRegion), "music");
}

TEST(Arn, OfAStreamCarriesItsLabel) {
  EXPECT_EQ(stream_arn(kRegion, "music", "2026-11-21T08:15:30.123"),
            "arn:aws:dynamodb:eu-west-1:000000000000:table/music/stream/2026-11-21T08:15:30.123");
}

TEST(Arn, OfAnythingElseIsRefused) {
  for (const std::string_view text :
       {"arn:", "arn:aws:dynamodb:eu-west-1", "arn:aws:s3:eu-west-1:000000000000:table/music",
        "arn:aws:dynamodb:us-east-1:000000000000:table/music",
        "arn:aws:dynamodb:eu-west-1:000000000000:table/music/index/by-year",
        "arn:aws:dynamodb:eu-west-1:000000000000:music"}) {
    EXPECT_FALSE(table_name_of_arn(text, kRegion).ok()) << text;
  }
}

}  // namespace
}  // namespace gyre::api
