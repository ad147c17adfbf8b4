// SPDX-License-Identifier: Apache-2.0
#include "core/storage/reclaimer.h"

#include <algorithm>
#include <chrono>

#include "core/engine/forwarding_engine.h"
#include "core/storage/expiry_rows.h"
#include "core/storage/harness_test.h"
#include "core/storage/local_home.h"
#include "core/storage/testing/memory_home.h"

namespace gyre::storage {
namespace {

bool is_dead(const std::vector<KeyRange>& dead, const std::string& row) {
  return std::any_of(dead.begin(), dead.end(),
                     [&](const KeyRange& range) { return range.lower <= row && row < range.upper; });
}

ShardDescriptor shard_of(ShardId id, TableId table) {
  ShardDescriptor shard;
  shard.id = id;
  shard.table = table;
  return shard;
}

TEST(DeadRanges, AreAllThatTheCatalogDoesNotKnow) {
  auto living = std::make_shared<TableEntry>();
  living->schema = test_schema(TableId(100), "living");
  living->schema.indexes.push_back({});
  living->schema.indexes.back().id = IndexId(101);
  living->shards.push_back(shard_of(ShardId(102), TableId(100)));
  auto deleted = std::make_shared<TableEntry>();
  deleted->schema = test_schema(TableId(200), "deleted");
  deleted->schema.deleted_ms = 1;
  deleted->shards.push_back(shard_of(ShardId(202), TableId(200)));
  const CatalogSnapshot catalog = CatalogSnapshot().with(living).with(deleted);

  const auto items = dead_ranges(catalog, Family::kItems, 1000);
  const auto item = [](std::uint64_t table) { return item_row(TableId(table), test_key("a")); };
  EXPECT_FALSE(is_dead(items, item(100)));
  for (const std::uint64_t table : {1, 99, 101, 200, 201, 999})
    EXPECT_TRUE(is_dead(items, item(table))) << table;
  EXPECT_FALSE(is_dead(items, item(1000)));  // may come into being meanwhile
  EXPECT_EQ(dead_ranges(catalog, Family::kTombstones, 1000), items);

  const auto indexes = dead_ranges(catalog, Family::kIndexes, 1000);
  const auto entry = [&](std::uint64_t index) { return index_row(IndexId(index), test_key("a"), item(100)); };
  EXPECT_FALSE(is_dead(indexes, entry(101)));
  for (const std::uint64_t index : {1, 100, 102, 999}) EXPECT_TRUE(is_dead(indexes, entry(index))) << index;
  EXPECT_FALSE(is_dead(indexes, expiry_cursor_row(TableId(100))));
  EXPECT_FALSE(is_dead(indexes, encode_expiry_row({5, item(100)})));
  EXPECT_TRUE(is_dead(indexes, encode_expiry_row({5, item(200)})));

  const auto conflicts = dead_ranges(catalog, Family::kConflicts, 1000);
  EXPECT_FALSE(is_dead(conflicts, conflict_row(TableId(200), SequenceNumber(1), 0)));
  EXPECT_TRUE(is_dead(conflicts, conflict_row(TableId(201), SequenceNumber(1), 0)));
  EXPECT_TRUE(dead_ranges(catalog, Family::kCatalog, 1000).empty());
}

/// Calls a function at each reclaim().
class WatchedEngine final : public ForwardingEngine {
 public:
  WatchedEngine(Engine& engine, const std::function<void()>& reclaiming)
      : ForwardingEngine(engine), reclaiming_(reclaiming) {}
  Status reclaim(Family, const std::vector<KeyRange>&) override {
    reclaiming_();
    return {};
  }

 private:
  const std::function<void()>& reclaiming_;
};

// An engine that flushed more than the log has would be refused by the next start.
TEST(Reclaiming, FindsNothingInTheEngineThatTheLogCouldLose) {
  MemoryHome home;
  ManualClock clock(1'800'000'000'000);
  std::function<void()> reclaiming;
  StoreOptions options;
  options.region = RegionId("here");
  options.durability = Durability::kAsync;
  const auto store = ok(Store::open(
      {std::make_unique<WatchedEngine>(home.engine(), reclaiming), home.share_disk()}, options, clock));
  store->writer().start();
  const auto write = [&](const std::function<Status(WriteTransaction&)>& evaluate) {
    ASSERT_TRUE(submit_and_wait(store->writer(), WriteClass::kClient, evaluate).ok());
  };
  write([](WriteTransaction& transaction) {
    return transaction.catalog().put_table(test_schema(transaction.catalog().new_table_id(), "table"));
  });
  const TablePointer table = store->catalog().snapshot()->find("table");
  int puts = 0;
  const auto put = [&] {
    const std::string name = "item" + std::to_string(++puts);
    write([&](WriteTransaction& transaction) {
      return transaction.items().put(*table, test_key(name), test_image(name, "v"));
    });
  };
  const auto log_is_behind = [&] {
    return ok(applied(home.engine()))->frame > store->log().log().last().frame;
  };
  put();
  EXPECT_TRUE(log_is_behind());
  int reclaims = 0;
  reclaiming = [&] {
    ++reclaims;
    EXPECT_FALSE(log_is_behind());
    put();
    EXPECT_FALSE(log_is_behind());
  };
  const auto reclaimer = Upkeep::make(*store);
  reclaimer->add(make_reclaiming(*store));
  reclaimer->tick();
  EXPECT_EQ(reclaims, 4);
  put();
  EXPECT_TRUE(log_is_behind());
  store->stop();
}

class ReclaimerOnDisk : public testing::Test {
 protected:
  static constexpr std::size_t kRows = 128;
  static constexpr std::size_t kValueBytes = 64 * 1024;
  static constexpr std::uint64_t kBytes = kRows * kValueBytes;  // what may stay is less than a quarter

