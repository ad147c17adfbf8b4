// SPDX-License-Identifier: Apache-2.0
#include "core/storage/writer_machine.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/storage/engine_memory.h"
#include "core/storage/harness_test.h"

namespace gyre::storage {
namespace {

using ::testing::ElementsAre;

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
    RETURN_IF_ERROR(transaction.put(*table, test_key("a"), test_image("a", "1")));
    transaction.put_row("cursor/x", "1");
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
      RETURN_IF_ERROR(transaction.put(*table, test_key(name), test_image(name, "1")));
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
                    RETURN_IF_ERROR(transaction.put(*table, test_key("a"), test_image("a", "1")));
                    return transaction.put(*table, test_key("b"), test_image("b", "1"));
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
                    return transaction.put_version(*table, test_key("a"),
                                                   from_there(test_image("a", "theirs"), ahead));
                  })
                  .ok());
  ASSERT_TRUE(harness.put(*table, "a", "ours").ok());
  const StoredItem item = harness.read(*table, "a");
  EXPECT_GE(item.version.clock, ahead + 2);
  EXPECT_EQ(item.vector.clock_of(IncarnationId(8)), ahead);
  EXPECT_EQ(item.vector.clock_of(IncarnationId(7)), item.version.clock);
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
                    RETURN_IF_ERROR(transaction.put_version(*table, test_key("a"),
                                                            from_there(test_image("a", "1"), clock)));
                    RETURN_IF_ERROR(transaction.put_version(*table, test_key("a"),
                                                            from_there(test_image("a", "2"), clock + 2)));
                    return transaction.put_version(*table, test_key("a"),
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
                    return transaction.put_vector(*table, test_key("a"), merged);
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
                    RETURN_IF_ERROR(transaction.put(*table, test_key("a"), test_image("a", "1")));
                    EXPECT_EQ(ok(transaction.read(*table, test_key("a"))).image, test_image("a", "1"));
                    RETURN_IF_ERROR(transaction.put(*table, test_key("a"), test_image("a", "2")));
                    RETURN_IF_ERROR(transaction.put(*table, test_key("b"), test_image("b", "1")));
                    RETURN_IF_ERROR(transaction.erase(*table, test_key("b")));
                    EXPECT_FALSE(ok(transaction.read(*table, test_key("b"))).exists());
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
      ASSIGN_OR_RETURN(const StoredItem item, transaction.read(*table, test_key("n")));
      const std::size_t size =
          item.exists() ? ok(decode_item(*item.image)).find("value")->as_string().size() : 0;
      transaction.put_row("row/n", std::to_string(size));
      return transaction.put(*table, test_key("n"), test_image("n", std::string(size + 1, 'x')));
    });
  }
  const int commits = harness.commits;
  harness.run();
  EXPECT_EQ(harness.commits, commits + 1);
  EXPECT_EQ(harness.read(*table, "n").image, test_image("n", std::string(10, 'x')));
  EXPECT_EQ(ok(engine->get(Family::kCatalog, "row/n", ReadTier::kAll))->view(), "9");
  EXPECT_EQ(harness.records(table->schema.id).size(), 10U);
}

TEST_F(Writer, ConflictsAreKeptUnderRowsOfTheirOwn) {
  const TablePointer table = harness.create_table("orders", true);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(harness
                    .write([&](WriteTransaction& transaction) -> Status {
                      for (int j = 0; j < 2; ++j)
                        transaction.record_conflict({table->schema.id, "k", {}, 0, {}, "w", {}, "l"});
                      return {};
                    })
                    .ok());
    harness.restart();
  }
  EXPECT_EQ(harness.count_rows(Family::kConflicts), 6U);
}

TEST_F(Writer, AuditReachesTheRecords) {
  const TablePointer table = harness.create_table("orders");
  ASSERT_TRUE(harness
                  .write([&](WriteTransaction& transaction) {
                    transaction.set_audit("alice", "request-1");
                    return transaction.put(*table, test_key("a"), test_image("a", "1"));
                  })
                  .ok());
  EXPECT_EQ(harness.records(table->schema.id)[0].principal, "alice");
  EXPECT_EQ(harness.records(table->schema.id)[0].request_id, "request-1");
}

