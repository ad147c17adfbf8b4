// SPDX-License-Identifier: Apache-2.0
#include "core/storage/store.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "core/engine/memory/memory_engine.h"
#include "core/storage/harness_test.h"
#include "core/storage/local_home.h"
#include "core/storage/testing/memory_home.h"

namespace gyre::storage {
namespace {

StoreOptions options_of(const std::string& region) {
  StoreOptions options;
  options.region = RegionId(region);
  return options;
}

Status create_table(Store& store, const std::string& name) {
  return submit_and_wait(store.writer(), WriteClass::kClient, [&](WriteTransaction& transaction) {
    return transaction.catalog().put_table(test_schema(transaction.catalog().new_table_id(), name));
  });
}

Status put(Store& store, const std::string& table, const std::string& name, const std::string& value) {
  return submit_and_wait(store.writer(), WriteClass::kClient, [&](WriteTransaction& transaction) -> Status {
    const TablePointer found = transaction.catalog().find(table);
    if (found == nullptr) return Error::resource_not_found(table);
    return transaction.items().put(*found, test_key(name), test_image(name, value));
  });
}

class StoreInMemory : public ::testing::Test {
 protected:
  std::unique_ptr<Store> open(const std::string& region = "here") {
    auto store = ok(Store::open(memory->door(), options_of(region), clock));
    store->writer().start();
    return store;
  }
  std::unique_ptr<MemoryHome> memory = std::make_unique<MemoryHome>();
  ManualClock clock{1'700'000'000'000};
};

TEST_F(StoreInMemory, KeepsItsEpochTablesAndHeadsAcrossAReopen) {
  Epoch epoch;
  ShardId shard;
  std::optional<ShardHead> head;
  {
    const auto store = open();
    epoch = store->epoch();
    EXPECT_NE(epoch, Epoch());
    ASSERT_TRUE(create_table(*store, "orders").ok());
    ASSERT_TRUE(put(*store, "orders", "a", "1").ok());
    shard = store->catalog().snapshot()->find("orders")->open_shard(test_key("a").partition_hash).id;
    head = store->writer().head(shard);
    ASSERT_EQ(head->ordinal, Ordinal(1));
  }
  const auto store = open();
  EXPECT_EQ(store->epoch(), epoch);
  ASSERT_NE(store->catalog().snapshot()->find("orders"), nullptr);
  EXPECT_EQ(store->writer().head(shard)->sequence, head->sequence);
  EXPECT_EQ(store->writer().head(shard)->cumulative_bytes, head->cumulative_bytes);
  ASSERT_TRUE(put(*store, "orders", "a", "2").ok());
  EXPECT_EQ(store->writer().head(shard)->ordinal, Ordinal(2));
}

TEST_F(StoreInMemory, BelongsToOneRegion) {
  {
    open();
  }
  EXPECT_EQ(code_of(Store::open(memory->door(), options_of("elsewhere"), clock)), ErrorCode::kValidation);
}

TEST_F(StoreInMemory, TheTableIsThereWhenItsCreatorIsAnswered) {
  const auto store = open();
  for (int i = 0; i < 50; ++i) {
    const std::string name = "table" + std::to_string(i);
    ASSERT_TRUE(create_table(*store, name).ok());
    ASSERT_NE(store->catalog().snapshot()->find(name), nullptr);
  }
}

TEST_F(StoreInMemory, StopFinishesWhatIsQueuedAndRefusesTheRest) {
  const auto store = open();
  ASSERT_TRUE(create_table(*store, "orders").ok());
  std::atomic<int> succeeded = 0;
  InlineSink sink;
  for (int i = 0; i < 200; ++i) {
    store->writer().submit(std::make_unique<TestRequest>(
        [](WriteTransaction&) -> Status { return {}; },
        [&succeeded](const Status& outcome) { succeeded += outcome.ok() ? 1 : 0; }, sink));
  }
  store->stop();
  EXPECT_EQ(succeeded, 200);
  EXPECT_EQ(code_of(put(*store, "orders", "a", "1")), ErrorCode::kUnavailable);
  store->stop();
}

TEST_F(StoreInMemory, AWriterThatNeverStartedAnswersWhatIsQueued) {
  auto store = ok(Store::open(memory->door(), options_of("here"), clock));
  std::optional<Status> outcome;
  InlineSink sink;
  store->writer().submit(std::make_unique<TestRequest>(
      [](WriteTransaction&) -> Status { return {}; }, [&](const Status& status) { outcome = status; }, sink));
  store.reset();
  EXPECT_EQ(code_of(outcome.value()), ErrorCode::kUnavailable);
}

TEST_F(StoreInMemory, TheSimulatorDrivesTheWriterByHand) {
  auto store = ok(Store::open(memory->door(), options_of("here"), clock));
  std::optional<Status> outcome;
  InlineSink sink;
  store->writer().submit(std::make_unique<TestRequest>(
      [](WriteTransaction& transaction) {
        return transaction.catalog().put_table(test_schema(transaction.catalog().new_table_id(), "orders"));
      },
      [&](const Status& status) { outcome = status; }, sink));
  EXPECT_FALSE(outcome.has_value());
  EXPECT_TRUE(store->writer().run_once());
  EXPECT_TRUE(outcome->ok());
  EXPECT_FALSE(store->writer().run_once());
}

TEST_F(StoreInMemory, ItsWriterTellsWhatItDid) {
  const auto store = open();
  ASSERT_TRUE(create_table(*store, "orders").ok());
  ASSERT_TRUE(put(*store, "orders", "a", "1").ok());
  ASSERT_FALSE(put(*store, "none", "a", "1").ok());
  store->writer().stop();  // what it counts of a batch, it may count after the answer
  const WriterStatus status = store->writer().status();
  EXPECT_EQ(status.batch_requests.count(), 3u);
  EXPECT_EQ(status.batch_requests.sum, 3u);
  EXPECT_EQ(status.evaluation_ns.count(), 3u);
  EXPECT_EQ(status.batch_bytes.count(), 2u);
  EXPECT_EQ(status.synced_commit_ns.count(), 2u);
  EXPECT_EQ(status.unsynced_commit_ns.count(), 0u);
  const TablePointer table = store->catalog().snapshot()->find("orders");
  const auto head = store->writer().head(table->open_shard(test_key("a").partition_hash).id);
  EXPECT_EQ(status.durable_sequence, head.value().sequence);
  EXPECT_EQ(status.queues[0].waiting, 0u);
  EXPECT_EQ(status.queue_bytes_max, limits::kWriterQueueBytesMax);
}

TEST_F(StoreInMemory, ListenersAreToldDurableHeads) {
  class Listener final : public LogListener {
   public:
    void on_durable(const std::vector<ShardHead>& heads) override {
      const std::lock_guard lock(mutex);
      for (const ShardHead& head : heads) ordinals[head.shard] = head.ordinal;
      changed.notify_all();
    }
    std::mutex mutex;
    std::condition_variable changed;
    std::map<ShardId, Ordinal> ordinals;
  };
  Listener listener;
  auto store = ok(Store::open(memory->door(), options_of("here"), clock));
  store->writer().add_listener(&listener);
  store->writer().start();
  ASSERT_TRUE(create_table(*store, "orders").ok());
  ASSERT_TRUE(put(*store, "orders", "a", "1").ok());
  const ShardId shard =
      store->catalog().snapshot()->find("orders")->open_shard(test_key("a").partition_hash).id;
  std::unique_lock lock(listener.mutex);
  EXPECT_TRUE(listener.changed.wait_for(lock, std::chrono::seconds(10),
                                        [&] { return listener.ordinals[shard] == Ordinal(1); }));
  EXPECT_EQ(listener.ordinals[kCatalogShard], Ordinal(5));
}

TEST_F(StoreInMemory, AFailedCommitIsReportedAndEndsTheWriter) {
  StoreOptions options = options_of("here");
  std::string reason;
  options.writer.commit_failed = [&reason](const std::string& told) { reason = told; };
  auto store = ok(Store::open(memory->door(), options, clock));
  store->writer().start();
  memory->engine().fail_next_apply(false);
  EXPECT_EQ(code_of(create_table(*store, "orders")), ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(reason, "commit failed, outcome unknown: the test asked for it");
  EXPECT_EQ(code_of(create_table(*store, "orders")), ErrorCode::kUnavailable);
}

TEST_F(StoreInMemory, ALogThatDiesBetweenCommitsEndsTheWriterWithTheNextOne) {
  StoreOptions options = options_of("here");
  options.log.segment_bytes = 16 * 1024;
  std::string reason;
  options.writer.commit_failed = [&reason](const std::string& told) { reason = told; };
  auto store = ok(Store::open(memory->door(), options, clock));
  store->writer().start();
  ASSERT_TRUE(create_table(*store, "orders").ok());
  // Up to the moment when one segment has just been left, and the one after the next is not ready.
  for (int i = 0; store->log().log().closed_segments()->empty(); ++i) {
    ASSERT_TRUE(put(*store, "orders", "a", std::to_string(i)).ok());
  }
  ASSERT_FALSE(store->log().log().next_is_ready());
  memory->disk().fail_sync_after(0);
  EXPECT_FALSE(store->log().log().seal().ok());
  EXPECT_FALSE(put(*store, "orders", "b", "1").ok());
  EXPECT_NE(reason, "");
  EXPECT_EQ(code_of(put(*store, "orders", "c", "1")), ErrorCode::kUnavailable);
}

TEST_F(StoreInMemory, AFailedCommitEndsTheProcess) {
  EXPECT_DEATH(
      {
        const auto store = open();
        memory->disk().fail_sync_after(0);
        (void)create_table(*store, "orders");
      },
      "commit failed, outcome unknown");
}

TEST_F(StoreInMemory, ManyThreadsWriteAtOnce) {
  const auto store = open();
  ASSERT_TRUE(create_table(*store, "orders").ok());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&store, t] {
      for (int i = 0; i < 100; ++i)
        EXPECT_TRUE(put(*store, "orders", std::to_string(t * 1000 + i), "v").ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::uint64_t records = 0;
  for (const ShardDescriptor& shard : store->catalog().snapshot()->find("orders")->shards) {
    records += store->writer().head(shard.id)->ordinal.value();
  }
  EXPECT_EQ(records, 400U);
}

TEST(StoreOnDisk, ReopensWithItsData) {
  const TemporaryDirectory directory;
  const SystemClock clock;
  for (int life = 0; life < 3; ++life) {
    RocksdbOptions options;
    options.directory = directory.path();
    auto store = ok(Store::open(ok(open_local_home(options)), options_of("here"), clock));
    store->writer().start();
    if (life == 0) {
      ASSERT_TRUE(create_table(*store, "orders").ok());
    }
    ASSERT_TRUE(put(*store, "orders", "a", std::to_string(life)).ok());
    const ShardId shard =
        store->catalog().snapshot()->find("orders")->open_shard(test_key("a").partition_hash).id;
    EXPECT_EQ(store->writer().head(shard)->ordinal, Ordinal(life + 1));
    LogCursor cursor{store->epoch(), shard, {}, {}, 0};
    for (int value = 0; value <= life; ++value) {
      const auto entries = ok(store->change_log().read(cursor, 1, 1 << 20, ReadTier::kAll));
      ASSERT_EQ(entries.size(), 1U);
      EXPECT_EQ(ok(decode_change_record(entries[0].bytes)).new_image, test_image("a", std::to_string(value)));
      cursor = store->change_log().after(shard, entries[0]);
    }
    EXPECT_TRUE(ok(store->change_log().read(cursor, 1, 1 << 20, ReadTier::kAll)).empty());
  }
}

TEST(ReadPool, RunsInOrderBoundsItsQueueAndFinishes) {
  std::vector<int> order;
  std::promise<void> gate;  // outlives the pool, whose task waits for it
  {
    ReadPool pool(1);
    EXPECT_TRUE(pool.post([&gate] { gate.get_future().wait(); }));
    int accepted = 0;
    while (pool.post([&order, accepted] { order.push_back(accepted); })) ++accepted;
    EXPECT_GE(accepted, 4095);
    gate.set_value();
  }
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_GE(order.size(), 4095U);
}

TEST(ReadPool, LanesTakeTurns) {
  std::string order;
  std::promise<void> gate;
  {
    ReadPool pool(1);
    ASSERT_TRUE(pool.post([&gate] { gate.get_future().wait(); }));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(pool.post([&order] { order += 'l'; }, ReadLane::kLong));
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(pool.post([&order] { order += 's'; }));
    gate.set_value();
  }
  EXPECT_EQ(order, "lslslsss");
}

TEST(ReadPool, LongReadsLeaveAThreadToTheOthers) {
  std::promise<void> gate;
  const std::shared_future<void> opened = gate.get_future().share();
  ReadPool pool(2);
  std::promise<void> ran;
  std::atomic<int> long_ones = 0;
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(pool.post(
        [&long_ones, opened] {
          opened.wait();
          ++long_ones;
        },
        ReadLane::kLong));
  }
  ASSERT_TRUE(pool.post([&ran] { ran.set_value(); }));
  ran.get_future().wait();
  EXPECT_EQ(long_ones, 0);
  gate.set_value();
  pool.stop();
  EXPECT_EQ(long_ones, 8);
}

TEST(ReadPool, ALargeBodyHoldsUpOnlyOtherBodies) {
  std::promise<void> gate;
  const std::shared_future<void> opened = gate.get_future().share();
  std::promise<void> long_read;
  std::promise<void> short_read;
  std::string order;
  ReadPool pool(1);
  for (const char body : {'1', '2', '3'}) {
    const auto run = [&order, opened, body] {
      opened.wait();
      order += body;
    };
    ASSERT_TRUE(pool.post(run, ReadLane::kBodies));
  }
  ASSERT_TRUE(pool.post([&long_read] { long_read.set_value(); }, ReadLane::kLong));
  ASSERT_TRUE(pool.post([&short_read] { short_read.set_value(); }, ReadLane::kShort));
  long_read.get_future().wait();
  short_read.get_future().wait();
  EXPECT_EQ(order, "");
  gate.set_value();
  pool.stop();
  EXPECT_EQ(order, "123");
}

/// Posts another task when it is destroyed, as an owner of something might.
struct PostsAtItsEnd {
  explicit PostsAtItsEnd(ReadPool& pool_in, std::promise<void>& ran_in) : pool(pool_in), ran(ran_in) {}
  ~PostsAtItsEnd() {
    EXPECT_TRUE(pool.post([&ran = ran] { ran.set_value(); }));
  }
  PostsAtItsEnd(const PostsAtItsEnd&) = delete;
  PostsAtItsEnd& operator=(const PostsAtItsEnd&) = delete;
  ReadPool& pool;
  std::promise<void>& ran;
};

TEST(ReadPool, ATaskEndsWithoutTheLock) {
  std::promise<void> ran;
  ReadPool pool(1);
  ASSERT_TRUE(pool.post([held = std::make_shared<PostsAtItsEnd>(pool, ran)] { EXPECT_TRUE(held); }));
  ran.get_future().wait();
}

TEST(ReadPool, WithoutThreadsRunsAtOnce) {
  ReadPool pool(0);
  bool ran = false;
  EXPECT_TRUE(pool.post([&] { ran = true; }));
  EXPECT_TRUE(ran);
  pool.stop();
  EXPECT_FALSE(pool.post([] {}));
}

}  // namespace
}  // namespace gyre::storage
