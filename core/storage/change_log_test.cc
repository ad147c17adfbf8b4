// SPDX-License-Identifier: Apache-2.0
#include "core/storage/change_log.h"

#include "core/engine/memory/memory_engine.h"
#include "core/storage/catalog_rows.h"
#include "core/storage/harness_test.h"

namespace gyre::storage {
namespace {

// Of a shard of a table, and of the catalog's: the same rules, from two places.
class Shards : public ::testing::TestWithParam<bool> {
 protected:
  Shards() {
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(harness.put(*table, "a", std::to_string(i)).ok());
    if (GetParam()) {
      for (int i = 0; i < 2; ++i) harness.create_table("other" + std::to_string(i));
      shard = kCatalogShard;
    }
  }
  LogCursor start() const { return {log.epoch(), shard, {}, {}, 0}; }
  LogSlice all() const {
    LogSlice slice;
    for (LogCursor at = start();;) {
      LogSlice part = ok(log.read(at, 100, 1 << 20, ReadTier::kAll));
      if (part.empty()) return slice;
      at = log.after(shard, part.back());
      slice.entries.insert(slice.entries.end(), part.begin(), part.end());
      slice.memory.insert(slice.memory.end(), part.memory.begin(), part.memory.end());
    }
  }
  ErrorCode refusal(const LogCursor& cursor) const {
    return code_of(log.read(cursor, 100, 1 << 20, ReadTier::kAll));
  }

  std::unique_ptr<MemoryEngine> engine = MemoryEngine::create();
  MachineHarness harness{*engine};
  TablePointer table = harness.create_table("orders");
  ShardId shard = table->open_shard(test_key("a").partition_hash).id;
  ChangeLog log{*engine, harness.log->log(), harness.epoch};
};
INSTANTIATE_TEST_SUITE_P(Of, Shards, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "TheCatalog" : "ATable"; });

// As a later version may write it.
TEST(ChangeLog, ReadsUpToARecordOfACodecThatItDoesNotKnow) {
  const auto engine = MemoryEngine::create();
  MachineHarness harness(*engine);
  const TablePointer table = harness.create_table("orders");
  EXPECT_TRUE(harness.put(*table, "a", "1").ok());
  const ShardId shard = table->open_shard(test_key("a").partition_hash).id;
  log::Log& log = harness.log->log();
  const log::ShardHead head = log.ends(shard)->head;
  const SequenceNumber next(head.sequence.value() + 1);
  log::FrameBuilder frame;
  frame.add_entry({.shard = shard,
                   .sequence = next,
                   .ordinal = Ordinal(head.ordinal.value() + 1),
                   .time = 1,
                   .cumulative_bytes = head.cumulative_bytes + 8,
                   .codec = 3},
                  "anything");
  ASSERT_TRUE(log.append(frame, {.last_sequence = next, .last_stamp = log.last().stamp}).ok());
  ASSERT_TRUE(log.sync().ok());

  const ChangeLog reader(*engine, log, harness.epoch);
  LogCursor at{harness.epoch, shard, {}, {}, 0};
  for (const ReadTier tier : {ReadTier::kAll, ReadTier::kCache}) {
    EXPECT_EQ(ok(reader.read(at, 100, 1 << 20, tier)).size(), 1U);
  }
  at = reader.after(shard, ok(reader.read(at, 100, 1 << 20, ReadTier::kAll)).back());
  EXPECT_EQ(code_of(reader.read(at, 100, 1 << 20, ReadTier::kCache)), ErrorCode::kIncomplete);
  const auto refused = reader.read(at, 100, 1 << 20, ReadTier::kAll);
  EXPECT_EQ(code_of(refused), ErrorCode::kCorruption);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("is compressed by codec 3, which this version"));
}

TEST_P(Shards, AreReadOnFromACursor) {
  const LogSlice entries = all();
  ASSERT_GE(entries.size(), 5U);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].ordinal, Ordinal(i + 1));
    const auto rest = ok(log.read(log.after(shard, entries[i]), 100, 1 << 20, ReadTier::kAll));
    ASSERT_EQ(rest.empty(), i + 1 == entries.size());
    if (!rest.empty()) {
      EXPECT_EQ(rest[0].bytes, entries[i + 1].bytes);
    }
  }
}

TEST_P(Shards, AreReadWithinLimitsButAtLeastOneRecord) {
  EXPECT_EQ(ok(log.read(start(), 2, 1 << 20, ReadTier::kAll)).size(), 2U);
  EXPECT_EQ(ok(log.read(start(), 100, 1, ReadTier::kAll)).size(), 1U);
}

TEST_P(Shards, OfAnotherEpochAreRefusedAndNoneIsAny) {
  LogCursor cursor = start();
  cursor.epoch = Epoch(harness.epoch.value() + 1);
  EXPECT_EQ(refusal(cursor), ErrorCode::kWrongEpoch);
  cursor.epoch = Epoch();
  EXPECT_TRUE(log.read(cursor, 1, 1, ReadTier::kAll).ok());
}

TEST_P(Shards, SayThatACursorIsBehindTheNewestRecord) {
  LogCursor cursor = log.after(shard, all().back());
  cursor.ordinal = Ordinal(cursor.ordinal.value() + 1);
  cursor.sequence = SequenceNumber(cursor.sequence.value() + 1000);
  EXPECT_EQ(refusal(cursor), ErrorCode::kAheadOfHead);
}

