// SPDX-License-Identifier: Apache-2.0
// Readers that keep to nothing, over real loopback sockets.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <limits>
#include <vector>

#include "streams/transport/frame_socket.h"
#include "streams/transport/reader_test.h"
#include "streams/transport/store_fixture_test.h"
#include "streams/transport/stream_client.h"
#include "streams/transport/stream_message.h"
#include "streams/transport/stream_server.h"

namespace gyre::streams {
namespace {

using std::chrono::steady_clock;
using ::testing::IsEmpty;

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max() / 2;

// What was accepted before the socket was closed to more, on a busy machine, and what the test itself opens.
constexpr std::size_t kBeyondBound = 200;

template <class Done>
bool within(std::chrono::seconds most, Done done) {
  const auto deadline = steady_clock::now() + most;
  while (!done()) {
    if (steady_clock::now() > deadline) return false;
  }
  return true;
}

/// Opens one shard with all the credit there is, says each second that it lives, and reads nothing any more.
class Hoarder {
 public:
  Hoarder(const std::string& endpoint, ShardId shard) : socket_(FrameSocket::make_dealer().value()) {
    CHECK(socket_->connect(endpoint).ok());
    wire::Hello hello;
    hello.reader_id = "hoarder";
    say(hello);
    wire::Open open;
    open.session = 1;
    open.source = storage::LogCursor{{}, shard, {}, {}, 0};
    open.attempt = 1;
    CHECK(within(std::chrono::seconds(20), [&] {
      socket_->wait(10);
      const auto frame = socket_->receive();
      if (!frame) return false;
      const auto message = wire::decode_message(frame->body(), frame->holder());
      if (std::holds_alternative<wire::Welcome>(*message)) say(open);
      if (const auto* opened = std::get_if<wire::Opened>(&*message)) nonce_ = opened->nonce;
      return nonce_ != 0;
    }));
    say(wire::Credit{1, nonce_, kUnlimited, kUnlimited});
  }
  void live_on() {
    wire::Tick tick;
    tick.positions.push_back({1, nonce_, {}, {}, kUnlimited, kUnlimited});
    (void)socket_->send({}, wire::encode_message(tick));
  }

 private:
  void say(const wire::Message& message) {
    CHECK(within(std::chrono::seconds(20),
                 [&] { return socket_->send({}, wire::encode_message(message)) == SendOutcome::kTaken; }));
  }

  std::unique_ptr<FrameSocket> socket_;
  std::uint64_t nonce_ = 0;
};

/// A process that holds connections open: descriptors of its own, so that ours are the server's alone.
class Crowd {
 public:
  Crowd(const std::string& endpoint, int connections, std::string_view first_bytes) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1))));
    const rlimit descriptors = {4096, 4096};
    int said[2];
    CHECK(::pipe(said) == 0);
    pid_ = ::fork();
    CHECK(pid_ >= 0);
    if (pid_ == 0) {
      // Only system calls from here on: other threads held locks at the fork.
      ::setrlimit(RLIMIT_NOFILE, &descriptors);
      for (int i = 0; i < connections; ++i) {
        const int one = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        ::connect(one, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
        ::send(one, first_bytes.data(), first_bytes.size(), MSG_NOSIGNAL);
      }
      (void)!::write(said[1], "!", 1);
      while (true) ::pause();
    }
    char byte;
    CHECK(::read(said[0], &byte, 1) == 1);
    ::close(said[0]), ::close(said[1]);
  }
  ~Crowd() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_;
};

std::size_t descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

class HostileReaders : public ::testing::Test {
 protected:
  struct Relay final : storage::LogListener {
    void on_durable(const std::vector<storage::ShardHead>& heads) override {
      const std::lock_guard lock(mutex);
      if (server != nullptr) server->listener().on_durable(heads);
    }
    std::mutex mutex;
    StreamServer* server = nullptr;
  };

  void start_server(StreamServerOptions options) {
    options.endpoint = "tcp://127.0.0.1:0";
    auto bound = StreamServer::bind(options, store.store(), nullptr);
    ASSERT_TRUE(bound.ok()) << bound.error().message;
    server = std::move(*bound);
    server->start();
    const std::lock_guard lock(relay.mutex);
    relay.server = server.get();
  }
  void TearDown() override {
    const std::lock_guard lock(relay.mutex);
    relay.server = nullptr;
  }
  std::unique_ptr<StreamClient> connect() {
    return StreamClient::connect(server->endpoint(), "test", clock, nullptr).value();
  }
  // How long a reader takes to read the whole table; `meanwhile` runs again and again beside it.
  template <class Meanwhile>
  double seconds_to_read(std::size_t records, Meanwhile meanwhile) {
    const auto client = connect();
    TableReader reader(*client, {});
    const auto start = steady_clock::now();
    EXPECT_TRUE(within(std::chrono::seconds(120), [&] {
      client->poll(50);
      meanwhile();
      return reader.records() == records;
    })) << reader.records();
    EXPECT_THAT(reader.problems, IsEmpty());
    return std::chrono::duration<double>(steady_clock::now() - start).count();
  }
  ShardId shard_of(const std::string& id) {
    const Item item{{"id", AttributeValue::string(id)}};
    const auto entry = store.entry();
    return entry->open_shard(item_key(entry->schema.key_schema, item, true)->partition_hash).id;
  }

