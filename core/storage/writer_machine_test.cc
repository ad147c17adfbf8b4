// SPDX-License-Identifier: Apache-2.0
#include "core/storage/writer_machine.h"

#include "core/engine/memory/memory_engine.h"
#include "core/storage/harness_test.h"

namespace gyre::storage {
namespace {

class Writer : public ::testing::Test {
 protected:
  std::unique_ptr<MemoryEngine> engine = MemoryEngine::create();
  MachineHarness harness{*engine};
};

VersionedWrite from_there(std::optional<std::string> image, HybridTime clock) {
  VersionedWrite write;
  write.image = std::move(image);
  write.version = {clock, RegionId("there")};
  write.vector.observe(IncarnationId(8), clock);
  write.origin = {RegionId("there"), IncarnationId(8), SequenceNumber(55)};
  return write;
}

TEST_F(Writer, PutWritesTheItemWithItsRecord) {
  const TablePointer table = harness.create_table("orders");
  ASSERT_TRUE(harness.put(*table, "a", "1").ok());
  ASSERT_TRUE(harness.put(*table, "a", "2").ok());
  ASSERT_TRUE(harness.erase(*table, "a").ok());
  const std::vector<ChangeRecord> records = harness.records(table->schema.id);
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].kind, ChangeKind::kInsert);
  EXPECT_EQ(records[0].old_image, "");
  EXPECT_EQ(records[0].new_image, test_image("a", "1"));
  EXPECT_EQ(records[0].keys, encode_item({{"pk", AttributeValue::string("a")}}));
  EXPECT_EQ(records[0].origin, (Origin{RegionId("here"), IncarnationId(7), records[0].sequence}));
  EXPECT_EQ(records[0].vector.clock_of(IncarnationId(7)), records[0].version.clock);
  EXPECT_EQ(records[0].transaction_id, 0U);
  EXPECT_EQ(records[1].kind, ChangeKind::kModify);
  EXPECT_EQ(records[1].old_image, test_image("a", "1"));
  EXPECT_EQ(records[1].replaced, records[0].version);
  EXPECT_EQ(records[2].kind, ChangeKind::kRemove);
  EXPECT_EQ(records[2].new_image, "");
  EXPECT_EQ(harness.count_rows(Family::kItems), 0U);
  EXPECT_EQ(harness.count_rows(Family::kTombstones), 0U);
}

TEST_F(Writer, RecordsOfAShardAreContiguousAndCountTheirBytes) {
  const TablePointer table = harness.create_table("orders");
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(harness.put(*table, "key" + std::to_string(i), "v").ok());
  std::map<ShardId, ChangeRecord> last;
  for (const ChangeRecord& record : harness.all_records()) {
    const ChangeRecord& before = last[record.shard];
    EXPECT_EQ(record.ordinal.value(), before.ordinal.value() + 1);
    EXPECT_GT(record.sequence, before.sequence);
    EXPECT_EQ(record.cumulative_bytes, before.cumulative_bytes + encode_change_record(record).size());
    last[record.shard] = record;
  }
  EXPECT_EQ(last.size(), 5U);  // four shards and the catalog's
  for (const auto& [shard, record] : last) {
    EXPECT_EQ(harness.machine->head(shard)->sequence, record.sequence);
    EXPECT_EQ(harness.machine->head(shard)->ordinal, record.ordinal);
    EXPECT_EQ(harness.machine->head(shard)->cumulative_bytes, record.cumulative_bytes);
  }
}

