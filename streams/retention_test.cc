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
                                      std::uint64_t shard_bytes = 0) {
  auto table = std::make_shared<storage::TableEntry>();
  table->schema.id = TableId(1);
  table->schema.name = "T";
  std::uint64_t id = 100;
  for (const auto& [opened_ms, closed_ms] : times) {
    storage::ShardDescriptor shard;
    shard.id = ShardId(id++);
    shard.opened_ms = opened_ms;
    if (closed_ms != 0) shard.closed_ms = closed_ms;
    shard.last_cumulative_bytes = shard_bytes;
    table->shards.push_back(shard);
  }
  return storage::CatalogSnapshot().with(table);
}

TEST(Retention, OpenShardsRollWhenTheyAreOldEnough) {
  const auto catalog = catalog_with({{1 * kHour, 0}});
  EXPECT_THAT(plan_retention(catalog, 0, 5 * kHour, {}).rolls, IsEmpty());
  EXPECT_THAT(plan_retention(catalog, 0, 5 * kHour + 1, {}).rolls,
              ElementsAre(RetentionPlan::Roll{TableId(1), ""}));
  EXPECT_THAT(plan_retention(catalog, 0, 0, {}).rolls, IsEmpty());
}

TEST(Retention, ClosedShardsAreTrimmedADayAfterTheyClosed) {
  const auto catalog = catalog_with({{1 * kHour, 2 * kHour}, {2 * kHour, 4 * kHour}, {4 * kHour, 0}});
  EXPECT_THAT(plan_retention(catalog, 0, 26 * kHour, {}).trims, IsEmpty());
  EXPECT_THAT(plan_retention(catalog, 0, 26 * kHour + 1, {}).trims, ElementsAre(ShardId(100)));
  EXPECT_THAT(plan_retention(catalog, 0, 100 * kHour, {}).trims, ElementsAre(ShardId(100), ShardId(101)));
}

TEST(Retention, OverItsCapTheLogLosesTheOldestClosedShardFirst) {
  const auto catalog = catalog_with(
      {{1 * kHour, 4 * kHour}, {2 * kHour, 3 * kHour}, {3 * kHour, 5 * kHour}, {4 * kHour, 0}}, 300);
  RetentionOptions options;
  options.log_bytes_max = 1000;
  EXPECT_THAT(plan_retention(catalog, 1000, 5 * kHour, options).trims, IsEmpty());
  const RetentionPlan plan = plan_retention(catalog, 1001, 5 * kHour, options);
  EXPECT_THAT(plan.trims, ElementsAre(ShardId(101)));
  EXPECT_TRUE(plan.over_cap);
  EXPECT_THAT(plan_retention(catalog, 1300, 5 * kHour, options).trims, ElementsAre(ShardId(101)));
  EXPECT_THAT(plan_retention(catalog, 1301, 5 * kHour, options).trims,
              ElementsAre(ShardId(101), ShardId(100)));
  // What is trimmed for its age makes room as well.
  const RetentionPlan aged = plan_retention(catalog, 1301, 27 * kHour + 1, options);
  EXPECT_THAT(aged.trims, ElementsAre(ShardId(101), ShardId(100)));
  EXPECT_TRUE(aged.over_cap);
  EXPECT_FALSE(plan_retention(catalog, 1300, 27 * kHour + 1, options).over_cap);
  EXPECT_THAT(plan_retention(catalog_with({{1 * kHour, 0}}), 1001, 2 * kHour, options).trims, IsEmpty());
}

TEST(Retention, TablesRollBeforeTheirOpenShardsFillTheLog) {
  storage::CatalogSnapshot catalog;
  OpenBytes open;
  for (std::uint64_t id = 1; id <= 8; ++id) {
    auto table = std::make_shared<storage::TableEntry>();
    table->schema.id = TableId(id);
    table->schema.name = std::to_string(id);
    catalog = catalog.with(table);
    open[TableId(id)] = 90 + id;
  }
  const auto rolls = [&](std::uint64_t log_bytes_max = 1600) {
    RetentionOptions options;
    options.log_bytes_max = log_bytes_max;
    std::vector<TableId> tables;
    for (const RetentionPlan::Roll& roll : plan_retention(catalog, 800, 0, options, open).rolls) {
      tables.push_back(roll.table);
    }
    return tables;
  };
  EXPECT_THAT(rolls(), IsEmpty());
  open[TableId(3)] = 200;
  EXPECT_THAT(rolls(), ElementsAre(TableId(3)));  // all have 863, more than a half
  EXPECT_THAT(rolls(1200), ElementsAre(TableId(3), TableId(8)));
  open[TableId(1)] = 10;
  EXPECT_THAT(rolls(), IsEmpty());
  open[TableId(3)] = 201;  // more than an eighth
  EXPECT_THAT(rolls(), ElementsAre(TableId(3)));
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
