// SPDX-License-Identifier: Apache-2.0
#include "core/storage/recent_records.h"

#include "core/engine/memory/memory_engine.h"
#include "core/storage/harness_test.h"

namespace gyre::storage {
namespace {

constexpr std::size_t kAll = 1 << 20;

class Recent : public ::testing::Test {
 protected:
  void restart(std::size_t recent_bytes_max) {
    harness.memory_sizes.records = recent_bytes_max;
    harness.restart();
  }
  LogSlice from_engine(const LogCursor& cursor, std::size_t records_max = kAll,
                       std::size_t bytes_max = kAll) {
    const ChangeLog log{*engine, nothing, harness.epoch};
    return ok(log.read(cursor, records_max, bytes_max, ReadTier::kAll));
  }
  std::optional<LogSlice> from_memory(const LogCursor& cursor, std::size_t records_max = kAll,
                                      std::size_t bytes_max = kAll) {
    return harness.memory->records.read(cursor, records_max, bytes_max);
  }
  LogCursor start(ShardId shard) const { return {harness.epoch, shard, {}, {}, 0}; }
  LogCursor behind(ShardId shard, const LogEntry& entry) const {
    return ChangeLog(*engine, nothing, harness.epoch).after(shard, entry);
  }
  static std::vector<std::string> texts(const LogSlice& slice) {
    std::vector<std::string> texts;
    for (const LogEntry& entry : slice) texts.emplace_back(entry.bytes);
    return texts;
  }
  static ShardId shard_of(const TableEntry& table) {
    return table.open_shard(test_key("a").partition_hash).id;
  }
  // A commit of `puts` puts of one item.
  void commit(const TableEntry& table, int puts) {
    for (int i = 0; i < puts; ++i) {
      harness.submit([&table, value = std::to_string(++written)](WriteTransaction& transaction) {
        return transaction.items().put(table, test_key("a"), test_image("a", value));
      });
    }
    ASSERT_TRUE(harness.run());
  }

