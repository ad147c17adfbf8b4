// SPDX-License-Identifier: Apache-2.0
// What every Engine promises, asked of both.

#include "core/engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/engine/memory/memory_engine.h"
#include "core/engine/testing/results.h"
#include "core/engine/testing/rows.h"
#include "core/engine/testing/temporary_directory.h"

namespace gyre::storage {
namespace {

std::string keys(Iterator& rows) {
  std::string all;
  for (; rows.valid(); rows.next()) all += rows.key();
  EXPECT_TRUE(rows.status().ok());
  return all;
}

class AnyEngine : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) {
      engine = open_disk(directory.path());
    } else {
      engine = MemoryEngine::create();
    }
  }
  TemporaryDirectory directory;
  std::unique_ptr<Engine> engine;
};
INSTANTIATE_TEST_SUITE_P(Engines, AnyEngine, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Rocksdb" : "Memory"; });

TEST_P(AnyEngine, LaterChangesOfABatchWin) {
  put(*engine, "b", "old");
  Batch batch;
  batch.put(Family::kItems, "a", "1");
  batch.erase_range(Family::kItems, "a", "c");
  batch.put(Family::kItems, "c", "3");
  batch.erase(Family::kItems, "c");
  batch.put(Family::kItems, "d", "4");
  EXPECT_TRUE(engine->apply(batch).ok());
  EXPECT_EQ(keys(*[&] {
              auto rows = engine->iterate(Family::kItems, {});
              rows->seek_to_first();
              return rows;
            }()),
            "d");
  EXPECT_EQ(get(*engine, "b"), "(none)");
}

TEST_P(AnyEngine, FamiliesAreApart) {
  put(*engine, "a", "items", Family::kItems);
  put(*engine, "a", "indexes", Family::kIndexes);
  EXPECT_EQ(get(*engine, "a", Family::kItems), "items");
  EXPECT_EQ(get(*engine, "a", Family::kIndexes), "indexes");
  EXPECT_EQ(get(*engine, "a", Family::kConflicts), "(none)");
}

TEST_P(AnyEngine, IteratorsKeepToTheirBounds) {
  for (const char* key : {"a", "b", "c", "d", "e"}) put(*engine, key, key);
  auto rows = engine->iterate(Family::kItems, {.lower = "b", .upper = "e"});
  rows->seek_to_first();
  EXPECT_EQ(keys(*rows), "bcd");
  rows->seek("a");
  EXPECT_EQ(rows->key(), "b");
  rows->seek("e");
  EXPECT_FALSE(rows->valid());
  rows->seek_to_last();
  EXPECT_EQ(rows->key(), "d");
  rows->seek_for_prev("cc");
  EXPECT_EQ(rows->key(), "c");
  rows->prev();
  EXPECT_EQ(rows->value(), "b");
  rows->prev();
  EXPECT_FALSE(rows->valid());
  rows->seek_for_prev("zz");
  EXPECT_EQ(rows->key(), "d");
  rows->seek_for_prev("a");
  EXPECT_FALSE(rows->valid());
  auto none = engine->iterate(Family::kItems, {.lower = "x", .upper = "z"});
  none->seek_to_last();
  EXPECT_FALSE(none->valid());
}

TEST_P(AnyEngine, SnapshotsIteratorsAndValuesStayAsTheyWere) {
  put(*engine, "a", "1");
  const auto snapshot = engine->snapshot();
  auto rows = engine->iterate(Family::kItems, {});
  const auto value = ok(engine->get(Family::kItems, "a", ReadTier::kAll));
  put(*engine, "a", "2");
  put(*engine, "b", "2");
  rows->seek_to_first();
  EXPECT_EQ(keys(*rows), "a");
  auto old = engine->iterate(Family::kItems, {.snapshot = snapshot.get()});
  old->seek_to_first();
  EXPECT_EQ(old->value(), "1");
  EXPECT_EQ(value->view(), "1");
  EXPECT_EQ(get(*engine, "a"), "2");
}

TEST_P(AnyEngine, MultiGetAnswersInOrder) {
  put(*engine, "a", "1");
  put(*engine, "c", "3");
  const auto found = engine->multi_get(Family::kItems, {"c", "b", "a"}, ReadTier::kAll, nullptr);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ((*found[0])->view(), "3");
  EXPECT_FALSE(found[1]->has_value());
  EXPECT_EQ((*found[2])->view(), "1");
}

TEST_P(AnyEngine, MultiGetAnswersAsOfASnapshot) {
  put(*engine, "a", "1");
  const auto snapshot = engine->snapshot();
  put(*engine, "a", "2");
  put(*engine, "b", "2");
  const auto then = engine->multi_get(Family::kItems, {"a", "b"}, ReadTier::kAll, snapshot.get());
  EXPECT_EQ((*then[0])->view(), "1");
  EXPECT_FALSE(then[1]->has_value());
  EXPECT_EQ((*engine->multi_get(Family::kItems, {"a"}, ReadTier::kAll, nullptr)[0])->view(), "2");
}

TEST_P(AnyEngine, RangesAreMeasuredWithoutReadingThem) {
  Batch batch;
  for (int i = 0; i < 1000; ++i) {
    batch.put(Family::kItems, "a" + std::to_string(i), std::string(1000, static_cast<char>(i * 31 % 251)));
  }
  EXPECT_TRUE(engine->apply(batch).ok());
  const std::uint64_t bytes = engine->range_bytes(Family::kItems, "a", "b");
  // A megabyte; what is still in memory RocksDB guesses from a skip list, whose shape is chance.
  EXPECT_GT(bytes, 50'000U);
  EXPECT_LT(bytes, 20'000'000U);
  EXPECT_EQ(engine->range_bytes(Family::kItems, "b", "c"), 0U);
}

TEST_P(AnyEngine, AKeyAndAValueAreTheirTwoParts) {
  const std::vector<RowChange> changes = {
      {ChangeOfRows::kPut, Family::kItems, {"a", "1"}, {"head", "tail"}},
      {ChangeOfRows::kPut, Family::kItems, {"b", "1"}, {"", "tail"}},
      {ChangeOfRows::kPut, Family::kItems, {"c1"}, {"head"}},
      {ChangeOfRows::kErase, Family::kItems, {"", "c1"}, {}},
      {ChangeOfRows::kPut, Family::kItems, {"d1"}, {}},
      {ChangeOfRows::kEraseRange, Family::kItems, {"d"}, {"", "e"}},
  };
  ASSERT_TRUE(engine->apply(changes).ok());
  EXPECT_EQ(get(*engine, "a1"), "headtail");
  EXPECT_EQ(get(*engine, "b1"), "tail");
  EXPECT_EQ(get(*engine, "c1"), "(none)");
  EXPECT_EQ(get(*engine, "d1"), "(none)");
}

TEST_P(AnyEngine, WhatIsFlushedIsToldFromWhatIsApplied) {
  const auto flushed = [&] {
    const auto value = ok(engine->flushed(Family::kCatalog, "a"));
    return value ? std::string(value->view()) : "(none)";
  };
  put(*engine, "a", "1", Family::kCatalog);
  EXPECT_EQ(flushed(), "(none)");
  ASSERT_TRUE(engine->flush().ok());
  EXPECT_EQ(flushed(), "1");
  put(*engine, "a", "2", Family::kCatalog);
  EXPECT_EQ(flushed(), "1");
  EXPECT_EQ(get(*engine, "a", Family::kCatalog), "2");
  ASSERT_TRUE(engine->begin_flush().ok());
  ASSERT_TRUE(engine->flush().ok());
  EXPECT_EQ(flushed(), "2");
}

TEST_P(AnyEngine, AFlushIsDueOnceMuchIsInMemoryAlone) {
  EXPECT_FALSE(engine->flush_is_due());
  int rows = 0;
  while (!engine->flush_is_due()) {
    put(*engine, std::to_string(rows++), std::string(1024 * 1024, 'v'));
    ASSERT_LT(rows, 1000);
  }
  ASSERT_TRUE(engine->begin_flush().ok());
  EXPECT_FALSE(engine->flush_is_due());
}

TEST(MemoryEngine, CrashForgetsWhatWasNotFlushed) {
  const auto engine = MemoryEngine::create();
  put(*engine, "a", "1");
  put(*engine, "b", "1");
  ASSERT_TRUE(engine->flush().ok());
  Batch batch;
  batch.put(Family::kItems, "a", "2");
  batch.erase_range(Family::kItems, "b", "c");
  batch.put(Family::kItems, "b", "3");
  batch.put(Family::kItems, "d", "4");
  ASSERT_TRUE(engine->apply(batch).ok());
  EXPECT_EQ(get(*engine, "b"), "3");
  engine->crash();
  EXPECT_EQ(get(*engine, "a"), "1");
  EXPECT_EQ(get(*engine, "b"), "1");
  EXPECT_EQ(get(*engine, "d"), "(none)");
  ASSERT_TRUE(engine->apply(batch).ok());
  ASSERT_TRUE(engine->flush().ok());
  engine->crash();
  EXPECT_EQ(get(*engine, "d"), "4");
}

}  // namespace
}  // namespace gyre::storage