TEST_F(Writer, FailedConditionLeavesNoChangeRecord) {
  const TablePointer table = harness.create_table("orders");
  const std::size_t before = harness.all_records().size();
  const Status outcome = harness.write([&](WriteTransaction& transaction) -> Status {
    RETURN_IF_ERROR(transaction.items().put(*table, test_key("a"), test_image("a", "1")));
    transaction.rows().put({RowPrefix("cursor/"), "x"}, "1");
    return Error(ErrorCode::kConditionalCheckFailed, "no");
  });
  EXPECT_EQ(code_of(outcome), ErrorCode::kConditionalCheckFailed);
  EXPECT_EQ(harness.all_records().size(), before);
  EXPECT_EQ(harness.count_rows(Family::kItems), 0U);
  EXPECT_FALSE(ok(engine->get(Family::kCatalog, "cursor/x", ReadTier::kAll)).has_value());
}

TEST_F(Writer, AnErrorDiscardsOnlyItsOwnRequest) {
  const TablePointer table = harness.create_table("orders");
  const auto put = [&](std::string name, Status outcome) {
    harness.submit([&table, name, outcome](WriteTransaction& transaction) -> Status {
      RETURN_IF_ERROR(transaction.items().put(*table, test_key(name), test_image(name, "1")));
      return outcome;
    });
  };
  const int commits = harness.commits;
  put("a", {});
  put("b", Error::validation("no"));
  put("c", {});
  harness.run();
  EXPECT_EQ(harness.commits, commits + 1);
  EXPECT_TRUE(harness.read(*table, "a").exists());
  EXPECT_FALSE(harness.read(*table, "b").exists());
  EXPECT_TRUE(harness.read(*table, "c").exists());
}

TEST_F(Writer, OneStampPerRequestAndStrictlyIncreasingBetweenThem) {
  const TablePointer table = harness.create_table("orders");
  ASSERT_TRUE(harness
                  .write([&](WriteTransaction& transaction) -> Status {
                    RETURN_IF_ERROR(transaction.items().put(*table, test_key("a"), test_image("a", "1")));
                    return transaction.items().put(*table, test_key("b"), test_image("b", "1"));
                  })
                  .ok());
  ASSERT_TRUE(harness.put(*table, "c", "1").ok());
  const std::vector<ChangeRecord> records = harness.records(table->schema.id);
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].commit_time, records[1].commit_time);
  EXPECT_EQ(records[0].version, records[1].version);
  EXPECT_EQ(records[0].participant_count, 2U);
  EXPECT_EQ(records[0].transaction_id, records[1].transaction_id);
  EXPECT_NE(records[0].transaction_id, 0U);
  EXPECT_GT(records[2].commit_time, records[1].commit_time);
  EXPECT_EQ(records[2].participant_count, 1U);
}

TEST_F(Writer, ALocalWriteBeatsWhatItOverwritesOnAnyClock) {
  const TablePointer table = harness.create_table("orders", true);
  const HybridTime ahead = hybrid_from_ms(harness.now_ms + 400);
  ASSERT_TRUE(harness
                  .write([&](WriteTransaction& transaction) {
                    return transaction.items().put_version(*table, test_key("a"),
                                                           from_there(test_image("a", "theirs"), ahead));
                  })
                  .ok());
  ASSERT_TRUE(harness.put(*table, "a", "ours").ok());
  const StoredItem item = harness.read(*table, "a");
  EXPECT_GE(item.version.clock, ahead + 2);
  EXPECT_EQ(item.vector.clock_of(IncarnationId(8)), ahead);
  EXPECT_EQ(item.vector.clock_of(IncarnationId(7)), item.version.clock);
}

// What stands at `name`, as a request would have read it ahead; with another value, so that its use shows.
PrefetchedItem read_ahead(const MachineHarness& harness, const TableEntry& table, const std::string& name,
                          const std::string& value) {
  StoredItem item;
  item.image = test_image(name, value);
  return {item_row(table.schema.id, test_key(name)), std::make_shared<const StoredItem>(std::move(item)),
          harness.memory->items.commits()};
}