  RecentRecords nothing{0};
  std::unique_ptr<MemoryEngine> engine = MemoryEngine::create();
  MachineHarness harness{*engine};
  int written = 0;
};

TEST_F(Recent, SaysWhatTheEngineSaysOfEachCursorAndLimit) {
  const TablePointer table = harness.create_table("orders");
  const TablePointer other = harness.create_table("others");
  SeededRandom random(7);
  for (int i = 0; i < 40; ++i)
    commit(random.below(3) == 0 ? *other : *table, 1 + static_cast<int>(random.below(5)));

  for (const TablePointer& one : {table, other}) {
    const ShardId shard = shard_of(*one);
    const LogSlice all = from_engine(start(shard));
    ASSERT_GT(all.size(), 20U);
    for (std::size_t from = 0; from <= all.size(); ++from) {
      const LogCursor cursor = from == 0 ? start(shard) : behind(shard, all[from - 1]);
      for (const std::size_t records_max : {std::size_t{1}, std::size_t{2}, std::size_t{7}, kAll}) {
        for (const std::size_t bytes_max : {std::size_t{1}, std::size_t{1000}, kAll}) {
          const std::optional<LogSlice> held = from_memory(cursor, records_max, bytes_max);
          ASSERT_TRUE(held.has_value()) << from;
          const LogSlice stored = from_engine(cursor, records_max, bytes_max);
          EXPECT_EQ(texts(*held), texts(stored)) << from << ", " << records_max << ", " << bytes_max;
          for (std::size_t i = 0; i < stored.size(); ++i) {
            EXPECT_EQ((*held)[i].sequence, stored[i].sequence);
            EXPECT_EQ((*held)[i].ordinal, stored[i].ordinal);
          }
        }
      }
    }
  }
}

TEST_F(Recent, LeavesCursorsThatItDidNotSeeToTheEngine) {
  const TablePointer table = harness.create_table("orders");
  const ShardId shard = shard_of(*table);
  commit(*table, 3);
  const LogCursor end = behind(shard, from_engine(start(shard)).back());
  EXPECT_TRUE(from_memory(end)->empty());
  LogCursor wrong = end;
  ++wrong.checksum;
  EXPECT_EQ(from_memory(wrong), std::nullopt);
  wrong = end;
  wrong.sequence = SequenceNumber(end.sequence.value() - 1);
  EXPECT_EQ(from_memory(wrong), std::nullopt);
  wrong = end;
  wrong.ordinal = Ordinal(end.ordinal.value() + 1);
  EXPECT_EQ(from_memory(wrong), std::nullopt);
  EXPECT_EQ(from_memory(start(ShardId(99))), std::nullopt);

  // Of what was there before a restart it knows nothing, but of all that came since.
  restart(limits::kRecentRecordsBytesMax);
  EXPECT_EQ(from_memory(end), std::nullopt);
  EXPECT_EQ(from_memory(start(shard)), std::nullopt);
  commit(*table, 2);
  EXPECT_EQ(from_memory(end), std::nullopt);  // the record at the cursor cannot be compared
  const LogSlice since = from_engine(end);
  ASSERT_EQ(since.size(), 2U);
  EXPECT_EQ(texts(*from_memory(behind(shard, since[0]))), texts(from_engine(behind(shard, since[0]))));
}

TEST_F(Recent, TheOldestCommitsGoAndWhatWasReadStays) {
  constexpr std::size_t kBytes = 20'000;
  restart(kBytes);
  const TablePointer table = harness.create_table("orders");
  const ShardId shard = shard_of(*table);
  commit(*table, 1);
  const LogSlice first = *from_memory(start(shard));
  const std::vector<std::string> before = texts(first);
  ASSERT_EQ(before.size(), 1U);
  for (int i = 0; i < 100; ++i) {
    commit(*table, 2);
    EXPECT_LE(harness.memory->records.size_bytes(), kBytes);
  }
  EXPECT_GT(harness.memory->records.size_bytes(), kBytes / 2);
  EXPECT_EQ(from_memory(start(shard)), std::nullopt);
  EXPECT_EQ(texts(first), before);  // its memory is the reader's too

  // From some place on everything is held, and nothing before it.
  const LogSlice all = from_engine(start(shard));
  bool held = false;
  for (const LogEntry& entry : all) {
    const std::optional<LogSlice> rest = from_memory(behind(shard, entry));
    EXPECT_FALSE(held && !rest);
    held = rest.has_value();
    if (held) {
      EXPECT_EQ(texts(*rest), texts(from_engine(behind(shard, entry))));
    }
  }
  EXPECT_TRUE(held);
}

TEST_F(Recent, ATrimmedShardIsForgotten) {
  const TablePointer table = harness.create_table("orders");
  const ShardId shard = shard_of(*table);
  commit(*table, 3);
  ASSERT_TRUE(harness
                  .write([&](WriteTransaction& transaction) {
                    return transaction.catalog().roll_shards(table->schema.id, "");
                  })
                  .ok());
  ASSERT_NE(from_memory(start(shard)), std::nullopt);
  const std::size_t bytes = harness.memory->records.size_bytes();
  ASSERT_TRUE(
      harness.write([&](WriteTransaction& transaction) { return transaction.catalog().trim_shard(shard); })
          .ok());
  EXPECT_EQ(from_memory(start(shard)), std::nullopt);
  EXPECT_LT(harness.memory->records.size_bytes(), bytes);
  commit(*harness.catalog.snapshot()->find("orders"), 3);
}

TEST_F(Recent, HoldsNothingOfACommitThatFailed) {
  const TablePointer table = harness.create_table("orders");
  const ShardId shard = shard_of(*table);
  commit(*table, 1);
  engine->fail_next_commit(CommitOutcome::kNotCommitted, false);
  harness.submit([&](WriteTransaction& transaction) {
    return transaction.items().put(*table, test_key("a"), test_image("a", "lost"));
  });
  ASSERT_FALSE(harness.run());
  EXPECT_EQ(from_memory(start(shard))->size(), 1U);
}

}  // namespace
}  // namespace gyre::storage
