// SPDX-License-Identifier: Apache-2.0
#include "core/base/limits.h"
#include "core/engine/memory/memory_engine.h"
#include "core/storage/harness_test.h"
#include "core/storage/writer_machine.h"

namespace gyre::storage {
namespace {

class WriterCommit : public ::testing::Test {
 protected:
  std::unique_ptr<MemoryEngine> engine = MemoryEngine::create();
  MachineHarness harness{*engine};
};

TEST_F(WriterCommit, AFailedCommitIsNeverAcknowledged) {
  const TablePointer table = harness.create_table("orders");
  const auto put = [&](const std::string& name) {
    harness.submit([&table, name](WriteTransaction& transaction) {
      return transaction.items().put(*table, test_key(name), test_image(name, "1"));
    });
  };
  put("a");
  put("b");
  engine->fail_next_apply(true);
  EXPECT_FALSE(harness.run());
  EXPECT_EQ(code_of(harness.outcomes[1].value()), ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(code_of(harness.outcomes[2].value()), ErrorCode::kOutcomeUnknown);
  put("c");
  EXPECT_EQ(code_of(harness.outcomes[3].value()), ErrorCode::kUnavailable);
  harness.restart();
  EXPECT_TRUE(harness.read(*table, "a").exists());  // all of it happened, as may be
  EXPECT_TRUE(harness.read(*table, "b").exists());
}

TEST_F(WriterCommit, WatermarkFollowsTheClockWhenIdleAndNoLaterRecordIsOlder) {
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

TEST_F(WriterCommit, WatermarkWaitsForTheBatchOnItsWay) {
  const TablePointer table = harness.create_table("orders");
  harness.submit([&](WriteTransaction& transaction) {
    return transaction.items().put(*table, test_key("a"), test_image("a", "1"));
  });
  ASSERT_TRUE(harness.machine->step(harness.now_ms));
  const HybridTime during = harness.machine->watermark(harness.now_ms + 5'000);
  ASSERT_TRUE(harness.commit().ok());
  for (auto& [sink, completions] : harness.machine->committed().completions)
    sink->deliver(std::move(completions));
  EXPECT_LT(during, harness.records(table->schema.id).back().commit_time);
}

TEST_F(WriterCommit, HeadsAreToldOnceTheyAreDurable) {
  const auto other = MemoryEngine::create();
  MachineHarness async(*other, Durability::kAsync);
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
  async.restart_after_kill(*other);
  EXPECT_TRUE(async.read(*table, "a").exists());
}

TEST_F(WriterCommit, UnknownShardsHaveNoHead) {
  EXPECT_FALSE(harness.machine->head(ShardId(12345)).has_value());
}

}  // namespace
}  // namespace gyre::storage