TEST_P(Shards, SayThatAnotherRecordIsAtTheCursor) {
  LogCursor cursor = log.after(shard, all()[2]);
  ++cursor.checksum;
  EXPECT_EQ(refusal(cursor), ErrorCode::kRecordDiffers);
  cursor = log.after(shard, all()[2]);
  cursor.ordinal = Ordinal(2);
  EXPECT_EQ(refusal(cursor), ErrorCode::kRecordDiffers);
}

TEST_P(Shards, AreSoughtByASequenceAndToTheEnd) {
  const LogSlice entries = all();
  for (const LogEntry& entry : entries) {
    const LogCursor cursor = ok(log.seek(shard, entry.sequence, ReadTier::kAll));
    EXPECT_EQ(ok(log.read(cursor, 1, 1, ReadTier::kAll))[0].sequence, entry.sequence);
  }
  EXPECT_EQ(ok(log.seek(shard, SequenceNumber(0), ReadTier::kAll)), start());
  const LogCursor end = ok(log.seek_to_end(shard, ReadTier::kAll));
  EXPECT_EQ(end, log.after(shard, entries.back()));
  EXPECT_EQ(ok(log.seek(shard, SequenceNumber(entries.back().sequence.value() + 9), ReadTier::kAll)), end);
  EXPECT_TRUE(ok(log.read(end, 1, 1, ReadTier::kAll)).empty());
}

// A log whose records leave it, a segment for each few puts.
class TrimmedShard : public ::testing::Test {
 protected:
  void put(int puts) {
    for (int i = 0; i < puts; ++i) ASSERT_TRUE(harness.put(*table, "a", std::to_string(value_++)).ok());
  }
  void next_segment() {
    ASSERT_TRUE(harness.log->log().close_segment().ok());
    ASSERT_TRUE(harness.log->do_upkeep().ok());
  }
  // All segments but the newest leave, and the heads of those shards that they take along are kept.
  void trim() {
    ASSERT_TRUE(engine->flush().ok());
    const log::TrimPlan plan = harness.log->log().plan_trim(
        {.keep_from_ms = UINT64_MAX, .flushed_through = ok(flushed_through(*engine))});
    ASSERT_TRUE(harness
                    .write([&](WriteTransaction& transaction) {
                      for (const auto& [id, head] : plan.leaving) transaction.catalog().keep_head(id, head);
                      return Status();
                    })
                    .ok());
    ASSERT_TRUE(harness.log->trim(plan.through).ok());
  }
  LogSlice read(const LogCursor& cursor) const { return ok(log->read(cursor, 100, 1 << 20, ReadTier::kAll)); }

  std::unique_ptr<MemoryEngine> engine = MemoryEngine::create();
  MachineHarness harness{*engine};
  TablePointer table = harness.create_table("orders");
  ShardId shard = table->open_shard(test_key("a").partition_hash).id;
  std::optional<ChangeLog> log{std::in_place, *engine, harness.log->log(), harness.epoch};
  int value_ = 0;
};

TEST_F(TrimmedShard, TellsAReaderThatHasNotComeSoFar) {
  put(3);
  const LogSlice first = read({harness.epoch, shard, {}, {}, 0});
  next_segment();
  put(3);
  next_segment();
  put(1);
  next_segment();
  trim();
  EXPECT_EQ(code_of(log->read(log->after(shard, first[0]), 100, 1 << 20, ReadTier::kAll)),
            ErrorCode::kTrimmed);
  EXPECT_EQ(read({harness.epoch, shard, {}, {}, 0})[0].ordinal, Ordinal(7));
}

TEST_F(TrimmedShard, GoesOnForAReaderThatSawItsLastRecord) {
  put(3);
  const LogCursor end = ok(log->seek_to_end(shard, ReadTier::kAll));
  const LogCursor before = log->after(shard, read({harness.epoch, shard, {}, {}, 0})[1]);
  const SequenceNumber last = end.sequence;
  for (int i = 0; i < 3; ++i) {
    next_segment();
    harness.create_table("other" + std::to_string(i));
  }
  trim();
  ASSERT_FALSE(harness.log->log().ends(shard).has_value());
  for (const bool restarted : {false, true}) {
    if (restarted) {
      harness.restart_after_kill(*engine);
      log.emplace(*engine, harness.log->log(), harness.epoch);
    }
    EXPECT_TRUE(read(end).empty());
    EXPECT_TRUE(read({harness.epoch, shard, {}, {}, 0}).empty());
    EXPECT_EQ(code_of(log->read(before, 100, 1 << 20, ReadTier::kAll)), ErrorCode::kTrimmed);
    EXPECT_EQ(ok(log->seek_to_end(shard, ReadTier::kAll)), end);
    EXPECT_EQ(ok(log->seek(shard, SequenceNumber(last.value() + 1), ReadTier::kAll)), end);
    EXPECT_EQ(harness.machine->head(shard)->ordinal, Ordinal(3));
  }
  put(1);
  ASSERT_EQ(read(end).size(), 1U);
  EXPECT_EQ(read(end)[0].ordinal, Ordinal(4));
  EXPECT_EQ(code_of(log->read(before, 100, 1 << 20, ReadTier::kAll)), ErrorCode::kTrimmed);
}

}  // namespace
}  // namespace gyre::storage