TEST_F(Writer, AnImageThatIsNoItemIsRefused) {
  const TablePointer table = harness.create_table("orders");
  EXPECT_EQ(code_of(harness.write([&](WriteTransaction& transaction) {
              return transaction.put(*table, test_key("a"), "nonsense");
            })),
            ErrorCode::kCorruption);
}

TEST_F(Writer, ARequestLargerThanTheStoreTakesIsRefusedAlone) {
  const TablePointer table = harness.create_table("orders");
  const std::string megabyte(1024 * 1024, 'x');
  EXPECT_EQ(code_of(harness.write([&](WriteTransaction& transaction) -> Status {
              for (int i = 0; i < 256; ++i) transaction.put_row("row/" + std::to_string(i), megabyte);
              return transaction.put(*table, test_key("a"), test_image("a", "1"));
            })),
            ErrorCode::kRequestTooLarge);
  EXPECT_TRUE(harness.put(*table, "a", "2").ok());
  EXPECT_EQ(harness.records(table->schema.id).size(), 1U);
}

// --- the queue ---

TEST_F(Writer, AFullQueueThrottlesItsOwnClassOnly) {
  harness.options.queue_bytes_max = 10'000;
  harness.restart();
  const auto nothing = [](WriteTransaction&) -> Status { return {}; };
  harness.submit(nothing, WriteClass::kMaintenance, 8'000);
  harness.submit(nothing, WriteClass::kMaintenance, 8'000);
  EXPECT_EQ(code_of(harness.outcomes[1].value()), ErrorCode::kThrottled);
  harness.submit(nothing, WriteClass::kClient, 8'000);
  EXPECT_FALSE(harness.outcomes[2].has_value());
  harness.run();
  EXPECT_TRUE(harness.outcomes[0]->ok());
  EXPECT_TRUE(harness.outcomes[2]->ok());
  harness.submit(nothing, WriteClass::kMaintenance, 80'000);
  harness.run();
  EXPECT_TRUE(harness.outcomes[3]->ok());
}

TEST_F(Writer, AClosedMachineTakesNothingButFinishesWhatItHas) {
  const auto nothing = [](WriteTransaction&) -> Status { return {}; };
  harness.submit(nothing);
  harness.machine->close();
  harness.submit(nothing);
  EXPECT_EQ(code_of(harness.outcomes[1].value()), ErrorCode::kUnavailable);
  harness.run();
  EXPECT_TRUE(harness.outcomes[0]->ok());
}

TEST(WriteQueue, MaintenanceNeverStarvesClients) {
  WriteQueue queue(1 << 30);
  InlineSink sink;
  const auto push = [&](WriteClass write_class, std::size_t bytes) {
    std::unique_ptr<WriteRequest> request = std::make_unique<TestRequest>(
        [](WriteTransaction&) -> Status { return {}; }, [](const Status&) {}, sink, write_class, bytes);
    ASSERT_TRUE(queue.push(request));
  };
  for (int i = 0; i < 500; ++i) push(WriteClass::kMaintenance, 100'000);
  for (int i = 0; i < 500; ++i) push(WriteClass::kReplication, 10'000);
  for (int i = 0; i < 5'000; ++i) push(WriteClass::kClient, 1'000);
  std::map<WriteClass, std::size_t> bytes;
  for (int i = 0; i < 2'000; ++i) {
    const std::unique_ptr<WriteRequest> request = queue.pop();
    bytes[request->write_class()] += request->size_bytes();
  }
  EXPECT_GT(bytes[WriteClass::kClient], bytes[WriteClass::kReplication]);
  EXPECT_GT(bytes[WriteClass::kReplication], bytes[WriteClass::kMaintenance]);
  EXPECT_GT(bytes[WriteClass::kMaintenance], 0U);
  for (std::size_t left = 6'000 - 2'000; left > 0; --left) EXPECT_NE(queue.pop(), nullptr);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.pop(), nullptr);
}

TEST(WriteQueue, AClassKeepsTheOrderOfArrival) {
  WriteQueue queue(1 << 30);
  InlineSink sink;
  for (std::size_t i = 1; i <= 100; ++i) {
    std::unique_ptr<WriteRequest> request = std::make_unique<TestRequest>(
        [](WriteTransaction&) -> Status { return {}; }, [](const Status&) {}, sink, WriteClass::kClient, i);
    ASSERT_TRUE(queue.push(request));
  }
  for (std::size_t i = 1; i <= 100; ++i) EXPECT_EQ(queue.pop()->size_bytes(), i);
}

TEST_F(Writer, CompletionsAreGroupedBySink) {
  class CountingSink final : public CompletionSink {
   public:
    void deliver(std::vector<std::function<void()>> completions) override {
      sizes.push_back(completions.size());
      for (auto& completion : completions) completion();
    }
    std::vector<std::size_t> sizes;
  };
  CountingSink one, two;
  std::vector<int> order;
  for (int i = 0; i < 6; ++i) {
    std::unique_ptr<WriteRequest> request = std::make_unique<TestRequest>(
        [](WriteTransaction&) -> Status { return {}; }, [&order, i](const Status&) { order.push_back(i); },
        i % 3 == 0 ? one : two);
    ASSERT_TRUE(harness.machine->enqueue(request).ok());
  }
  harness.run();
  EXPECT_THAT(one.sizes, ElementsAre(2));
  EXPECT_THAT(two.sizes, ElementsAre(4));
  EXPECT_THAT(order, ElementsAre(0, 3, 1, 2, 4, 5));
}

TEST_F(Writer, BelowTheDiskFloorClientsAreRefusedAndMaintenanceGoesOn) {
  const TablePointer table = harness.create_table("orders");
  engine->set_free_bytes(1);
  harness.now_ms += limits::kDiskCheckMs;
  EXPECT_EQ(code_of(harness.put(*table, "a", "1")), ErrorCode::kUnavailable);
  harness.submit([&](WriteTransaction& transaction) { return transaction.roll_shards(table->schema.id, ""); },
                 WriteClass::kMaintenance);
  harness.run();
  EXPECT_TRUE(harness.outcomes.back()->ok());
  engine->set_free_bytes(1ULL << 40);
  harness.now_ms += limits::kDiskCheckMs;
  EXPECT_TRUE(harness.put(*table, "a", "1").ok());
}

// --- commits ---

TEST_F(Writer, AFailedCommitIsNeverAcknowledged) {
  const TablePointer table = harness.create_table("orders");
  const auto put = [&](const std::string& name) {
    harness.submit([&table, name](WriteTransaction& transaction) {
      return transaction.put(*table, test_key(name), test_image(name, "1"));
    });
  };
  put("a");
  put("b");
  engine->fail_next_commit(CommitOutcome::kUnknown, true);
  EXPECT_FALSE(harness.run());
  EXPECT_EQ(code_of(harness.outcomes[1].value()), ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(code_of(harness.outcomes[2].value()), ErrorCode::kOutcomeUnknown);
  put("c");
  EXPECT_EQ(code_of(harness.outcomes[3].value()), ErrorCode::kUnavailable);
  harness.restart();
  EXPECT_TRUE(harness.read(*table, "a").exists());  // all of it happened, as may be
  EXPECT_TRUE(harness.read(*table, "b").exists());
}

TEST_F(Writer, WatermarkFollowsTheClockWhenIdleAndNoLaterRecordIsOlder) {
  const TablePointer table = harness.create_table("orders");
  harness.now_ms += 10'000;
  const HybridTime watermark = harness.machine->watermark(harness.now_ms);
  EXPECT_EQ(watermark, hybrid_from_ms(harness.now_ms));
  harness.now_ms -= 60'000;  // the wall clock is set back
  EXPECT_EQ(harness.machine->watermark(harness.now_ms), watermark);
  ASSERT_TRUE(harness.put(*table, "a", "1").ok());
  EXPECT_GT(harness.records(table->schema.id).back().commit_time, watermark);
  EXPECT_GE(harness.machine->watermark(harness.now_ms), harness.records(table->schema.id).back().commit_time);
}

TEST_F(Writer, WatermarkWaitsForTheBatchOnItsWay) {
  const TablePointer table = harness.create_table("orders");
  harness.submit([&](WriteTransaction& transaction) {
    return transaction.put(*table, test_key("a"), test_image("a", "1"));
  });
  ASSERT_TRUE(harness.machine->step(harness.now_ms));
  const HybridTime during = harness.machine->watermark(harness.now_ms + 5'000);
  ASSERT_EQ(commit_and_wait(*engine, harness.machine->batch(), Durability::kSync).outcome,
            CommitOutcome::kCommitted);
  for (auto& [sink, completions] : harness.machine->committed().completions)
    sink->deliver(std::move(completions));
  EXPECT_LT(during, harness.records(table->schema.id).back().commit_time);
}

TEST_F(Writer, HeadsAreToldOnceTheyAreDurable) {
  MachineHarness async(*engine, Durability::kAsync);
  const TablePointer table = async.create_table("orders");
  const ShardId shard = table->open_shard(test_key("a").partition_hash).id;
  EXPECT_EQ(async.machine->head(shard)->ordinal, Ordinal(0));
  ASSERT_TRUE(async.put(*table, "a", "1").ok());
  EXPECT_EQ(async.machine->head(shard)->ordinal, Ordinal(0));
  EXPECT_LT(async.machine->watermark(async.now_ms + 9'999), hybrid_from_ms(async.now_ms + 9'999));
  async.now_ms += limits::kWriterAsyncSyncMs;
  EXPECT_TRUE(async.machine->has_work(async.now_ms));
  async.run();
  EXPECT_EQ(async.machine->head(shard)->ordinal, Ordinal(1));
  ASSERT_EQ(async.heads.size(), 1U);
  EXPECT_EQ(async.heads[0].shard, shard);
  engine->crash();
  async.restart();
  EXPECT_TRUE(async.read(*table, "a").exists());
}

TEST_F(Writer, UnknownShardsHaveNoHead) {
  EXPECT_FALSE(harness.machine->head(ShardId(12345)).has_value());
}

// --- the catalog ---

TEST_F(Writer, ANewTableOpensShardsOverAllHashes) {
  const TablePointer table = harness.create_table("orders");
  ASSERT_EQ(table->shards.size(), limits::kPartitionsPerNewTable);
  std::uint64_t next = 0;
  for (const ShardDescriptor& shard : table->shards) {
    EXPECT_EQ(shard.hash_first, next);
    next = shard.hash_last + 1;
    EXPECT_EQ(harness.machine->head(shard.id)->sequence, SequenceNumber(0));
  }
  EXPECT_EQ(next, 0U);  // ran over: the last one ends at the last hash
  EXPECT_TRUE(std::is_sorted(table->shards.begin(), table->shards.end(),
                             [](const auto& a, const auto& b) { return a.id < b.id; }));
  std::size_t catalog_records = 0;
  for (const ChangeRecord& record : harness.all_records()) {
    EXPECT_EQ(record.shard, kCatalogShard);
    EXPECT_TRUE(decode_catalog_change(record.catalog_change).ok());
    ++catalog_records;
  }
  EXPECT_EQ(catalog_records, 5U);
}

TEST_F(Writer, TheNameOfALivingTableIsTaken) {
  const TablePointer table = harness.create_table("orders");
  EXPECT_EQ(code_of(harness.write([](WriteTransaction& transaction) {
              return transaction.put_table(test_schema(transaction.new_table_id(), "orders"));
            })),
            ErrorCode::kResourceInUse);
  ASSERT_TRUE(
      harness.write([&](WriteTransaction& transaction) { return transaction.drop_table(table->schema.id); })
          .ok());
  EXPECT_NE(harness.create_table("orders")->schema.id, table->schema.id);
}

TEST_F(Writer, ADroppedTableIsGoneForLaterRequestsOfTheSameBatch) {
  const TablePointer table = harness.create_table("orders");
  ASSERT_TRUE(harness.put(*table, "a", "1").ok());
  harness.submit([&](WriteTransaction& transaction) { return transaction.drop_table(table->schema.id); });
  harness.submit([&](WriteTransaction& transaction) -> Status {
    EXPECT_EQ(transaction.catalog().find("orders"), nullptr);
    EXPECT_FALSE(ok(transaction.read(*table, test_key("a"))).exists());
    return transaction.put(*table, test_key("b"), test_image("b", "1"));
  });
  harness.run();
  EXPECT_EQ(code_of(harness.outcomes.back().value()), ErrorCode::kResourceNotFound);
  EXPECT_EQ(harness.count_rows(Family::kItems), 0U);
  EXPECT_EQ(harness.records(table->schema.id).size(), 1U);  // its log stays readable
}

TEST_F(Writer, RolledShardsNameTheirParentsAndTakeOver) {
  const TablePointer before = harness.create_table("orders");
  ASSERT_TRUE(harness.put(*before, "a", "1").ok());
  const ShardId old_shard = before->open_shard(test_key("a").partition_hash).id;
  ASSERT_TRUE(harness
                  .write([&](WriteTransaction& transaction) -> Status {
                    RETURN_IF_ERROR(transaction.put(*before, test_key("a"), test_image("a", "2")));
                    RETURN_IF_ERROR(transaction.roll_shards(before->schema.id, "label"));
                    return transaction.put(*before, test_key("b"), test_image("b", "1"));
                  })
                  .ok());
  ASSERT_TRUE(harness.put(*before, "a", "3").ok());
  const TablePointer after = harness.catalog.snapshot()->find("orders");
  EXPECT_EQ(after->shards.size(), 2 * limits::kPartitionsPerNewTable);
  EXPECT_EQ(after->open_shards().size(), limits::kPartitionsPerNewTable);
  const ShardDescriptor& closed = *after->find_shard(old_shard);
  const ShardDescriptor& child = after->open_shard(test_key("a").partition_hash);
  EXPECT_EQ(closed.last_ordinal, Ordinal(2));
  EXPECT_EQ(closed.last_sequence, harness.machine->head(old_shard)->sequence);
  EXPECT_EQ(child.parent, old_shard);
  EXPECT_EQ(child.stream_label, "label");
  EXPECT_GT(child.id, closed.id);
  for (const ChangeRecord& record : harness.records(before->schema.id)) {
    if (record.shard == child.id) {
      EXPECT_GT(record.sequence, closed.last_sequence);
    }
  }
  const auto before_restart = *after;
  harness.restart();
  EXPECT_EQ(harness.catalog.snapshot()->find("orders")->shards, before_restart.shards);
  EXPECT_EQ(harness.machine->head(old_shard)->cumulative_bytes, closed.last_cumulative_bytes);
}

TEST_F(Writer, OnlyClosedShardsAreTrimmedAndTheLastOneForgetsTheTable) {
  const TablePointer table = harness.create_table("orders");
  ASSERT_TRUE(harness.put(*table, "a", "1").ok());
  const auto trim = [&](ShardId shard) {
    return harness.write([shard](WriteTransaction& transaction) { return transaction.trim_shard(shard); });
  };
  EXPECT_EQ(code_of(trim(table->shards[0].id)), ErrorCode::kValidation);
  ASSERT_TRUE(
      harness.write([&](WriteTransaction& transaction) { return transaction.drop_table(table->schema.id); })
          .ok());
  for (const ShardDescriptor& shard : table->shards) {
    EXPECT_NE(harness.catalog.snapshot()->find_by_shard(shard.id), nullptr);
    ASSERT_TRUE(trim(shard.id).ok());
    EXPECT_FALSE(harness.machine->head(shard.id).has_value());
  }
  EXPECT_EQ(harness.catalog.snapshot()->find(table->schema.id), nullptr);
  EXPECT_EQ(code_of(trim(table->shards[0].id)), ErrorCode::kResourceNotFound);
  EXPECT_TRUE(harness.records(table->schema.id).empty());
  harness.restart();
  EXPECT_TRUE(harness.catalog.snapshot()->tables().empty());
}

TEST_F(Writer, NothingRegressesAcrossARestart) {
  const TablePointer table = harness.create_table("orders");
  ASSERT_TRUE(harness.put(*table, "a", "1").ok());
  ASSERT_TRUE(
      harness.write([&](WriteTransaction& transaction) { return transaction.drop_table(table->schema.id); })
          .ok());
  for (const ShardDescriptor& shard : table->shards) {
    ASSERT_TRUE(
        harness.write([&](WriteTransaction& transaction) { return transaction.trim_shard(shard.id); }).ok());
  }
  const ChangeRecord last = harness.all_records().back();
  harness.now_ms -= 3'600'000;
  harness.restart();
  const TablePointer again = harness.create_table("orders");
  EXPECT_GT(again->schema.id.value(), last.commit_time);
  EXPECT_GT(harness.all_records().back().sequence, last.sequence);
  EXPECT_GT(harness.all_records().back().commit_time, last.commit_time);
}

}  // namespace
}  // namespace gyre::storage