// The value that a request sees which was offered `prefetched`.
std::string seen_with(MachineHarness& harness, const TableEntry& table, const PrefetchedItem& prefetched) {
  std::string image;
  EXPECT_TRUE(harness
                  .write([&](WriteTransaction& transaction) -> Status {
                    transaction.items().offer(prefetched);
                    ASSIGN_OR_RETURN(const StoredItem item, transaction.items().read(table, test_key("a")));
                    image = item.image.value_or("");
                    return {};
                  })
                  .ok());
  return image;
}

TEST_F(Writer, WhatWasReadAheadIsUsedUntilItsRowIsWritten) {
  const TablePointer table = harness.create_table("orders");
  ASSERT_TRUE(harness.put(*table, "a", "stored").ok());
  const PrefetchedItem prefetched = read_ahead(harness, *table, "a", "read ahead");
  ASSERT_TRUE(harness.put(*table, "b", "1").ok());
  EXPECT_EQ(seen_with(harness, *table, prefetched), test_image("a", "read ahead"));
  ASSERT_TRUE(harness.put(*table, "a", "newer").ok());
  EXPECT_EQ(seen_with(harness, *table, prefetched), test_image("a", "newer"));
  ASSERT_TRUE(harness.erase(*table, "a").ok());
  EXPECT_EQ(seen_with(harness, *table, prefetched), "");
}

TEST_F(Writer, WhatWasReadAheadGivesWayToAnEarlierWriteOfTheSameBatch) {
  const TablePointer table = harness.create_table("orders");
  const PrefetchedItem prefetched = read_ahead(harness, *table, "a", "read ahead");
  harness.submit([&](WriteTransaction& transaction) {
    return transaction.items().put(*table, test_key("a"), test_image("a", "same batch"));
  });
  EXPECT_EQ(seen_with(harness, *table, prefetched), test_image("a", "same batch"));
}

TEST_F(Writer, EqualPutLeavesNoRecord) {
  const TablePointer table = harness.create_table("orders");
  ASSERT_TRUE(harness.put(*table, "a", "1").ok());
  const int commits = harness.commits;
  ASSERT_TRUE(harness.put(*table, "a", "1").ok());
  ASSERT_TRUE(harness.erase(*table, "nothing").ok());
  EXPECT_EQ(harness.commits, commits);
  EXPECT_EQ(harness.records(table->schema.id).size(), 1U);
}

TEST_F(Writer, EqualPutTouchesAReplicatedItem) {
  const TablePointer table = harness.create_table("orders", true);
  ASSERT_TRUE(harness.put(*table, "a", "1").ok());
  const Version before = harness.read(*table, "a").version;
  ASSERT_TRUE(harness.put(*table, "a", "1").ok());
  EXPECT_EQ(harness.records(table->schema.id).back().kind, ChangeKind::kTouch);
  EXPECT_GT(harness.read(*table, "a").version, before);
  EXPECT_EQ(harness.read(*table, "a").version, harness.records(table->schema.id).back().version);
}

TEST_F(Writer, DeletesOfAReplicatedTableLeaveATombstoneThatAPutErases) {
  const TablePointer table = harness.create_table("orders", true);
  ASSERT_TRUE(harness.put(*table, "a", "1").ok());
  ASSERT_TRUE(harness.erase(*table, "a").ok());
  EXPECT_TRUE(harness.read(*table, "a").tombstone());
  EXPECT_EQ(harness.read(*table, "a").version, harness.records(table->schema.id).back().version);
  EXPECT_EQ(harness.count_rows(Family::kItems), 0U);
  EXPECT_EQ(harness.count_rows(Family::kTombstones), 1U);
  const Version removed = harness.read(*table, "a").version;
  ASSERT_TRUE(harness.erase(*table, "a").ok());
  EXPECT_EQ(harness.records(table->schema.id).back().kind, ChangeKind::kTouch);
  EXPECT_GT(harness.read(*table, "a").version, removed);
  ASSERT_TRUE(harness.put(*table, "a", "2").ok());
  EXPECT_EQ(harness.records(table->schema.id).back().kind, ChangeKind::kInsert);
  EXPECT_EQ(harness.count_rows(Family::kItems), 1U);
  EXPECT_EQ(harness.count_rows(Family::kTombstones), 0U);
}