  ReclaimerOnDisk() {
    RocksdbOptions options;
    options.directory = directory_.path();
    options.memtable_bytes = 512 * 1024;
    options.ballast_bytes = 0;
    StoreOptions store;
    store.region = RegionId("here");
    store_ = ok(Store::open(ok(open_local_home(options)), store, clock_));
    store_->writer().start();
    reclaimer_ = Upkeep::make(*store_);
    reclaimer_->add(make_reclaiming(*store_));
  }
  ~ReclaimerOnDisk() override {
    reclaimer_->stop();
    store_->stop();
  }

  void write(const std::function<Status(WriteTransaction&)>& evaluate) {
    ASSERT_TRUE(submit_and_wait(store_->writer(), WriteClass::kClient, evaluate).ok());
  }
  TablePointer create_table(const std::string& name) {
    write([&](WriteTransaction& transaction) {
      TableSchema schema = test_schema(transaction.catalog().new_table_id(), name);
      IndexSchema index;
      index.id = transaction.catalog().new_index_id();
      index.name = "by_value";
      index.partition.push_back(test_keys().partition);
      index.status = IndexStatus::kActive;
      schema.indexes.push_back(index);
      return transaction.catalog().put_table(schema);
    });
    return store_->catalog().snapshot()->find(name);
  }
  void fill(const TableEntry& table) {
    for (std::size_t i = 0; i < kRows; ++i) {
      const std::string name = "item" + std::to_string(i);
      write([&](WriteTransaction& transaction) {
        return transaction.items().put(table, test_key(name),
                                       test_image(name, random_bytes(random_, kValueBytes)));
      });
    }
  }
  std::uint64_t size(Family family) { return store_->engine().size_bytes(family); }
  // What the engine is doing by itself may hold files for a while.
  void expect_falls_below(Family family, std::uint64_t bytes) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (size(family) >= bytes) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << size(family);
      reclaimer_->tick();
    }
  }

  const TemporaryDirectory directory_;
  const SystemClock clock_;
  SeededRandom random_{1};
  std::unique_ptr<Store> store_;
  std::unique_ptr<Upkeep> reclaimer_;
};

TEST_F(ReclaimerOnDisk, ADeletedTableGivesItsSpaceBackAndOthersStay) {
  const TablePointer before = create_table("before");
  const TablePointer dropped = create_table("dropped");
  const TablePointer after = create_table("after");
  for (const TablePointer& table : {before, dropped, after}) fill(*table);
  EXPECT_GT(size(Family::kItems), 5 * kBytes / 2);
  EXPECT_GT(size(Family::kIndexes), 5 * kBytes / 2);
  write([&](WriteTransaction& transaction) { return transaction.catalog().drop_table(dropped->schema.id); });
  expect_falls_below(Family::kItems, 9 * kBytes / 4);
  expect_falls_below(Family::kIndexes, 9 * kBytes / 4);
  for (const TablePointer& table : {before, after}) {
    for (std::size_t i = 0; i < kRows; ++i) {
      const std::string row = item_row(table->schema.id, test_key("item" + std::to_string(i)));
      EXPECT_TRUE(ok(store_->engine().get(Family::kItems, row, ReadTier::kAll)).has_value());
    }
  }
  // Nor does anything of it come back to life.
  const auto [lower, upper] = table_rows(dropped->schema.id);
  const auto rows = store_->engine().iterate(Family::kItems, {.lower = lower, .upper = upper});
  rows->seek_to_first();
  EXPECT_FALSE(rows->valid());
}

TEST_F(ReclaimerOnDisk, ARemovedIndexGivesItsSpaceBack) {
  const TablePointer table = create_table("table");
  fill(*table);
  EXPECT_GT(size(Family::kIndexes), kBytes * 3 / 4);
  write([&](WriteTransaction& transaction) {
    TableSchema schema = table->schema;
    schema.indexes.clear();
    return transaction.catalog().put_table(schema);
  });
  expect_falls_below(Family::kIndexes, kBytes / 4);
  EXPECT_GT(size(Family::kItems), kBytes * 3 / 4);
}

}  // namespace
}  // namespace gyre::storage
