// SPDX-License-Identifier: Apache-2.0
// Server and client over real loopback sockets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>

#include "core/base/random.h"
#include "streams/transport/frame_socket.h"
#include "streams/transport/reader_test.h"
#include "streams/transport/store_fixture_test.h"
#include "streams/transport/stream_client.h"
#include "streams/transport/stream_server.h"

namespace gyre::streams {
namespace {

using ::testing::IsEmpty;

/// Hands the writer's news to whichever server stands now: a restart in a test keeps the store.
struct Relay final : storage::LogListener {
  void on_durable(const std::vector<storage::ShardHead>& heads) override {
    const std::lock_guard lock(mutex);
    if (server != nullptr) server->listener().on_durable(heads);
  }
  void set(StreamServer* now) {
    const std::lock_guard lock(mutex);
    server = now;
  }
  std::mutex mutex;
  StreamServer* server = nullptr;
};

/// Loses every fifth frame or so, and holds the others for a moment.
struct LossyLink final : LinkShaper {
  std::optional<std::uint64_t> release_ns(Direction, std::uint64_t now_ns) override {
    if (random.below(100) < loss_percent) return std::nullopt;
    return now_ns + random.below(300'000);
  }
  SeededRandom random{5};
  std::uint64_t loss_percent = 20;
};

class Sockets : public ::testing::Test {
 protected:
  void start_server(const std::string& endpoint = "tcp://127.0.0.1:0") {
    auto bound = StreamServer::bind({endpoint}, store.store(), nullptr);
    ASSERT_TRUE(bound.ok()) << bound.error().message;
    server = std::move(*bound);
    server->start();
    relay.set(server.get());
  }
  void stop_server() {
    relay.set(nullptr);
    server->stop();
    server.reset();
  }
  void TearDown() override { relay.set(nullptr); }

  std::unique_ptr<StreamClient> connect(LinkShaper* shaper = nullptr) {
    return StreamClient::connect(server->endpoint(), "test", clock, shaper).value();
  }
  template <class Done>
  static bool poll_until(StreamClient& client, Done done, int seconds = 20) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (!done() && std::chrono::steady_clock::now() < deadline) client.poll(50);
    return done();
  }

