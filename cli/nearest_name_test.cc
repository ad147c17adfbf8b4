// SPDX-License-Identifier: Apache-2.0
#include "cli/nearest_name.h"

#include <gtest/gtest.h>

#include <vector>

namespace gyre::cli {
namespace {

const std::vector<std::string> kCommands = {"serve", "up", "link", "region", "verify", "tail", "replay"};

TEST(NearestName, ASlipOfTheHandIsUnderstood) {
  EXPECT_EQ(nearest_name("sevre", kCommands), "serve");     // swapped
  EXPECT_EQ(nearest_name("serv", kCommands), "serve");      // too few
  EXPECT_EQ(nearest_name("regions", kCommands), "region");  // too many
  EXPECT_EQ(nearest_name("tial", kCommands), "tail");
  EXPECT_EQ(nearest_name("verfiy", kCommands), "verify");
  EXPECT_EQ(nearest_name("--latencey", std::vector<std::string>{"--loss", "--latency"}), "--latency");
  EXPECT_EQ(nearest_name("-latency", std::vector<std::string>{"--loss", "--latency"}), "--latency");
}

TEST(NearestName, WhatIsNotNearIsNotGuessed) {
  EXPECT_EQ(nearest_name("frobnicate", kCommands), "");
  EXPECT_EQ(nearest_name("x", kCommands), "");
  EXPECT_EQ(nearest_name("", kCommands), "");
  EXPECT_EQ(nearest_name("--", kCommands), "");
  EXPECT_EQ(nearest_name(std::string(1000, 's'), kCommands), "");
  EXPECT_EQ(nearest_name("tail", {}), "");
}

}  // namespace
}  // namespace gyre::cli
