// SPDX-License-Identifier: Apache-2.0
#include "streams/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "streams/region_fixture_test.h"

namespace gyre::streams {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kHour = 3600 * 1000;

// A table with shards that were opened and closed at these times; 0 = open.
storage::CatalogSnapshot catalog_with(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& times,
                                      std::uint64_t records = 0) {
  auto table = std::make_shared<storage::TableEntry>();
  table->schema.id = TableId(1);
  table->schema.name = "T";
  std::uint64_t id = 100;
  for (const auto& [opened_ms, closed_ms] : times) {
    storage::ShardDescriptor shard;
    shard.id = ShardId(id++);
    shard.opened_ms = opened_ms;
    if (closed_ms != 0) shard.closed_ms = closed_ms;
    shard.last_ordinal = Ordinal(records);
    table->shards.push_back(shard);
  }
  return storage::CatalogSnapshot().with(table);
}

constexpr auto kAllInLog = [](ShardId) { return true; };

TEST(Retention, OpenShardsRollWhenTheyAreOldEnough) {
  const auto catalog = catalog_with({{1 * kHour, 0}});
  EXPECT_THAT(plan_retention(catalog, 5 * kHour, {}, kAllInLog).rolls, IsEmpty());
  EXPECT_THAT(plan_retention(catalog, 5 * kHour + 1, {}, kAllInLog).rolls,
              ElementsAre(RetentionPlan::Roll{TableId(1), ""}));
  EXPECT_THAT(plan_retention(catalog, 0, {}, kAllInLog).rolls, IsEmpty());
}

TEST(Retention, ClosedShardsAreTrimmedADayAfterTheyClosed) {
  const auto catalog = catalog_with({{1 * kHour, 2 * kHour}, {2 * kHour, 4 * kHour}, {4 * kHour, 0}});
  EXPECT_THAT(plan_retention(catalog, 26 * kHour, {}, kAllInLog).trims, IsEmpty());
  EXPECT_THAT(plan_retention(catalog, 26 * kHour + 1, {}, kAllInLog).trims, ElementsAre(ShardId(100)));
  EXPECT_THAT(plan_retention(catalog, 100 * kHour, {}, kAllInLog).trims,
              ElementsAre(ShardId(100), ShardId(101)));
}

TEST(Retention, ClosedShardsWhoseRecordsHaveLeftTheLogAreTrimmedAtOnce) {
  const auto has = [](ShardId shard) { return shard != ShardId(100); };
  const auto with = [](std::uint64_t records) {
    return catalog_with({{1 * kHour, 4 * kHour}, {2 * kHour, 3 * kHour}, {4 * kHour, 0}}, records);
  };
  EXPECT_THAT(plan_retention(with(1), 4 * kHour, {}, has).trims, ElementsAre(ShardId(100)));
  EXPECT_THAT(plan_retention(with(0), 4 * kHour, {}, has).trims, IsEmpty());
}

TEST(Retention, RollsAndTrimsThroughTheWriter) {
  ManualClock clock(1'800'000'000'000);
  RegionFixture region(clock);
  region.enable_stream(StreamViewType::kNewAndOldImages);
  const std::size_t before = region.table()->shards.size();
  const auto upkeep = storage::Upkeep::make(region.store());
  upkeep->add(make_retention(region.store(), {}));
  upkeep->tick();
  EXPECT_EQ(region.table()->shards.size(), before);
  clock.advance_ms(limits::kShardRollMs + 1);
  upkeep->tick();
  EXPECT_EQ(region.table()->open_shards().size(), limits::kShardsPerNewTable);
  EXPECT_EQ(region.table()->open_shards().front().stream_label, region.label());
  EXPECT_GT(region.table()->shards.size(), before);
  clock.advance_ms(limits::kStreamRetentionMs + limits::kShardRollMs);
  upkeep->tick();
  for (const storage::ShardDescriptor& shard : region.table()->shards) {
    EXPECT_TRUE(shard.open() || *shard.closed_ms + limits::kStreamRetentionMs >= clock.now_ms());
  }
}

TEST(Retention, StopWaitsAndMayBeRepeated) {
  ManualClock clock(1'800'000'000'000);
  RegionFixture region(clock);
  const auto upkeep = storage::Upkeep::make(region.store());
  upkeep->add(make_retention(region.store(), {}));
  upkeep->start();
  upkeep->stop();
  upkeep->stop();
}

}  // namespace
}  // namespace gyre::streams