  SystemClock clock;
  Relay relay;
  StoreFixture store{clock, &relay};
  std::unique_ptr<StreamServer> server;
};

TEST_F(HostileReaders, ThatDoNotReadHoldNoMoreThanTheBudgetAndStarveNobody) {
  constexpr std::size_t kBudget = 16 * 1024 * 1024;
  constexpr std::size_t kRecords = 250;
  StreamServerOptions options;
  options.frames_bytes_max = kBudget;
  start_server(options);
  for (std::size_t i = 0; i < kRecords; ++i) store.put("a", std::to_string(i) + std::string(100'000, 'x'));
  const double alone = seconds_to_read(kRecords, [] {});

  // Each of them asks for 25 MB.
  std::vector<std::unique_ptr<Hoarder>> hoarders;
  for (int i = 0; i < 5; ++i)
    hoarders.push_back(std::make_unique<Hoarder>(server->endpoint(), shard_of("a")));
  std::size_t most = 0;
  auto next_tick = steady_clock::now();
  const auto look = [&] {
    most = std::max(most, server->held_bytes());
    if (steady_clock::now() < next_tick) return;
    next_tick = steady_clock::now() + std::chrono::seconds(1);
    for (const auto& hoarder : hoarders) hoarder->live_on();
  };
  // Until what they do not take has filled their connections and their share of the budget.
  ASSERT_TRUE(within(std::chrono::seconds(60), [&] {
    look();
    return server->held_bytes() > kBudget / 2;
  }));
  const double beside = seconds_to_read(kRecords, look);
  RecordProperty("seconds_alone", std::to_string(alone));
  RecordProperty("seconds_beside_hoarders", std::to_string(beside));
  EXPECT_GT(server->held_bytes(), kBudget / 2) << "they do not read any more";
  EXPECT_LE(most, kBudget);
  // Generous, for a busy machine. A reader that is starved never comes to its end.
  EXPECT_LT(beside, 5 * alone + 20);
}

TEST(HostileReader, ThatTakesNothingForLongIsCutOffAndGivesItsShareBack) {
  RouterOptions options;
  options.stalled_ms = 500;
  const auto router = FrameSocket::bind_router("tcp://127.0.0.1:0", options).value();
  const auto reader = FrameSocket::make_dealer().value();
  ASSERT_TRUE(reader->connect(router->endpoint()).ok());
  (void)within(std::chrono::seconds(20), [&] { return reader->send({}, "hello") == SendOutcome::kTaken; });
  std::string peer;
  ASSERT_TRUE(within(std::chrono::seconds(20), [&] {
    router->wait(10);
    if (const auto frame = router->receive()) peer = frame->peer();
    return !peer.empty();
  }));
  // The way to it fills up, and then what one reader may hold; refilled as long as anything goes through.
  std::uint64_t most = 0;
  EXPECT_TRUE(within(std::chrono::seconds(60), [&] {
    (void)router->receive();  // libzmq ends a connection within its owner's calls
    const SendOutcome sent = router->send(peer, std::string(500'000, 'x'));
    most = std::max<std::uint64_t>(most, router->budget().held_by(peer));
    return sent == SendOutcome::kGone;
  }));
  EXPECT_GT(most + 600'000, limits::kStreamReaderBytesMax);
  EXPECT_TRUE(within(std::chrono::seconds(60), [&] {
    (void)router->receive();
    return router->budget().held() == 0;
  }));
}

TEST_F(HostileReaders, ConnectionsThatSayNothingKeepNoReaderOut) {
  StreamServerOptions options;
  options.connections_max = 32;
  start_server(options);
  const std::size_t before = descriptors();
  const Crowd crowd(server->endpoint(), 1100, "");
  store.put("a", "1");
  seconds_to_read(1, [] {});
  EXPECT_LT(descriptors(), before + 32 + kBeyondBound);
}

TEST_F(HostileReaders, ConnectionsBeyondTheBoundWaitOutside) {
  StreamServerOptions options;
  options.connections_max = 32;
  start_server(options);
  store.put("a", "1");
  const auto client = connect();
  TableReader reader(*client, {});
  ASSERT_TRUE(within(std::chrono::seconds(20), [&] { return client->poll(50), reader.records() == 1; }));
  const std::size_t before = descriptors();
  {
    // The start of a greeting: they are accepted, and then wait.
    const Crowd crowd(server->endpoint(), 1100, std::string_view("\xff\0\0\0\0\0\0\0\1\x7f", 10));
    ASSERT_TRUE(within(std::chrono::seconds(20), [&] { return server->connections() >= 32; }));
    std::size_t most = 0;
    const auto until = steady_clock::now() + std::chrono::seconds(2);
    for (int i = 2; steady_clock::now() < until; ++i) {
      store.put("a", std::to_string(i));
      ASSERT_TRUE(within(std::chrono::seconds(20),
                         [&] { return client->poll(50), reader.records() == static_cast<std::size_t>(i); }));
      most = std::max(most, descriptors());
    }
    RecordProperty("descriptors", static_cast<int>(most - before));
    EXPECT_LT(most, before + 32 + kBeyondBound);
  }
  const auto late = connect();
  EXPECT_TRUE(within(std::chrono::seconds(60), [&] { return late->poll(50), late->connected(); }));
}

}  // namespace
}  // namespace gyre::streams
