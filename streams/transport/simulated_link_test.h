// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "streams/transport/client_machine.h"
#include "streams/transport/server_machine.h"
#include "streams/transport/session_reads.h"
#include "streams/transport/store_fixture_test.h"

namespace gyre::streams {

/// One region and one reader over a link that loses frames, on one thread and a manual clock: the machines
/// that production runs, from one seed.
class SimulatedLink final : public ServerPort, public ClientPort, private ConsumerGate {
 public:
  SimulatedLink(StoreFixture& store, ManualClock& clock, std::uint64_t seed, std::uint64_t loss_percent)
      : loss_percent(loss_percent),
        store_(store),
        clock_(clock),
        random_(seed),
        client_("test", *this, random_) {
    restart_server();
  }

  ClientMachine& client() { return client_; }
  ServerMachine& server() { return *server_; }
  /// The region's process dies and comes back: all of its sessions are gone.
  void restart_server() {
    server_ =
        std::make_unique<ServerMachine>(store_.store().region(), store_.store().epoch(), *this, random_);
  }
  /// A frame from nowhere to either side.
  void inject_to_server(const std::string& frame) {
    server_->receive(peer(), frame, nullptr, clock_.steady_ns());
  }
  void inject_to_client(const std::string& frame) { client_.receive(frame, nullptr, clock_.steady_ns()); }

  /// Of a session that is open: what its batches carry.
  std::uint64_t nonce_of(std::uint64_t session) {
    for (last_to_client.reset(); !last_to_client;) step();
    const auto tick = std::get<wire::Tick>(*wire::decode_message(*last_to_client));
    for (const wire::Position& position : tick.positions) {
      if (position.session == session) return position.nonce;
    }
    return 0;
  }
  /// Other readers hold all that frames may take, and then nothing.
  void fill_budget() {
    for (int reader = 0;
         const std::size_t bytes = budget_.reserve(hoarder(reader), limits::kStreamFramesBytesMax);
         ++reader) {
      hoarded_.push_back(bytes);
    }
  }
  void empty_budget() {
    for (std::size_t i = 0; i < hoarded_.size(); ++i)
      budget_.unreserve(hoarder(static_cast<int>(i)), hoarded_[i]);
    hoarded_.clear();
  }

  /// Lets 10 ms pass and all that they bring.
  void step() {
    clock_.advance_ms(10);
    std::vector<storage::ShardHead> heads;
    for (const auto& shard : store_.entry()->shards) {
      if (const auto head = store_.store().writer().head(shard.id)) heads.push_back(*head);
    }
    heads.push_back({storage::kCatalogShard, {}, {}, 0});
    if (budget_.take_room()) server_->room_again();
    server_->advanced(heads);
    server_->turn(clock_.steady_ns());
    client_.turn(clock_.steady_ns());
    for (int i = 0; i < 3; ++i) deliver();
  }
  template <class Done>
  bool run_until(Done done, int steps_max = 30'000) {
    for (int i = 0; i < steps_max; ++i) {
      if (done()) return true;
      step();
    }
    return done();
  }

  std::uint64_t loss_percent;
  bool server_socket_full = false;
  std::size_t frames_to_client = 0;
  std::optional<std::string> last_to_client;
  std::vector<ConsumerAck> commits;
  bool commits_held = false;
  std::optional<ConsumerCheckpoint> checkpoint;

 private:
  std::string peer() const { return "connection " + std::to_string(connection_); }
  static std::string hoarder(int number) { return "hoarder " + std::to_string(number); }
  bool lost() { return random_.below(100) < loss_percent; }

  void deliver() {
    for (auto frames = std::exchange(to_server_, {}); auto& [from, frame] : frames) {
      server_->receive(from, frame, nullptr, clock_.steady_ns());
    }
    for (auto jobs = std::exchange(reads_, {}); const ReadJob& job : jobs) {
      server_->read_done(run_read(store_.store(), this, job));
    }
    for (auto frames = std::exchange(to_client_, {}); auto& [to, frame] : frames) {
      if (to == peer()) client_.receive(frame, nullptr, clock_.steady_ns());
    }
  }

  // --- ClientPort ---
  bool send(std::string frame) override {
    if (!lost()) to_server_.emplace_back(peer(), std::move(frame));
    return true;
  }
  void reconnect() override { ++connection_; }

  // --- ServerPort ---
  SendOutcome send(const std::string& to, std::string frame) override {
    if (server_socket_full) return SendOutcome::kFull;
    ++frames_to_client;
    last_to_client = frame;
    if (!lost()) to_client_.emplace_back(to, std::move(frame));
    return SendOutcome::kTaken;
  }
  std::size_t reserve(const std::string& to, std::size_t bytes) override {
    return budget_.reserve(to, bytes);
  }
  void unreserve(const std::string& to, std::size_t bytes) override { budget_.unreserve(to, bytes); }
  bool read(ReadJob job) override {
    if (reads_.size() > 20) return false;
    reads_.push_back(std::move(job));
    return true;
  }
  void commit(const SessionAddress& address, std::uint64_t nonce, std::uint64_t number,
              ConsumerAck ack) override {
    const SequenceNumber stands = checkpoint ? checkpoint->cursor.sequence : SequenceNumber();
    Status outcome;
    if (ack.previous == stands) {
      checkpoint = ConsumerCheckpoint{ack.accepted_through, ack.state, ack.shard_done};
      commits.push_back(ack);
    } else {
      outcome = Error(ErrorCode::kResourceInUse, "another holder moved it");
    }
    if (!commits_held) server_->committed(address, nonce, number, outcome);
  }
  std::shared_ptr<const storage::CatalogSnapshot> catalog() const override {
    return store_.store().catalog().snapshot();
  }
  std::optional<storage::ShardHead> head(ShardId shard) const override {
    return store_.store().writer().head(shard);
  }
  HybridTime watermark() const override { return store_.store().writer().watermark(); }

  // --- ConsumerGate ---
  Result<std::optional<ConsumerCheckpoint>> load(const std::string&, ShardId) override { return checkpoint; }
  void commit(ConsumerAck, std::function<void(Status)>) override {}  // the machine commits through its port

  StoreFixture& store_;
  ManualClock& clock_;
  FrameBudget budget_{limits::kStreamFramesBytesMax, limits::kStreamReaderBytesMax, nullptr};
  SeededRandom random_;
  std::unique_ptr<ServerMachine> server_;
  ClientMachine client_;
  int connection_ = 0;
  std::vector<std::size_t> hoarded_;
  std::deque<std::pair<std::string, std::string>> to_server_, to_client_;
  std::deque<ReadJob> reads_;
};

}  // namespace gyre::streams
