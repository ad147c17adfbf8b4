// SPDX-License-Identifier: Apache-2.0
#include "cli/peer_option.h"

#include <gtest/gtest.h>

namespace gyre::cli {
namespace {

TEST(RouteOption, ReadsWhatItWrites) {
  for (const char* text : {"eu-west-1=http://127.0.0.1:8001", "eu-west-1=https://[::1]:8001",
                           "eu-west-1=https://h:8001,/some/odd, file=name.pem"}) {
    const auto route = parse_route(text);
    ASSERT_TRUE(route.ok()) << text;
    EXPECT_EQ(format_route(*route), text);
    EXPECT_EQ(route->region, RegionId("eu-west-1"));
  }
  EXPECT_EQ(parse_route("a=https://h:1,/c,d.pem")->trust.certificate, "/c,d.pem");
  EXPECT_FALSE(parse_route("http://127.0.0.1:8001").ok());
  EXPECT_FALSE(parse_route("=http://127.0.0.1:8001").ok());
  EXPECT_FALSE(parse_route("").ok());
}

}  // namespace
}  // namespace gyre::cli
