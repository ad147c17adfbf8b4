// SPDX-License-Identifier: Apache-2.0
#include "core/storage/log_trimming.h"

#include "core/base/clock.h"
#include "core/storage/function_request.h"
#include "core/storage/harness_test.h"
#include "core/storage/testing/memory_home.h"

namespace gyre::storage {
namespace {

constexpr std::uint64_t kSegmentBytes = 16 * 1024;
constexpr std::uint64_t kHour = 60 * 60 * 1000;

// A store whose writer, log and upkeep are turned by hand: on the test's thread, but for the writer's own.
class Trimming : public ::testing::Test {
 protected:
  ~Trimming() override { store_->stop(); }

  void open(LogTrimmingOptions options = {}, Durability durability = Durability::kSync) {
    upkeep_.reset();
    if (store_) store_->stop();
    store_.reset();
    StoreOptions made;
    made.region = RegionId("here");
    made.log.segment_bytes = kSegmentBytes;
    made.durability = durability;
    store_ = ok(Store::open(home_.door(), made, clock_));
    store_->writer().start();
    upkeep_ = Upkeep::make(*store_);
    upkeep_->add(make_log_trimming(*store_, options));
  }
  Status write(std::function<Status(WriteTransaction&)> evaluate) {
    return submit_and_wait(store_->writer(), WriteClass::kClient, std::move(evaluate));
  }
  TablePointer create_table(const std::string& name) {
    EXPECT_TRUE(write([&](WriteTransaction& transaction) {
                  return transaction.catalog().put_table(
                      test_schema(transaction.catalog().new_table_id(), name));
                }).ok());
    return store_->catalog().snapshot()->find(name);
  }
  void put(const TableEntry& table, int items) {
    for (int i = 0; i < items; ++i) {
      const std::string name = std::to_string(i);
      const std::string value = std::to_string(++puts_) + std::string(1000, 'v');  // an equal one is no write
      ASSERT_TRUE(write([&](WriteTransaction& transaction) {
                    return transaction.items().put(table, test_key(name), test_image(name, value));
                  }).ok());
    }
    ASSERT_TRUE(store_->log().do_upkeep().ok());
  }
  // A flush that was asked for comes with the next commit.
  void turn() {
    for (int i = 0; i < 4; ++i) {
      upkeep_->tick();
      ASSERT_TRUE(write([](WriteTransaction&) { return Status(); }).ok());
      ASSERT_TRUE(store_->log().do_upkeep().ok());
    }
  }
  std::uint64_t log_bytes() { return store_->log().log().bytes(); }
  ShardId shard_of(const TableEntry& table, const std::string& name) {
    return table.open_shard(test_key(name).partition_hash).id;
  }