TEST_F(Writer, ADecidedWriteKeepsItsVersionAndOrigin) {
  const TablePointer table = harness.create_table("orders", true);
  const HybridTime clock = hybrid_from_ms(harness.now_ms) - 500;
  ASSERT_TRUE(harness
                  .write([&](WriteTransaction& transaction) -> Status {
                    RETURN_IF_ERROR(transaction.items().put_version(*table, test_key("a"),
                                                                    from_there(test_image("a", "1"), clock)));
                    RETURN_IF_ERROR(transaction.items().put_version(
                        *table, test_key("a"), from_there(test_image("a", "2"), clock + 2)));
                    return transaction.items().put_version(*table, test_key("a"),
                                                           from_there(test_image("a", "2"), clock + 4));
                  })
                  .ok());
  const std::vector<ChangeRecord> records = harness.records(table->schema.id);
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].kind, ChangeKind::kInsert);
  EXPECT_EQ(records[1].kind, ChangeKind::kModify);
  EXPECT_EQ(records[1].replaced, (Version{clock, RegionId("there")}));
  EXPECT_EQ(records[2].kind, ChangeKind::kTouch);
  EXPECT_EQ(records[2].version, (Version{clock + 4, RegionId("there")}));
  EXPECT_EQ(records[2].origin, (Origin{RegionId("there"), IncarnationId(8), SequenceNumber(55)}));
  EXPECT_GT(records[2].commit_time, clock + 4);
  EXPECT_EQ(harness.read(*table, "a").version, records[2].version);
}

TEST_F(Writer, AMergedVectorRewritesOnlyTheHeader) {
  const TablePointer table = harness.create_table("orders", true);
  ASSERT_TRUE(harness.put(*table, "a", "1").ok());
  const StoredItem before = harness.read(*table, "a");
  VersionVector merged = before.vector;
  merged.observe(IncarnationId(8), 5);
  ASSERT_TRUE(harness
                  .write([&](WriteTransaction& transaction) {
                    return transaction.items().put_vector(*table, test_key("a"), merged);
                  })
                  .ok());
  EXPECT_EQ(harness.read(*table, "a").vector, merged);
  EXPECT_EQ(harness.read(*table, "a").version, before.version);
  EXPECT_EQ(harness.read(*table, "a").image, before.image);
  EXPECT_EQ(harness.records(table->schema.id).size(), 1U);
}

TEST_F(Writer, ARequestReadsItsOwnWritesAndWritesAnItemOnce) {
  const TablePointer table = harness.create_table("orders");
  ASSERT_TRUE(harness
                  .write([&](WriteTransaction& transaction) -> Status {
                    RETURN_IF_ERROR(transaction.items().put(*table, test_key("a"), test_image("a", "1")));
                    EXPECT_EQ(ok(transaction.items().read(*table, test_key("a"))).image,
                              test_image("a", "1"));
                    RETURN_IF_ERROR(transaction.items().put(*table, test_key("a"), test_image("a", "2")));
                    RETURN_IF_ERROR(transaction.items().put(*table, test_key("b"), test_image("b", "1")));
                    RETURN_IF_ERROR(transaction.items().erase(*table, test_key("b")));
                    EXPECT_FALSE(ok(transaction.items().read(*table, test_key("b"))).exists());
                    return {};
                  })
                  .ok());
  const std::vector<ChangeRecord> records = harness.records(table->schema.id);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].new_image, test_image("a", "2"));
  EXPECT_EQ(records[0].participant_count, 1U);
}

