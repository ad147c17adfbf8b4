// SPDX-License-Identifier: Apache-2.0
#include "core/storage/item_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/engine/memory/memory_engine.h"
#include "core/storage/harness_test.h"

namespace gyre::storage {
namespace {

/// A cache over an engine, with the writer's part played by hand.
class Items : public ::testing::Test {
 protected:
  static StoredItem item_of(const std::string& value) {
    StoredItem item;
    item.image = value;
    item.version = {2, RegionId("here")};
    return item;
  }
  void store(const std::string& row, const std::string& value) {
    Batch batch;
    batch.put(Family::kItems, row, encode_stored_item(item_of(value)));
    ASSERT_TRUE(engine->apply(batch).ok());
  }
  void write(const std::string& row, const std::string& value) {
    cache.begin_write(row);
    store(row, value);
    cache.committed({{row, std::make_shared<const StoredItem>(item_of(value))}});
  }
  std::string read(const std::string& row) {
    return ok(cache.read(*engine, table, row, ReadTier::kAll))->image.value_or("nothing");
  }

  std::unique_ptr<MemoryEngine> engine = MemoryEngine::create();
  const TableSchema table = test_schema(TableId(1), "t");
  ItemCache cache{64 * 1024};
};

TEST_F(Items, WhatWasReadOnceIsNotReadAgain) {
  store("a", "1");
  EXPECT_EQ(read("a"), "1");
  store("a", "behind its back");
  EXPECT_EQ(read("a"), "1");
}

TEST_F(Items, WhatIsNotThereIsRememberedOnlyWhereTombstonesWereLookedFor) {
  EXPECT_EQ(read("a"), "nothing");
  Batch batch;
  StoredItem tombstone;
  tombstone.version = {2, RegionId("here")};
  batch.put(Family::kTombstones, "a", encode_stored_item(tombstone));
  ASSERT_TRUE(engine->apply(batch).ok());
  EXPECT_EQ(read("a"), "nothing");  // by the schema of before the table was replicated
  const TableSchema shared = replicated(table);
  EXPECT_TRUE(ok(cache.read(*engine, shared, "a", ReadTier::kAll))->tombstone());
  EXPECT_FALSE(ok(cache.read(*engine, shared, "b", ReadTier::kAll))->exists());
  store("b", "behind its back");
  EXPECT_FALSE(ok(cache.read(*engine, shared, "b", ReadTier::kAll))->exists());
}

TEST_F(Items, AWrittenRowIsKnownOnceItIsCommitted) {
  store("a", "1");
  EXPECT_EQ(read("a"), "1");
  cache.begin_write("a");
  EXPECT_EQ(read("a"), "1");  // from the engine, and not kept
  store("a", "2");
  EXPECT_EQ(read("a"), "2");
  cache.committed({{"a", std::make_shared<const StoredItem>(item_of("2"))}});
  store("a", "behind its back");
  EXPECT_EQ(read("a"), "2");
}

TEST_F(Items, HoldsNoMoreBytesThanItMay) {
  constexpr int kRows = 500;
  const std::string value(200, 'x');
  for (int i = 0; i < kRows; ++i) write("row" + std::to_string(i), value);
  int kept = 0;
  for (int i = kRows - 1; i >= 0; --i) {  // what is read anew pushes out the oldest
    const std::string row = "row" + std::to_string(i);
    store(row, "from the engine");
    if (read(row) == value) ++kept;
  }
  EXPECT_GT(kept, 16);
  EXPECT_LE(kept, 64 * 1024 / 200);
  write("huge", std::string(64 * 1024, 'x'));
  store("huge", "from the engine");
  EXPECT_EQ(read("huge"), "from the engine");
}

TEST_F(Items, WhatIsUsedStays) {
  write("used", "kept");
  store("used", "from the engine");
  for (int i = 0; i < 1000; ++i) {
    write("other" + std::to_string(i), "x");
    ASSERT_EQ(read("used"), "kept");
  }
}

TEST_F(Items, AReaderNeverSeesAnOlderValueThanOneThatWasCommitted) {
  std::atomic<int> committed = 0;
  std::atomic<bool> done = false;
  write("n", "0");
  const auto read_along = [&] {
    int seen = 0;
    while (!done) {
      const int at_least = std::max(committed.load(), seen);
      seen = std::stoi(read("n"));
      ASSERT_GE(seen, at_least);
      // Pushes "n" out now and then, so that it is read from the engine again.
      if (seen % 7 == 0) {
        for (int i = 0; i < 200; ++i) read("other" + std::to_string(i));
      }
    }
  };
  std::thread one(read_along);
  std::thread two(read_along);
  for (int i = 1; i <= 2000; ++i) {
    write("n", std::to_string(i));
    committed = i;
  }
  done = true;
  one.join();
  two.join();
}

}  // namespace
}  // namespace gyre::storage
