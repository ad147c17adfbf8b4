// SPDX-License-Identifier: Apache-2.0
#include "cli/descriptors.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "core/base/limits.h"

namespace gyre::cli {
namespace {

TEST(Descriptors, SmallLimitsAreDividedBetweenStoreHttpAndStreams) {
  for (const std::size_t limit : {256u, 1024u, 4096u, 20'000u, 1'048'576u, 16'777'216u}) {
    const auto shares = share_descriptors(limit, 2, 2);
    ASSERT_TRUE(shares.ok()) << limit;
    const std::size_t store = limit - static_cast<std::size_t>(shares->http_descriptors_max);
    EXPECT_GE(store, limits::kStoreDescriptorsMin) << limit;
    EXPECT_LT(shares->store_files_max, static_cast<int>(store)) << limit;
    EXPECT_GE(shares->http_connections_max, limits::kHttpConnectionsMin) << limit;
    EXPECT_GE(shares->stream_connections_max, 8u) << limit;
    const std::size_t own = limits::kDescriptorsOfProgram + 2 * 3 + 2 * limits::kDescriptorsOfPeer;
    EXPECT_LT(own + shares->http_connections_max + shares->stream_connections_max + store, limit) << limit;
  }
}

TEST(Descriptors, ConnectionsToOtherRegionsComeOutOfTheWhole) {
  const auto without = share_descriptors(1024, 2, 2);
  const auto with = share_descriptors(1024, 2, 2, 2);
  EXPECT_LT(with->http_connections_max, without->http_connections_max);
  EXPECT_LT(with->http_descriptors_max, 1024);
  EXPECT_TRUE(share_descriptors(256, 2, 2, 2).ok());
}

TEST(Descriptors, ALargeLimitLetsTheStoreKeepEveryFileOpen) {
  EXPECT_EQ(share_descriptors(1'048'576, 2, 0)->store_files_max, -1);
  EXPECT_EQ(share_descriptors(1'048'576, 2, 0)->http_connections_max, limits::kHttpConnectionsMax);
  EXPECT_GT(share_descriptors(1024, 2, 0)->store_files_max, 200);
}

TEST(Descriptors, ALimitTooSmallToServeIsRefusedInOneLine) {
  const auto refused = share_descriptors(100, 2, 0);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message,
            "only 100 files may be open at once, and this region needs 150: raise the limit (ulimit -n)");
  EXPECT_FALSE(share_descriptors(149, 2, 0).ok());
  EXPECT_TRUE(share_descriptors(150, 2, 0).ok());
}

TEST(Descriptors, TheLimitIsRaisedToTheHighestThatTheProcessMayHave) {
  const std::size_t raised = raise_descriptor_limit();
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, limit.rlim_max);
  EXPECT_GE(limit.rlim_cur, raised);
}

}  // namespace
}  // namespace gyre::cli
