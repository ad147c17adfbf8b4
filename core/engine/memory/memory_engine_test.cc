// SPDX-License-Identifier: Apache-2.0
// What engine_test.cc does not ask of every Engine.

#include "core/engine/memory/memory_engine.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "core/engine/testing/results.h"

namespace gyre::storage {
namespace {

void commit(Engine& engine, const Batch& batch) {
  ASSERT_TRUE(engine.apply(batch).ok());
}

Batch rows_of(int first, int end, const std::string& value) {
  Batch batch;
  for (int i = first; i < end; ++i) batch.put(Family::kItems, std::to_string(100'000 + i), value);
  return batch;
}

TEST(MemoryEngine, ReadersSeeWholeCommitsWhileTheWriterGoesOn) {
  const auto engine = MemoryEngine::create();
  constexpr int kRows = 20;
  commit(*engine, rows_of(0, kRows, "0"));
  std::atomic<bool> done{false};
  const auto read = [&] {
    std::vector<std::string> keys;
    for (int i = 0; i < kRows; ++i) keys.push_back(std::to_string(100'000 + i));
    while (!done) {
      const auto snapshot = engine->snapshot();
      const auto found = engine->multi_get(Family::kItems, keys, ReadTier::kCache, snapshot.get());
      const std::string value((*found[0])->view());
      for (const auto& row : found) EXPECT_EQ((*row)->view(), value);
      const auto rows = engine->iterate(Family::kItems, {.snapshot = snapshot.get()});
      int count = 0;
      for (rows->seek_to_last(); rows->valid(); rows->prev(), ++count) EXPECT_EQ(rows->value(), value);
      EXPECT_EQ(count, kRows);
      const auto now = engine->iterate(Family::kItems, {});
      now->seek_to_first();
      const std::string first(now->value());
      for (; now->valid(); now->next()) EXPECT_EQ(now->value(), first);
    }
  };
  std::thread one(read);
  std::thread two(read);
  for (int round = 1; round <= 300; ++round) {
    Batch batch;
    batch.erase_range(Family::kItems, "1", "2");
    batch.append(rows_of(0, kRows, std::to_string(round)));
    commit(*engine, batch);
  }
  done = true;
  one.join();
  two.join();
}

TEST(MemoryEngine, ASnapshotOutlivesTheRowsThatItShows) {
  const auto engine = MemoryEngine::create();
  commit(*engine, rows_of(0, 1000, "v"));
  auto snapshot = engine->snapshot();
  auto rows = engine->iterate(Family::kItems, {.snapshot = snapshot.get()});
  Batch batch;
  batch.erase_range(Family::kItems, "1", "2");
  commit(*engine, batch);
  snapshot.reset();
  int count = 0;
  for (rows->seek_to_first(); rows->valid(); rows->next()) ++count;
  EXPECT_EQ(count, 1000);
  EXPECT_EQ(engine->size_bytes(Family::kItems), 0U);
}

TEST(MemoryEngine, ErasedRowsAreFreedInPartsAndAllOfThemByAReclaim) {
  const auto engine = MemoryEngine::create();
  commit(*engine, rows_of(0, 50'000, "v"));
  Batch batch;
  batch.erase_range(Family::kItems, "1", "2");
  commit(*engine, batch);
  EXPECT_FALSE(engine->swept());
  EXPECT_TRUE(engine->reclaim(Family::kItems, {}).ok());
  EXPECT_TRUE(engine->swept());
}

// Else a region without a disk would keep a dropped table until much else was written.
TEST(MemoryEngine, AReclaimKeepsNothingForTheSakeOfTheLastFlush) {
  const auto engine = MemoryEngine::create();
  commit(*engine, rows_of(0, 1000, "v"));
  ASSERT_TRUE(engine->flush().ok());
  Batch batch;
  batch.erase_range(Family::kItems, "", "~");
  commit(*engine, batch);
  EXPECT_TRUE(engine->flushed(Family::kItems, "100000")->has_value());
  EXPECT_TRUE(engine->reclaim(Family::kItems, {{"", "~"}}).ok());
  EXPECT_FALSE(engine->flushed(Family::kItems, "100000")->has_value());
  EXPECT_TRUE(engine->swept());
}

TEST(MemoryEngine, CommitsFreeWhatTheyReplace) {
  const auto engine = MemoryEngine::create();
  for (int i = 0; i < 2000; ++i) commit(*engine, rows_of(i % 100, i % 100 + 10, std::to_string(i)));
  EXPECT_TRUE(engine->swept());
}

TEST(MemoryEngine, RowsTakeOfItsCapacityUntilTheyAreErased) {
  const auto engine = MemoryEngine::create();
  EXPECT_EQ(engine->disk(), nullptr);
  engine->set_capacity_bytes(1'000'000);
  ASSERT_NE(engine->disk(), nullptr);
  EXPECT_EQ(engine->disk()->free_bytes(), 1'000'000U);
  commit(*engine, rows_of(0, 100, std::string(1000, 'v')));
  EXPECT_LT(engine->disk()->free_bytes(), 900'000U);
  EXPECT_GT(engine->disk()->free_bytes(), 800'000U);
  commit(*engine, rows_of(100, 1000, std::string(1000, 'v')));
  EXPECT_EQ(engine->disk()->free_bytes(), 0U);
  Batch batch;
  batch.erase_range(Family::kItems, "1", "");
  commit(*engine, batch);
  EXPECT_EQ(engine->disk()->free_bytes(), 1'000'000U);
}

}  // namespace
}  // namespace gyre::storage
