// SPDX-License-Identifier: Apache-2.0
#include "global-tables/apply_request.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "global-tables/region_fixture_test.h"

namespace gyre::global_tables {
namespace {

constexpr std::uint64_t kNowMs = 1'800'000'000'000;

class ApplyTest : public testing::Test {
 protected:
  ApplyTest() {
    region.open();
    region.store().writer().start();
    region.create_table();
    ProgressStep reset;
    reset.kind = ProgressStep::Kind::kReset;
    reset.attempt = 1;
    EXPECT_TRUE(apply_work({}, reset).ok());
  }
  ~ApplyTest() override { region.crash(); }

  // A write of "k" by this life of a table, at this time, that has seen no other.
  IncomingRecord write_of(std::uint64_t life, std::uint64_t after_ms) {
    const Item item{{"id", AttributeValue::string("k")}};
    IncomingRecord record;
    record.key = item_key(region.table()->schema.key_schema, item, true).value();
    record.keys = encode_item(item);
    record.write.image = encode_item(item);
    record.write.version = {hybrid_from_ms(kNowMs + after_ms), RegionId("r" + std::to_string(life))};
    record.write.vector.observe(IncarnationId(life), record.write.version.clock);
    record.write.origin.region = record.write.version.region;
    return record;
  }
  Status apply_work(std::vector<IncomingRecord> records, ProgressStep step) {
    ApplyWork work;
    work.peer = RegionId("peer");
    work.table = region.table()->schema.id;
    work.records = std::move(records);
    work.step = std::move(step);
    return region.write([&](storage::WriteTransaction& transaction) {
      ApplyCounts counts;
      return apply(work, transaction, counts);
    });
  }
  Status apply_records(std::vector<IncomingRecord> records) {
    ProgressStep step;
    step.attempt = 1;
    return apply_work(std::move(records), step);
  }

  ManualClock clock{kNowMs};
  RegionFixture region{"here", clock, 1};
};

TEST_F(ApplyTest, EveryLoserHasItsOwnLineInWhateverOrderTheyCome) {
  ASSERT_TRUE(apply_records({write_of(1, 50)}).ok());
  ASSERT_TRUE(apply_records({write_of(2, 10)}).ok());                   // loses
  ASSERT_TRUE(apply_records({write_of(3, 60)}).ok());                   // wins
  ASSERT_TRUE(apply_records({write_of(4, 70), write_of(5, 20)}).ok());  // wins, then loses
  ASSERT_TRUE(apply_records({write_of(6, 30), write_of(7, 80)}).ok());  // loses, then wins
  std::set<std::string> losers;
  for (const storage::Conflict& conflict : region.conflicts()) losers.insert(conflict.loser.region.name());
  EXPECT_EQ(losers, (std::set<std::string>{"r1", "r2", "r3", "r4", "r5", "r6"}));
}

TEST_F(ApplyTest, ProgressOfAnotherVersionIsStartedAnew) {
  const storage::RoomRow head{storage::RowPrefix("cursor/"),
                              fmt::format("peer/{:016x}", region.table()->schema.id.value())};
  ASSERT_TRUE(region
                  .write([&](storage::WriteTransaction& transaction) {
                    EXPECT_TRUE(transaction.rows().read(head).value().has_value());
                    transaction.rows().put(head, "\1 of the version before");
                    return Status();
                  })
                  .ok());
  EXPECT_EQ(apply_records({}).error().code, ErrorCode::kCorruption);
  ProgressStep reset;
  reset.kind = ProgressStep::Kind::kReset;
  reset.attempt = 2;
  ASSERT_TRUE(apply_work({}, reset).ok());
  EXPECT_EQ(region.progress("peer")->attempt, 2U);
}

// A shard whose row is spoilt is nobody's business but its own.
TEST_F(ApplyTest, NoStepReadsThePlacesOfOtherShardsAndAResetLeavesNoneBehind) {
  ProgressStep listed;
  listed.kind = ProgressStep::Kind::kListed;
  listed.attempt = 1;
  listed.shards = {ShardId(5), ShardId(6)};
  ASSERT_TRUE(apply_work({}, listed).ok());
  const auto place_row = [&](std::uint64_t shard) {
    return storage::RoomRow(storage::RowPrefix("cursor/"),
                            fmt::format("peer/{:016x}/{:016x}", region.table()->schema.id.value(), shard));
  };
  ASSERT_TRUE(region
                  .write([&](storage::WriteTransaction& transaction) {
                    transaction.rows().put(place_row(5), "spoilt");
                    return Status();
                  })
                  .ok());
  listed.shards = {ShardId(7)};
  EXPECT_TRUE(apply_work({}, listed).ok());
  ProgressStep done;
  done.kind = ProgressStep::Kind::kShardDone;
  done.attempt = 1;
  done.shard = ShardId(6);
  done.shards = {ShardId(8)};
  EXPECT_TRUE(apply_work({}, done).ok());
  ProgressStep reset;
  reset.kind = ProgressStep::Kind::kReset;
  reset.attempt = 2;
  ASSERT_TRUE(apply_work({}, reset).ok());
  EXPECT_TRUE(region
                  .write([&](storage::WriteTransaction& transaction) {
                    for (const std::uint64_t shard : {5, 6, 7, 8}) {
                      EXPECT_FALSE(transaction.rows().read(place_row(shard)).value().has_value()) << shard;
                    }
                    return Status();
                  })
                  .ok());
}

}  // namespace
}  // namespace gyre::global_tables
