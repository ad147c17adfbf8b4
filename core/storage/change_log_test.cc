// SPDX-License-Identifier: Apache-2.0
#include "core/storage/change_log.h"

#include "core/engine/memory/memory_engine.h"
#include "core/storage/harness_test.h"
#include "core/storage/recent_records.h"

namespace gyre::storage {
namespace {

class Log : public ::testing::Test {
 protected:
  Log() {
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(harness.put(*table, "a", std::to_string(i)).ok());
  }
  LogCursor start() const { return {log.epoch(), shard, {}, {}, 0}; }
  LogSlice all() const { return ok(log.read(start(), 100, 1 << 20, ReadTier::kAll)); }
  ErrorCode refusal(const LogCursor& cursor) const {
    return code_of(log.read(cursor, 100, 1 << 20, ReadTier::kAll));
  }
  void erase(SequenceNumber sequence) {
    Batch batch;
    batch.erase(Family::kChanges, change_row(shard, sequence));
    commit_and_wait(*engine, batch, Durability::kSync);
  }

  std::unique_ptr<MemoryEngine> engine = MemoryEngine::create();
  MachineHarness harness{*engine};
  TablePointer table = harness.create_table("orders");
  ShardId shard = table->open_shard(test_key("a").partition_hash).id;
  // What the engine says: nothing is held in memory.
  RecentRecords nothing{0};
  ChangeLog log{*engine, nothing, harness.epoch};
};

TEST_F(Log, ReadsOnFromACursor) {
  const LogSlice entries = all();
  ASSERT_EQ(entries.size(), 5U);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(entries[i].ordinal, Ordinal(i + 1));
    const auto rest = ok(log.read(log.after(shard, entries[i]), 100, 1 << 20, ReadTier::kAll));
    ASSERT_EQ(rest.size(), 4 - i);
    if (!rest.empty()) {
      EXPECT_EQ(rest[0].bytes, entries[i + 1].bytes);
    }
  }
}

TEST_F(Log, KeepsToItsLimitsButAnswersAtLeastOne) {
  EXPECT_EQ(ok(log.read(start(), 2, 1 << 20, ReadTier::kAll)).size(), 2U);
  EXPECT_EQ(ok(log.read(start(), 100, 1, ReadTier::kAll)).size(), 1U);
}

TEST_F(Log, AnotherEpochIsRefusedAndNoneIsAny) {
  LogCursor cursor = start();
  cursor.epoch = Epoch(harness.epoch.value() + 1);
  EXPECT_EQ(refusal(cursor), ErrorCode::kWrongEpoch);
  cursor.epoch = Epoch();
  EXPECT_TRUE(log.read(cursor, 1, 1, ReadTier::kAll).ok());
}

TEST_F(Log, ACursorBeforeTheOldestRecordIsTrimmed) {
  const LogSlice entries = all();
  erase(entries[0].sequence);
  erase(entries[1].sequence);
  EXPECT_EQ(refusal(log.after(shard, entries[0])), ErrorCode::kTrimmed);
  EXPECT_EQ(all().size(), 3U);
}

TEST_F(Log, ACursorOfAShardThatIsGoneIsTrimmed) {
  const LogSlice entries = all();
  for (const LogEntry& entry : entries) erase(entry.sequence);
  EXPECT_EQ(refusal(log.after(shard, entries[4])), ErrorCode::kTrimmed);
}

TEST_F(Log, ACursorBehindTheNewestRecordIsAhead) {
  const LogSlice entries = all();
  erase(entries[4].sequence);
  EXPECT_EQ(refusal(log.after(shard, entries[4])), ErrorCode::kAheadOfHead);
}

TEST_F(Log, AnotherRecordAtTheCursorIsTold) {
  LogCursor cursor = log.after(shard, all()[2]);
  ++cursor.checksum;
  EXPECT_EQ(refusal(cursor), ErrorCode::kRecordDiffers);
  cursor = log.after(shard, all()[2]);
  cursor.ordinal = Ordinal(2);
  EXPECT_EQ(refusal(cursor), ErrorCode::kRecordDiffers);
  cursor = log.after(shard, all()[2]);
  erase(cursor.sequence);
  EXPECT_EQ(refusal(cursor), ErrorCode::kRecordDiffers);
}

TEST_F(Log, AGapIsCorruption) {
  const LogSlice entries = all();
  erase(entries[2].sequence);
  EXPECT_EQ(refusal(start()), ErrorCode::kCorruption);
  EXPECT_EQ(refusal(log.after(shard, entries[1])), ErrorCode::kCorruption);
}

TEST_F(Log, SeeksToASequenceAndToTheEnd) {
  const LogSlice entries = all();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const LogCursor cursor = ok(log.seek(shard, entries[i].sequence, ReadTier::kAll));
    EXPECT_EQ(ok(log.read(cursor, 1, 1, ReadTier::kAll))[0].sequence, entries[i].sequence);
  }
  EXPECT_EQ(ok(log.seek(shard, SequenceNumber(0), ReadTier::kAll)), start());
  const LogCursor end = ok(log.seek_to_end(shard, ReadTier::kAll));
  EXPECT_EQ(end, log.after(shard, entries[4]));
  EXPECT_EQ(ok(log.seek(shard, SequenceNumber(entries[4].sequence.value() + 9), ReadTier::kAll)), end);
  EXPECT_TRUE(ok(log.read(end, 1, 1, ReadTier::kAll)).empty());
}

}  // namespace
}  // namespace gyre::storage
