// SPDX-License-Identifier: Apache-2.0
// Whatever is written, and wherever it is cut off: tables are the fold of their log.

#include "core/engine/memory/memory_engine.h"
#include "core/storage/history_check_test.h"

namespace gyre::storage {
namespace {

bool done(const Engine& engine, int number) {
  return ok(engine.get(Family::kCatalog, done_row(number).key(), ReadTier::kAll)).has_value();
}

TEST(History, TablesAreTheFoldOfTheirLog) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto engine = MemoryEngine::create();
    MachineHarness harness(*engine, Durability::kSync, seed);
    RandomHistory history(seed);
    SeededRandom random(seed + 1000);
    for (int step = 0; step < 60; ++step) {
      for (std::uint64_t requests = 1 + random.below(8); requests > 0; --requests) history.submit(harness);
      harness.now_ms += random.below(3);
      ASSERT_TRUE(harness.run());
      if (random.below(20) == 0) harness.restart();
    }
    expect_consistent(*engine, harness);
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(History, ACrashLosesOnlyWhatWasNotSyncedAndNothingByHalves) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto engine = MemoryEngine::create();
    const Durability durability = seed % 2 == 0 ? Durability::kSync : Durability::kAsync;
    MachineHarness harness(*engine, durability, seed);
    RandomHistory history(seed);
    SeededRandom random(seed + 1000);
    std::map<int, std::size_t> acknowledged;  // request -> its outcome
    for (int life = 0; life < 8; ++life) {
      for (std::uint64_t step = random.below(20); step > 0; --step) {
        for (std::uint64_t requests = 1 + random.below(4); requests > 0; --requests) {
          const int number = history.submit(harness);
          acknowledged[number] = harness.outcomes.size() - 1;
        }
        harness.now_ms += random.below(30);
        ASSERT_TRUE(harness.run());
      }
      const auto head = harness.machine->head(kCatalogShard);
      engine->crash();
      harness.disk->crash(random);
      harness.restart();
      EXPECT_GE(harness.machine->head(kCatalogShard)->sequence, head->sequence);
      expect_consistent(*engine, harness);
      for (const auto& [number, index] : acknowledged) {
        if (durability == Durability::kSync && harness.outcomes[index]->ok()) {
          EXPECT_TRUE(done(*engine, number));
        }
        if (!harness.outcomes[index]->ok()) {
          EXPECT_FALSE(done(*engine, number));
        }
      }
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(History, TheSameSeedMakesTheSameBytes) {
  const auto run = [](std::uint64_t seed) {
    const auto engine = MemoryEngine::create();
    MachineHarness harness(*engine, Durability::kSync, seed);
    RandomHistory history(seed);
    for (int step = 0; step < 100; ++step) {
      history.submit(harness);
      harness.run();
    }
    std::string all;
    for (const Family family : kFamilies) {
      const auto rows = engine->iterate(family, {});
      for (rows->seek_to_first(); rows->valid(); rows->next()) all.append(rows->key()).append(rows->value());
    }
    return all;
  };
  EXPECT_EQ(run(7), run(7));
  EXPECT_NE(run(7), run(8));
}

}  // namespace
}  // namespace gyre::storage
