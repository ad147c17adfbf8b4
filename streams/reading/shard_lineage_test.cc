// SPDX-License-Identifier: Apache-2.0
#include "streams/reading/shard_lineage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gyre::streams {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ShardInfo shard(std::uint64_t id, std::optional<std::uint64_t> parent = {}) {
  ShardInfo info;
  info.shard = ShardId(id);
  if (parent) info.parent = ShardId(*parent);
  return info;
}

TEST(ShardLineage, ParentsComeBeforeChildren) {
  ShardLineage lineage;
  EXPECT_THAT(lineage.add({shard(10), shard(20, 10), shard(21, 10), shard(30, 20)}),
              ElementsAre(ShardId(10)));
  EXPECT_THAT(lineage.finished(ShardId(10), {ShardId(20), ShardId(21)}),
              ElementsAre(ShardId(20), ShardId(21)));
  EXPECT_THAT(lineage.finished(ShardId(21), {}), IsEmpty());
  EXPECT_THAT(lineage.finished(ShardId(20), {ShardId(30)}), ElementsAre(ShardId(30)));
}

TEST(ShardLineage, AShardWhoseParentIsTrimmedIsReadAtOnce) {
  ShardLineage lineage;
  EXPECT_THAT(lineage.add({shard(20, 10)}), ElementsAre(ShardId(20)));
}

TEST(ShardLineage, ChildrenThatNoListingNamedComeFromTheirParentsEnd) {
  ShardLineage lineage;
  EXPECT_THAT(lineage.add({shard(10)}), ElementsAre(ShardId(10)));
  EXPECT_THAT(lineage.finished(ShardId(10), {ShardId(11)}), ElementsAre(ShardId(11)));
  EXPECT_FALSE(lineage.idle());
}

TEST(ShardLineage, EachShardIsHandedOutOnce) {
  ShardLineage lineage;
  EXPECT_THAT(lineage.add({shard(10)}), ElementsAre(ShardId(10)));
  EXPECT_THAT(lineage.add({shard(10)}), IsEmpty());
  EXPECT_THAT(lineage.finished(ShardId(10), {}), IsEmpty());
  EXPECT_THAT(lineage.add({shard(10)}), IsEmpty());
  EXPECT_TRUE(lineage.idle());
}

TEST(ShardLineage, WhatWasFinishedIsRememberedWhileItMayBeListed) {
  ShardLineage lineage({ShardId(9)});
  EXPECT_THAT(lineage.add({shard(9), shard(10, 9)}), ElementsAre(ShardId(10)));
  EXPECT_THAT(lineage.finished(ShardId(10), {}), IsEmpty());
  EXPECT_THAT(lineage.add({shard(9), shard(10, 9)}), IsEmpty());
  EXPECT_THAT(lineage.add({}), IsEmpty());
  EXPECT_THAT(lineage.add({shard(10)}), ElementsAre(ShardId(10))) << "it takes no room any more";
}

TEST(ShardLineage, AShardIsNotItsOwnChild) {
  ShardLineage lineage;
  EXPECT_THAT(lineage.add({shard(10)}, /*last=*/true), ElementsAre(ShardId(10)));
  EXPECT_THAT(lineage.finished(ShardId(10), {ShardId(10)}), IsEmpty());
}

TEST(ShardLineage, WhatIsLeftOutHoldsNobodyUp) {
  ShardLineage lineage;
  lineage.leave_out(ShardId(10));
  EXPECT_THAT(lineage.add({shard(10), shard(20, 10)}), ElementsAre(ShardId(20)));
}

TEST(ShardLineage, AShardThatIsGoneHoldsNobodyUp) {
  ShardLineage lineage;
  EXPECT_THAT(lineage.add({shard(10), shard(20, 10)}), ElementsAre(ShardId(10)));
  EXPECT_THAT(lineage.gone(ShardId(10)), ElementsAre(ShardId(20)));
}

}  // namespace
}  // namespace gyre::streams