  MemoryHome home_;
  int puts_ = 0;
  ManualClock clock_{1'800'000'000'000};
  std::unique_ptr<Store> store_;
  std::unique_ptr<Upkeep> upkeep_;
};

TEST_F(Trimming, TakesWhatIsPastRetentionAndNothingElse) {
  open();
  const TablePointer table = create_table("orders");
  put(*table, 100);
  const std::uint64_t before = log_bytes();
  turn();
  EXPECT_EQ(log_bytes(), before);
  clock_.advance_ms(limits::kStreamRetentionMs + kHour);
  put(*table, 100);
  const std::uint64_t full = log_bytes();
  turn();
  EXPECT_LT(log_bytes(), full - before + 3 * kSegmentBytes);
  // What is young is there to the last record.
  const auto ends = store_->log().log().ends(shard_of(*table, "1"));
  ASSERT_TRUE(ends.has_value());
  EXPECT_EQ(ends->head.ordinal, store_->writer().head(shard_of(*table, "1"))->ordinal);
}

TEST_F(Trimming, KeepsToItsCap) {
  open({.log_bytes_max = 8 * kSegmentBytes});
  const TablePointer table = create_table("orders");
  for (int round = 0; round < 10; ++round) {
    put(*table, 50);
    turn();
    EXPECT_LE(log_bytes(), 10 * kSegmentBytes);
  }
}

TEST_F(Trimming, ATableThatIsQuietKeepsItsPlace) {
  open();
  const TablePointer quiet = create_table("quiet");
  const TablePointer busy = create_table("busy");
  put(*quiet, 20);
  const ShardId shard = shard_of(*quiet, "1");
  const ShardHead head = store_->writer().head(shard).value();
  const LogCursor end = ok(store_->change_log().seek_to_end(shard, ReadTier::kAll));
  clock_.advance_ms(limits::kStreamRetentionMs + kHour);
  put(*busy, 200);
  turn();
  ASSERT_FALSE(store_->log().log().ends(shard).has_value());
  home_.engine().flush().ok();
  open();
  EXPECT_EQ(store_->writer().head(shard)->ordinal, head.ordinal);
  EXPECT_EQ(store_->writer().head(shard)->cumulative_bytes, head.cumulative_bytes);
  EXPECT_TRUE(ok(store_->change_log().read(end, 1, 1, ReadTier::kAll)).empty());
  put(*store_->catalog().snapshot()->find("quiet"), 20);
  EXPECT_EQ(ok(store_->change_log().read(end, 1, 1, ReadTier::kAll))[0].ordinal.value(),
            head.ordinal.value() + 1);
}

TEST_F(Trimming, WhereAShardHadComeToOutlivesItsRecordsAlsoIfCommitsAreNotSynced) {
  open({}, Durability::kAsync);
  const TablePointer quiet = create_table("quiet");
  const TablePointer busy = create_table("busy");
  put(*quiet, 20);
  const ShardId shard = shard_of(*quiet, "1");
  const std::uint64_t records = store_->log().log().reader().seek_to_end(shard).ordinal.value();
  clock_.advance_ms(limits::kStreamRetentionMs + kHour);
  put(*busy, 200);
  // Not turn(), which goes on after it.
  for (int i = 0; i < 100; ++i) {
    upkeep_->tick();
    if (!store_->log().log().ends(shard)) break;
    ASSERT_TRUE(write([](WriteTransaction&) { return Status(); }).ok());
    ASSERT_TRUE(store_->log().do_upkeep().ok());
  }
  ASSERT_FALSE(store_->log().log().ends(shard).has_value());
  // Power goes at once: what a stop would sync is lost.
  home_.disk().doom();
  upkeep_.reset();
  store_->stop();
  store_.reset();
  SeededRandom random(1);
  home_.lose_power(random);
  open();
  EXPECT_GT(records, 0U);
  ASSERT_TRUE(store_->writer().head(shard).has_value());
  EXPECT_GE(store_->writer().head(shard)->ordinal.value(), records);
}

log::SegmentNumber oldest_of(Store& store) {
  return store.log().log().closed_segments()->front()->number();
}

TEST_F(Trimming, WaitsForTheArchive) {
  std::uint64_t archived = 0;
  open({.archived_through = [&archived] { return log::SegmentNumber(archived); }});
  const TablePointer table = create_table("orders");
  put(*table, 100);
  clock_.advance_ms(limits::kStreamRetentionMs + kHour);
  put(*table, 100);
  turn();
  EXPECT_EQ(oldest_of(*store_).value(), 1);
  archived = 3;
  turn();
  EXPECT_EQ(oldest_of(*store_).value(), 4);
  archived = 1'000;
  turn();
  EXPECT_GT(oldest_of(*store_).value(), 5);
}

TEST_F(Trimming, WhatTheArchiveDoesNotTakeLeavesAtItsCapAndNotBefore) {
  open({.log_bytes_max = 4 * kSegmentBytes,
        .archived_through = [] { return log::SegmentNumber(); },
        .unarchived_bytes_max = 12 * kSegmentBytes});
  const TablePointer table = create_table("orders");
  std::uint64_t most = 0;
  for (int round = 0; round < 20; ++round) {
    put(*table, 20);
    most = std::max(most, log_bytes());
    turn();
    EXPECT_LE(log_bytes(), 14 * kSegmentBytes);
    if (oldest_of(*store_).value() > 1) {
      EXPECT_GT(log_bytes(), 9 * kSegmentBytes);
    }
  }
  EXPECT_GT(most, 12 * kSegmentBytes);
  EXPECT_GT(oldest_of(*store_).value(), 1);
}

TEST_F(Trimming, AFullDiskWaitsForNoArchive) {
  open({.log_bytes_max = 4 * kSegmentBytes,
        .archived_through = [] { return log::SegmentNumber(); },
        .free_bytes_min = 2 * limits::kDiskFloorBytes});
  const TablePointer table = create_table("orders");
  home_.engine().set_free_bytes(2 * limits::kDiskFloorBytes);
  put(*table, 200);
  turn();
  EXPECT_EQ(oldest_of(*store_).value(), 1);
  home_.engine().set_free_bytes(2 * limits::kDiskFloorBytes - 1);
  turn();
  EXPECT_GT(oldest_of(*store_).value(), 1);
}

TEST_F(Trimming, TheCatalogIsReadFromItsStartForEver) {
  open();
  create_table("first");
  const TablePointer busy = create_table("busy");
  clock_.advance_ms(limits::kStreamRetentionMs + kHour);
  put(*busy, 200);
  turn();
  const LogCursor start{store_->epoch(), kCatalogShard, {}, {}, 0};
  EXPECT_EQ(ok(store_->change_log().read(start, 1, 1, ReadTier::kAll))[0].ordinal, Ordinal(1));
}

}  // namespace
}  // namespace gyre::storage
