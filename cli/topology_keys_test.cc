// SPDX-License-Identifier: Apache-2.0
#include "cli/topology_keys.h"

#include <gtest/gtest.h>

#include "cli/files.h"
#include "cli/topology.h"

namespace gyre::cli {
namespace {

TEST(TopologyKeys, ThePageHasEveryKeyWithItsDefault) {
  const auto page = read_file(GYRE_TOPOLOGY_PAGE);
  ASSERT_TRUE(page.ok()) << page.error().message;
  EXPECT_NE(page->find(topology_tables()), std::string::npos) << "the end of docs/topology.md must be:\n"
                                                              << topology_tables();
}

TEST(TopologyKeys, WhatATopologyWritesIsOnThePage) {
  const auto topology = parse_topology(R"(
[[region]]
name = "a"
http = "h:1"
stream = "tcp://h:2"
tls_certificate = "/c"
tls_key = "/k"
allowed_origins = ["http://o"]
archive = "/a"
archive_endpoint = "http://e"
archive_key = "/ak"
[[region]]
name = "b"
http = "h:3"
stream = "tcp://h:4"
[[link]]
between = ["a", "b"]
[[consumer]]
name = "c"
region = "a"
table = "t"
library = "l"
)",
                                       "f");
  ASSERT_TRUE(topology.ok()) << topology.error().message;
  const std::string text = format_topology(*topology);
  for (const TopologyKey& key : topology_keys()) {
    if (key.name == "between") continue;  // written as two links, from and to
    EXPECT_NE(text.find("\n" + key.name + " = "), std::string::npos) << key.name << "\n" << text;
  }
}

}  // namespace
}  // namespace gyre::cli
