// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/base/limits.h"
#include "core/engine/memory/memory_engine.h"
#include "core/storage/harness_test.h"
#include "core/storage/writer_machine.h"

namespace gyre::storage {
namespace {

class WriterCatalog : public ::testing::Test {
 protected:
  std::unique_ptr<MemoryEngine> engine = MemoryEngine::create();
  MachineHarness harness{*engine};
};

TEST_F(WriterCatalog, ANewTableOpensShardsOverAllHashes) {
  const TablePointer table = harness.create_table("orders");
  ASSERT_EQ(table->shards.size(), limits::kShardsPerNewTable);
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

TEST_F(WriterCatalog, TheNameOfALivingTableIsTaken) {
  const TablePointer table = harness.create_table("orders");
  EXPECT_EQ(
      code_of(harness.write([](WriteTransaction& transaction) {
        return transaction.catalog().put_table(test_schema(transaction.catalog().new_table_id(), "orders"));
      })),
      ErrorCode::kResourceInUse);
  ASSERT_TRUE(harness
                  .write([&](WriteTransaction& transaction) {
                    return transaction.catalog().drop_table(table->schema.id);
                  })
                  .ok());
  EXPECT_NE(harness.create_table("orders")->schema.id, table->schema.id);
}

TEST_F(WriterCatalog, ADroppedTableIsGoneForLaterRequestsOfTheSameBatch) {
  const TablePointer table = harness.create_table("orders");
  ASSERT_TRUE(harness.put(*table, "a", "1").ok());
  harness.submit(
      [&](WriteTransaction& transaction) { return transaction.catalog().drop_table(table->schema.id); });
  harness.submit([&](WriteTransaction& transaction) -> Status {
    EXPECT_EQ(transaction.catalog().find("orders"), nullptr);
    EXPECT_FALSE(ok(transaction.items().read(*table, test_key("a"))).exists());
    return transaction.items().put(*table, test_key("b"), test_image("b", "1"));
  });
  harness.run();
  EXPECT_EQ(code_of(harness.outcomes.back().value()), ErrorCode::kResourceNotFound);
  EXPECT_EQ(harness.count_rows(Family::kItems), 0U);
  EXPECT_EQ(harness.records(table->schema.id).size(), 1U);  // its log stays readable
}

TEST_F(WriterCatalog, RolledShardsNameTheirParentsAndTakeOver) {
  const TablePointer before = harness.create_table("orders");
  ASSERT_TRUE(harness.put(*before, "a", "1").ok());
  const ShardId old_shard = before->open_shard(test_key("a").partition_hash).id;
  ASSERT_TRUE(harness
                  .write([&](WriteTransaction& transaction) -> Status {
                    RETURN_IF_ERROR(transaction.items().put(*before, test_key("a"), test_image("a", "2")));
                    RETURN_IF_ERROR(transaction.catalog().roll_shards(before->schema.id, "label"));
                    return transaction.items().put(*before, test_key("b"), test_image("b", "1"));
                  })
                  .ok());
  ASSERT_TRUE(harness.put(*before, "a", "3").ok());
  const TablePointer after = harness.catalog.snapshot()->find("orders");
  EXPECT_EQ(after->shards.size(), 2 * limits::kShardsPerNewTable);
  EXPECT_EQ(after->open_shards().size(), limits::kShardsPerNewTable);
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

TEST_F(WriterCatalog, OnlyClosedShardsAreTrimmedAndTheLastOneForgetsTheTable) {
  const TablePointer table = harness.create_table("orders");
  ASSERT_TRUE(harness.put(*table, "a", "1").ok());
  const auto trim = [&](ShardId shard) {
    return harness.write(
        [shard](WriteTransaction& transaction) { return transaction.catalog().trim_shard(shard); });
  };
  EXPECT_EQ(code_of(trim(table->shards[0].id)), ErrorCode::kValidation);
  ASSERT_TRUE(harness
                  .write([&](WriteTransaction& transaction) {
                    return transaction.catalog().drop_table(table->schema.id);
                  })
                  .ok());
  for (const ShardDescriptor& shard : table->shards) {
    EXPECT_NE(harness.catalog.snapshot()->find_by_shard(shard.id), nullptr);
    ASSERT_TRUE(trim(shard.id).ok());
    EXPECT_FALSE(harness.machine->head(shard.id).has_value());
  }
  EXPECT_EQ(harness.catalog.snapshot()->find(table->schema.id), nullptr);
  EXPECT_EQ(code_of(trim(table->shards[0].id)), ErrorCode::kResourceNotFound);
  harness.restart();
  EXPECT_TRUE(harness.catalog.snapshot()->tables().empty());
}

TEST_F(WriterCatalog, NothingRegressesAcrossARestart) {
  const TablePointer table = harness.create_table("orders");
  ASSERT_TRUE(harness.put(*table, "a", "1").ok());
  ASSERT_TRUE(harness
                  .write([&](WriteTransaction& transaction) {
                    return transaction.catalog().drop_table(table->schema.id);
                  })
                  .ok());
  for (const ShardDescriptor& shard : table->shards) {
    ASSERT_TRUE(
        harness
            .write([&](WriteTransaction& transaction) { return transaction.catalog().trim_shard(shard.id); })
            .ok());
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
