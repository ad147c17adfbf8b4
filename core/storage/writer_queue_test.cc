// SPDX-License-Identifier: Apache-2.0
#include "core/base/limits.h"
#include "core/storage/engine_memory.h"
#include "core/storage/harness_test.h"
#include "core/storage/write_queue.h"
#include "core/storage/writer_machine.h"

namespace gyre::storage {
namespace {

using ::testing::ElementsAre;

class WriterQueue : public ::testing::Test {
 protected:
  std::unique_ptr<MemoryEngine> engine = MemoryEngine::create();
  MachineHarness harness{*engine};
};

TEST_F(WriterQueue, AFullQueueThrottlesItsOwnClassOnly) {
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

TEST_F(WriterQueue, AClosedMachineTakesNothingButFinishesWhatItHas) {
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

TEST_F(WriterQueue, CompletionsAreGroupedBySink) {
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

TEST_F(WriterQueue, BelowTheDiskFloorClientsAreRefusedAndMaintenanceGoesOn) {
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

}  // namespace
}  // namespace gyre::storage
