// SPDX-License-Identifier: Apache-2.0
#include "core/base/limits.h"
#include "core/engine/memory/memory_engine.h"
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
  WriterStatus status;
  harness.machine->tell(status);
  EXPECT_EQ(status.queues[static_cast<std::size_t>(WriteClass::kMaintenance)].refused, 1u);
  EXPECT_EQ(status.queues[static_cast<std::size_t>(WriteClass::kMaintenance)].waiting, 1u);
  EXPECT_GE(status.queues[static_cast<std::size_t>(WriteClass::kMaintenance)].bytes, 8'000u);
  EXPECT_EQ(status.queues[static_cast<std::size_t>(WriteClass::kClient)].refused, 0u);
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

// What is taken with so many sixteenths of the floor free: puts of clients, replication and maintenance, a
// client's delete, a client's DeleteTable.
std::string taken_with(MachineHarness& harness, MemoryEngine& engine, std::uint64_t sixteenths) {
  engine.set_free_bytes(1ULL << 40);
  harness.now_ms += limits::kDiskCheckMs;
  const TablePointer table = harness.create_table("t" + std::to_string(sixteenths));
  EXPECT_TRUE(harness.put(*table, "a", "1").ok());
  engine.set_free_bytes(limits::kDiskFloorBytes / 16 * sixteenths);
  harness.now_ms += limits::kDiskCheckMs;
  std::string taken;
  const auto attempt = [&](char sign, WriteClass write_class, TestRequest::Evaluate evaluate) {
    harness.submit(std::move(evaluate), write_class);
    harness.run();
    const Status& outcome = *harness.outcomes.back();
    EXPECT_TRUE(outcome.ok() || outcome.error().code == ErrorCode::kUnavailable);
    if (outcome.ok()) taken += sign;
  };
  const auto put = [&](WriteTransaction& transaction) {
    return transaction.items().put(*table, test_key("b"), test_image("b", "1"));
  };
  attempt('c', WriteClass::kClient, put);
  attempt('r', WriteClass::kReplication, put);
  attempt('m', WriteClass::kMaintenance, put);
  attempt('d', WriteClass::kClient,
          [&](WriteTransaction& transaction) { return transaction.items().erase(*table, test_key("a")); });
  attempt('t', WriteClass::kClient,
          [&](WriteTransaction& transaction) { return transaction.catalog().drop_table(table->schema.id); });
  return taken;
}

TEST_F(WriterQueue, EachKindOfWriteHasItsDiskFloorAndWhatFreesSpaceTheLowest) {
  EXPECT_EQ(taken_with(harness, *engine, 16), "crmdt");
  EXPECT_EQ(taken_with(harness, *engine, 15), "rmdt");
  EXPECT_EQ(taken_with(harness, *engine, 12), "rmdt");
  EXPECT_EQ(taken_with(harness, *engine, 11), "mdt");
  EXPECT_EQ(taken_with(harness, *engine, 8), "mdt");
  EXPECT_EQ(taken_with(harness, *engine, 7), "dt");
  EXPECT_EQ(taken_with(harness, *engine, 3), "dt");
  EXPECT_EQ(taken_with(harness, *engine, 2), "t");
  EXPECT_EQ(taken_with(harness, *engine, 1), "t");
  EXPECT_EQ(taken_with(harness, *engine, 0), "");
}

TEST_F(WriterQueue, TheDiskIsLookedAtAgainAfterSomeBytes) {
  const TablePointer table = harness.create_table("orders");
  engine->set_free_bytes(1);
  const std::string value(512 * 1024, 'v');
  std::size_t written = 0;
  for (int i = 0; harness.put(*table, std::to_string(i), value).ok(); ++i) written += value.size();
  EXPECT_LE(written, limits::kDiskCheckBytes);
  EXPECT_EQ(code_of(*harness.outcomes.back()), ErrorCode::kUnavailable);
}

// Puts rows in parts, and says so.
class PartedRequest final : public WriteRequest {
 public:
  PartedRequest(TablePointer table, int parts, std::size_t part_bytes, CompletionSink& sink)
      : table_(std::move(table)), parts_(parts), part_bytes_(part_bytes), sink_(sink) {}
  std::size_t size_bytes() const override { return static_cast<std::size_t>(parts_) * part_bytes_; }
  Status evaluate(WriteTransaction& transaction) override {
    const std::string name = "part" + std::to_string(evaluated++);
    return transaction.items().put(*table_, test_key(name), test_image(name, std::string(part_bytes_, 'v')));
  }
  bool has_more() const override { return evaluated < parts_; }
  void complete(Status outcome) override { completed->push_back(outcome); }
  CompletionSink& sink() override { return sink_; }

  int evaluated = 0;
  std::vector<Status>* completed = nullptr;

 private:
  const TablePointer table_;
  const int parts_;
  const std::size_t part_bytes_;
  CompletionSink& sink_;
};

TEST_F(WriterQueue, ARequestInPartsIsSpreadOverBatchesAndAnsweredOnce) {
  const TablePointer table = harness.create_table("orders");
  constexpr std::size_t kPartBytes = limits::kWriterBatchBytesMax / 4;
  constexpr int kParts = 9;
  auto parted = std::make_unique<PartedRequest>(table, kParts, kPartBytes, harness.sink);
  std::vector<Status> completed;
  parted->completed = &completed;
  std::unique_ptr<WriteRequest> request = std::move(parted);
  ASSERT_TRUE(harness.machine->enqueue(request).ok());
  std::size_t largest = 0;
  int batches = 0;
  while (harness.machine->step(harness.now_ms)) {
    largest = std::max(largest, harness.machine->batch().size_bytes());
    ++batches;
    EXPECT_TRUE(completed.empty());
    ASSERT_TRUE(harness.commit().ok());
    for (auto& [sink, completions] : harness.machine->committed().completions) {
      sink->deliver(std::move(completions));
    }
  }
  EXPECT_GT(batches, 2);
  EXPECT_LT(largest, limits::kWriterBatchBytesMax + 3 * kPartBytes);
  ASSERT_EQ(completed.size(), 1U);
  EXPECT_TRUE(completed.front().ok());
  for (int i = 0; i < kParts; ++i) EXPECT_TRUE(harness.read(*table, "part" + std::to_string(i)).exists());
}

TEST(WriterBatches, AreBoundedByWhatTheEngineTakes) {
  constexpr std::size_t kBatchBytesMax = 64 * 1024;
  const auto engine = MemoryEngine::create({kBatchBytesMax, kBatchBytesMax});
  MachineHarness harness(*engine);
  const TablePointer table = harness.create_table("orders");
  const std::string value(kBatchBytesMax / 16, 'v');
  const auto put = [&](const std::string& name, const std::string& value) {
    harness.submit([&table, name, image = test_image(name, value)](WriteTransaction& transaction) {
      return transaction.items().put(*table, test_key(name), image);
    });
  };
  for (int i = 0; i < 20; ++i) put("item" + std::to_string(i), value);
  int batches = 0;
  while (harness.machine->step(harness.now_ms)) {
    ++batches;
    EXPECT_LE(harness.machine->batch().size_bytes(), kBatchBytesMax);
    ASSERT_TRUE(harness.commit().ok());
    for (auto& [sink, completions] : harness.machine->committed().completions) {
      sink->deliver(std::move(completions));
    }
  }
  EXPECT_GT(batches, 2);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(harness.read(*table, "item" + std::to_string(i)).exists());
  put("too large", std::string(kBatchBytesMax, 'v'));
  harness.run();
  EXPECT_FALSE(harness.outcomes.back()->ok());
}

TEST_F(WriterQueue, AnEngineWithoutADiskRefusesNothing) {
  EXPECT_EQ(MemoryEngine::create()->disk(), nullptr);
  const TablePointer table = harness.create_table("orders");
  harness.now_ms += limits::kDiskCheckMs;
  EXPECT_TRUE(harness.put(*table, "a", "1").ok());
}

TEST_F(WriterQueue, BelowTheDiskFloorClientsAreRefusedAndMaintenanceGoesOn) {
  const TablePointer table = harness.create_table("orders");
  engine->set_free_bytes(limits::kDiskFloorBytes / 2);
  harness.now_ms += limits::kDiskCheckMs;
  EXPECT_EQ(code_of(harness.put(*table, "a", "1")), ErrorCode::kUnavailable);
  harness.submit(
      [&](WriteTransaction& transaction) { return transaction.catalog().roll_shards(table->schema.id, ""); },
      WriteClass::kMaintenance);
  harness.run();
  EXPECT_TRUE(harness.outcomes.back()->ok());
  engine->set_free_bytes(1ULL << 40);
  harness.now_ms += limits::kDiskCheckMs;
  EXPECT_TRUE(harness.put(*table, "a", "1").ok());
}

}  // namespace
}  // namespace gyre::storage