  SystemClock clock;
  Relay relay;
  StoreFixture store{clock, &relay};
  std::unique_ptr<StreamServer> server;
};

TEST_F(Sockets, EveryRecordComesOnceAndInOrderAcrossRolls) {
  start_server();
  const auto client = connect();
  TableReader reader(*client, {});
  std::map<std::string, std::vector<std::string>> written;
  for (int i = 0; i < 300; ++i) {
    const std::string key = "key " + std::to_string(i % 17);
    written[key].push_back(std::to_string(i));
    store.put(key, std::to_string(i));
    if (i % 100 == 50) store.roll();
    client->poll(0);
  }
  ASSERT_TRUE(poll_until(*client, [&] { return reader.records() >= 300 && reader.shards_ended() == 12; }))
      << reader.records() << " records, " << reader.shards_ended() << " ends";
  EXPECT_THAT(reader.problems, IsEmpty());
  EXPECT_EQ(reader.seen(), written);
}

TEST_F(Sockets, ALossyLinkHealsByItself) {
  start_server();
  LossyLink link;
  const auto client = connect(&link);
  TableReader reader(*client, {});
  for (int i = 0; i < 40; ++i) {
    store.put("key " + std::to_string(i % 3), std::to_string(i));
    client->poll(1);
  }
  ASSERT_TRUE(poll_until(*client, [&] { return reader.records() >= 40; }));
  EXPECT_THAT(reader.problems, IsEmpty());
}

TEST_F(Sockets, AServerThatComesBackOnTheSamePortIsReadOn) {
  start_server();
  const std::string endpoint = server->endpoint();
  const auto client = connect();
  TableReader reader(*client, {});
  store.put("a", "1");
  ASSERT_TRUE(poll_until(*client, [&] { return reader.records() == 1; }));
  stop_server();
  store.put("a", "2");
  start_server(endpoint);
  store.put("a", "3");
  ASSERT_TRUE(poll_until(*client, [&] { return reader.records() == 3; }));
  EXPECT_THAT(reader.problems, IsEmpty());
  EXPECT_EQ(client->region(), "here");
}

// The best of a few, for a busy machine.
TEST_F(Sockets, AReaderOnAShapedLinkIsConnectedAsSoonAsTheRegionIsThere) {
  struct Straight final : LinkShaper {
    std::optional<std::uint64_t> release_ns(Direction, std::uint64_t now_ns) override { return now_ns; }
  } straight;
  start_server();
  const std::string endpoint = server->endpoint();
  std::uint64_t best_ns = std::numeric_limits<std::uint64_t>::max();
  for (int i = 0; i < 5 && best_ns > 200'000'000; ++i) {
    stop_server();
    const auto client = StreamClient::connect(endpoint, "test", clock, &straight).value();
    const std::uint64_t started_ns = clock.steady_ns();
    poll_until(*client, [&] { return clock.steady_ns() > started_ns + 250'000'000; });
    start_server(endpoint);
    const std::uint64_t there_ns = clock.steady_ns();
    ASSERT_TRUE(poll_until(*client, [&] { return client->connected(); }));
    best_ns = std::min(best_ns, clock.steady_ns() - there_ns);
  }
  EXPECT_LT(best_ns, 200'000'000u);
}

TEST_F(Sockets, ADurableRecordReachesAnIdleReaderAtOnce) {
  start_server();
  std::vector<std::int64_t> micros;
  std::size_t written = 0;
  for (int reading = 0; reading < 2; ++reading) {
    store.put("a", std::to_string(++written));  // while nobody reads
    const auto client = connect();
    TableReader reader(*client, {});
    ASSERT_TRUE(poll_until(*client, [&] { return reader.shards_opened() == 4; }));
    ASSERT_TRUE(poll_until(*client, [&] { return reader.records() == written; }));
    for (int i = 0; i < 20; ++i) {
      store.put("a", std::to_string(++written));
      const auto start = std::chrono::steady_clock::now();
      ASSERT_TRUE(poll_until(*client, [&] { return reader.records() == written; }));
      const auto took = std::chrono::steady_clock::now() - start;
      micros.push_back(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
    }
  }
  std::sort(micros.begin(), micros.end());
  RecordProperty("median_us", static_cast<int>(micros[micros.size() / 2]));
  // Generous, for a busy machine; a tick would take a second.
  EXPECT_LT(micros[micros.size() / 2], 50'000);
}

TEST_F(Sockets, AReaderThatNeverConsumesHoldsBackTheServer) {
  start_server();
  const auto client = connect();
  struct Glutton : SessionHandler {
    void on_opened(const Opened&) override {}
    void on_batch(RecordBatch batch) override {
      for (const std::string_view record : batch.records) bytes += record.size();
    }
    void on_shard_end(const std::vector<ShardId>&) override {}
    void on_refused(RefusedReason, const std::string&, SequenceNumber) override {}
    void on_tick(HybridTime, Ordinal scanned, Ordinal head_now) override {
      behind = head_now > scanned, ++ticks;
    }
    std::size_t bytes = 0;
    bool behind = false;
    int ticks = 0;
  } glutton;
  for (int i = 0; i < 100; ++i) store.put("a", std::to_string(i) + std::string(50'000, 'x'));
  SessionOptions options;
  const auto entry = store.entry();
  const Item item{{"id", AttributeValue::string("a")}};
  options.shard = storage::LogCursor{
      {}, entry->open_shard(item_key(entry->schema.key_schema, item, true)->partition_hash).id, {}, {}, 0};
  options.credit_bytes = 1'000'000;
  client->open(options, &glutton);
  ASSERT_TRUE(poll_until(*client, [&] { return glutton.behind && glutton.ticks >= 2; }));
  EXPECT_GE(glutton.bytes, 1'000'000u);
  EXPECT_LE(glutton.bytes, 1'500'000u);
}

TEST_F(Sockets, GarbageFromOneReaderHarmsNoOther) {
  start_server();
  const auto client = connect();
  TableReader reader(*client, {});
  auto hooligan = FrameSocket::make_dealer().value();
  ASSERT_TRUE(hooligan->connect(server->endpoint()).ok());
  SeededRandom random(3);
  ASSERT_TRUE(poll_until(
      *client, [&] { return client->connected() && hooligan->send({}, "x") == SendOutcome::kTaken; }));
  for (int sent = 0; sent < 300; ++sent) {
    std::string frame;
    for (std::uint64_t size = random.below(100); frame.size() < size;)
      frame += static_cast<char>(random.next());
    (void)hooligan->send({}, frame);
    client->poll(0);
  }
  store.put("a", "1");
  EXPECT_TRUE(poll_until(*client, [&] { return reader.records() == 1; }));
}

TEST_F(Sockets, AnAddressInUseIsAnErrorThatNamesIt) {
  start_server();
  const auto second = StreamServer::bind({server->endpoint()}, store.store(), nullptr);
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.error().message, ::testing::HasSubstr(server->endpoint()));
  EXPECT_FALSE(StreamClient::connect("nonsense", "test", clock, nullptr).ok());
}

TEST_F(Sockets, WakeEndsAPoll) {
  start_server();
  const auto client = connect();
  ASSERT_TRUE(poll_until(*client, [&] { return client->connected(); }));
  std::thread waker([&] { client->wake(); });
  const auto start = std::chrono::steady_clock::now();
  client->poll(60'000);
  waker.join();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

}  // namespace
}  // namespace gyre::streams
