// SPDX-License-Identifier: Apache-2.0
// The engine on disk through power losses and disk errors: what was acknowledged is there, and nothing is
// there by halves.

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
    harness = std::make_unique<MachineHarness>(*engine, Durability::kSync, seed);
  }

  void open() {
    RocksdbOptions options;
    options.directory = directory->path();
    options.memtable_bytes = memtable_bytes;
    options.wal_bytes_max = 2 * memtable_bytes;
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
    const auto before = std::move(harness);
    engine.reset();
    directory = std::move(after);
    open();
    harness = std::make_unique<MachineHarness>(*engine, Durability::kSync, random->next());
    harness->now_ms = before->now_ms;
    expect_acknowledged(before->outcomes);
    expect_consistent(*engine, *harness->catalog.snapshot());
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
  std::shared_ptr<FaultFileSystem> disk;  // shared with RocksDB
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

TEST_F(PowerLoss, AFailedCallSurfacesAsAFailedCommit) {
  int surfaced = 0;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    use_seed(seed);
    disk->fail_after(random->below(150), random->below(2) == 0);
    if (!write_some(70)) {
      ++surfaced;
      EXPECT_TRUE(disk->has_failed());
      EXPECT_EQ(code_of(harness->outcomes.back().value()), ErrorCode::kOutcomeUnknown);
    }
    crash_and_reopen();
    if (HasFailure()) return;
  }
  EXPECT_GT(surfaced, 12);  // of 24: some faults hit only files that RocksDB can do without
}

// What failed may stand in the log: were the engine to go on, its families would end up at different batches.
TEST_F(PowerLoss, AnEngineWhoseCommitFailedTakesNoMore) {
  for (const bool no_space : {true, false}) {
    SCOPED_TRACE(no_space ? "no space" : "input/output error");
    use_seed(1);
    ASSERT_TRUE(write_some(3));
    disk->fail_after(1, no_space);  // its append succeeds, its sync does not
    ASSERT_FALSE(write_some(1));
    Batch batch;
    batch.put(Family::kCatalog, "later", "1");
    // By itself RocksDB would be back long before the last of them.
    for (int attempt = 0; attempt < 20000; ++attempt) {
      ASSERT_NE(commit_and_wait(*engine, batch, Durability::kSync).outcome, CommitOutcome::kCommitted);
    }
    crash_and_reopen();
  }
}

TEST_F(PowerLoss, ATornTailIsCutOffAnywhere) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    use_seed(seed);
    ASSERT_TRUE(write_some(10));
    // A batch whose sync never answers: power goes while it is on its way.
    for (int i = 0; i < 5; ++i)
      submitted.push_back({history->submit(*harness), harness->outcomes.size() - 1});
    disk->fail_after(
        1, false);  // its append succeeds, its sync does not (or that of a flush that runs just now)
    harness->run();
    crash_and_reopen();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace gyre::storage