TEST_F(Writer, LaterRequestsOfTheBatchSeeEarlierOnes) {
  const TablePointer table = harness.create_table("orders");
  for (int i = 0; i < 10; ++i) {
    harness.submit([&](WriteTransaction& transaction) -> Status {
      ASSIGN_OR_RETURN(const StoredItem item, transaction.items().read(*table, test_key("n")));
      const std::size_t size =
          item.exists() ? ok(decode_item(*item.image)).find("value")->as_string().size() : 0;
      transaction.rows().put({RowPrefix("cursor/"), "n"}, std::to_string(size));
      return transaction.items().put(*table, test_key("n"), test_image("n", std::string(size + 1, 'x')));
    });
  }
  const int commits = harness.commits;
  harness.run();
  EXPECT_EQ(harness.commits, commits + 1);
  EXPECT_EQ(harness.read(*table, "n").image, test_image("n", std::string(10, 'x')));
  EXPECT_EQ(ok(engine->get(Family::kCatalog, "cursor/n", ReadTier::kAll))->view(), "9");
  EXPECT_EQ(harness.records(table->schema.id).size(), 10U);
}

TEST_F(Writer, ConflictsAreKeptUnderRowsOfTheirOwn) {
  const TablePointer table = harness.create_table("orders", true);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(harness
                    .write([&](WriteTransaction& transaction) -> Status {
                      for (int j = 0; j < 2; ++j)
                        transaction.items().record_conflict({table->schema.id, "k", {}, 0, {}, "w", {}, "l"});
                      return {};
                    })
                    .ok());
    harness.restart();
  }
  EXPECT_EQ(harness.count_rows(Family::kConflicts), 6U);
}

TEST_F(Writer, AuditReachesTheRecords) {
  const auto audit = std::make_shared<const Audit>(Audit{"alice", true, "request-1", "::1", "agent/1"});
  const TablePointer table = harness.create_table("orders");
  ASSERT_TRUE(harness
                  .write([&](WriteTransaction& transaction) {
                    transaction.set_audit(audit);
                    return transaction.items().put(*table, test_key("a"), test_image("a", "1"));
                  })
                  .ok());
  EXPECT_EQ(harness.records(table->schema.id)[0].audit, *audit);
}

TEST_F(Writer, AWriteOfElsewhereBringsItsOwnAudit) {
  const TablePointer table = harness.create_table("orders", true);
  VersionedWrite write = from_there(test_image("a", "1"), 100);
  write.audit = {"alice", false, "request-9", "10.0.0.1", "agent/2"};
  ASSERT_TRUE(harness
                  .write([&](WriteTransaction& transaction) {
                    transaction.set_audit(std::make_shared<const Audit>(Audit{.principal = "link"}));
                    return transaction.items().put_version(*table, test_key("a"), write);
                  })
                  .ok());
  EXPECT_EQ(harness.records(table->schema.id)[0].audit, write.audit);
}

TEST_F(Writer, AnImageThatIsNoItemIsRefused) {
  const TablePointer table = harness.create_table("orders");
  EXPECT_EQ(code_of(harness.write([&](WriteTransaction& transaction) {
              return transaction.items().put(*table, test_key("a"), "nonsense");
            })),
            ErrorCode::kCorruption);
}

TEST_F(Writer, ARequestLargerThanTheStoreTakesIsRefusedAlone) {
  const TablePointer table = harness.create_table("orders");
  const std::string megabyte(1024 * 1024, 'x');
  EXPECT_EQ(code_of(harness.write([&](WriteTransaction& transaction) -> Status {
              for (int i = 0; i < 256; ++i)
                transaction.rows().put({RowPrefix("cursor/"), std::to_string(i)}, megabyte);
              return transaction.items().put(*table, test_key("a"), test_image("a", "1"));
            })),
            ErrorCode::kRequestTooLarge);
  EXPECT_TRUE(harness.put(*table, "a", "2").ok());
  EXPECT_EQ(harness.records(table->schema.id).size(), 1U);
}

}  // namespace
}  // namespace gyre::storage
