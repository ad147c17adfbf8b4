// SPDX-License-Identifier: Apache-2.0
// Log and engine, each on a disk of its own, through power losses and disk errors: what was acknowledged is
// there, and nothing is there by halves. What either disk had not synced is lost by itself.

#include "core/engine/rocksdb/rocksdb_engine.h"
#include "core/engine/testing/fault_file_system.h"
#include "core/storage/history_check_test.h"

namespace gyre::storage {
namespace {

struct Acknowledged {
  int number;
  std::size_t outcome;  // index in the harness
};

class PowerLoss : public ::testing::Test {
 protected:
  void use_seed(std::uint64_t seed) {
    harness.reset();
    engine.reset();
    directory = std::make_unique<TemporaryDirectory>();
    random.emplace(seed);
    history.emplace(seed);
    disk = std::make_shared<FaultFileSystem>(seed);
    // Small for some, so that power also goes while tables are flushed and compacted.
    memtable_bytes = seed % 3 == 0 ? 64 * 1024 : 1024 * 1024;
    open();
    log_disk = std::make_shared<files::MemoryDisk>();
    harness = std::make_unique<MachineHarness>(*engine, Durability::kSync, seed, log_disk);
  }

  void open() {
    RocksdbOptions options;
    options.directory = directory->path();
    options.memtable_bytes = memtable_bytes;
    options.flush_on_stop = false;
    options.file_system = disk;
    engine = ok(open_rocksdb(options));
  }

  // Some batches; false once a commit failed.
  bool write_some(std::uint64_t batches) {
    for (; batches > 0; --batches) {
      for (std::uint64_t requests = 1 + random->below(12); requests > 0; --requests) {
        const int number = history->submit(*harness);
        submitted.push_back({number, harness->outcomes.size() - 1});
      }
      harness->now_ms += random->below(3);
      if (!harness->run()) return false;
    }
    return true;
  }

  // Power goes, the process with it, and both come back.
  void crash_and_reopen() {
    auto after = std::make_unique<TemporaryDirectory>();
    disk->cut_power(directory->path(), after->path());
    log_disk->crash(*random);
    const auto before = std::move(harness);
    engine.reset();
    directory = std::move(after);
    open();
    harness = std::make_unique<MachineHarness>(*engine, Durability::kSync, random->next(), log_disk);
    harness->now_ms = before->now_ms;
    expect_acknowledged(before->outcomes);
    expect_consistent(*engine, *harness);
    submitted.clear();  // of an earlier life: they were there once, and nothing erases them
  }

  void expect_acknowledged(const std::vector<std::optional<Status>>& outcomes) {
    for (const auto& [number, index] : submitted) {
      const bool done = ok(engine->get(Family::kCatalog, done_row(number).key(), ReadTier::kAll)).has_value();
      const Status& outcome = outcomes[index].value();
      if (outcome.ok()) {
        EXPECT_TRUE(done) << "request " << number << " was acknowledged and is lost";
      } else if (outcome.error().code != ErrorCode::kOutcomeUnknown) {
        EXPECT_FALSE(done) << "request " << number << " was refused and is there";
      }
    }
  }

  std::unique_ptr<TemporaryDirectory> directory;
  std::optional<SeededRandom> random;
  std::optional<RandomHistory> history;
  std::shared_ptr<FaultFileSystem> disk;        // the engine's; shared with RocksDB
  std::shared_ptr<files::MemoryDisk> log_disk;  // shared with the harness
  std::size_t memtable_bytes = 0;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<MachineHarness> harness;
  std::vector<Acknowledged> submitted;
};

TEST_F(PowerLoss, KeepsEveryAcknowledgedWrite) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    use_seed(seed);
    for (int life = 0; life < 3; ++life) {
      ASSERT_TRUE(write_some(5 + random->below(40)));
      crash_and_reopen();
      if (HasFailure()) return;
    }
  }
}

// The log's disk fails at a sync: nothing of that commit is acknowledged, and no more is taken.
TEST_F(PowerLoss, AFailedSyncOfTheLogEndsTheWriter) {
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    use_seed(seed);
    ASSERT_TRUE(write_some(random->below(10)));
    log_disk->fail_sync_after(random->below(20));
    ASSERT_FALSE(write_some(200));
    EXPECT_EQ(code_of(harness->outcomes.back().value()), ErrorCode::kOutcomeUnknown);
    write_some(1);
    EXPECT_EQ(code_of(harness->outcomes.back().value()), ErrorCode::kUnavailable);
    crash_and_reopen();
    if (HasFailure()) return;
  }
}

// The engine's disk fails while it flushes: sooner or later an apply() says so. The log has everything.
TEST_F(PowerLoss, AFailedFlushEndsTheWriterAndLosesNothing) {
  int surfaced = 0;
  for (std::uint64_t seed = 3; seed <= 72; seed += 3) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    use_seed(seed);
    disk->fail_after(random->below(40), random->below(2) == 0);
    if (!write_some(150)) {
      ++surfaced;
      EXPECT_TRUE(disk->has_failed());
      EXPECT_EQ(code_of(harness->outcomes.back().value()), ErrorCode::kOutcomeUnknown);
    }
    crash_and_reopen();
    if (HasFailure()) return;
  }
  EXPECT_GT(surfaced, 6);  // of 24: some faults hit only files that RocksDB can do without
}

TEST_F(PowerLoss, ALostEngineIsRebuiltFromALogThatHasItsBeginning) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    use_seed(seed);
    ASSERT_TRUE(write_some(60));
    std::map<Family, std::vector<std::pair<std::string, std::string>>> before;
    const auto rows_of = [&](Family family) {
      std::vector<std::pair<std::string, std::string>> all;
      const auto rows = engine->iterate(family, {});
      for (rows->seek_to_first(); rows->valid(); rows->next()) all.emplace_back(rows->key(), rows->value());
      return all;
    };
    for (const Family family : kFamilies) before[family] = rows_of(family);
    harness.reset();
    engine.reset();
    directory = std::make_unique<TemporaryDirectory>();
    open();
    harness = std::make_unique<MachineHarness>(*engine, Durability::kSync, seed, log_disk);
    for (const Family family : kFamilies) EXPECT_EQ(rows_of(family), before[family]);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace gyre::storage
