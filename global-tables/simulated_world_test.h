// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/hash.h"
#include "global-tables/conflict_model_test.h"
#include "global-tables/peer_link.h"
#include "global-tables/region_fixture_test.h"
#include "streams/transport/client_machine.h"
#include "streams/transport/server_machine.h"
#include "streams/transport/session_reads.h"

// Several regions on one thread and one seed: real stores, the production machines of the stream protocol, of
// the replicators and of the control plane; clocks, network and crashes are the simulator's.

namespace gyre::global_tables {

constexpr std::uint64_t kStartMs = 1'800'000'000'000;
constexpr std::uint64_t kStepMs = 10;

struct Faults {
  std::uint64_t loss_percent = 2;
  std::uint64_t duplicate_percent = 2;
  std::uint64_t delay_ms_max = 40;
  std::uint64_t skew_ms_max = 200;
  bool crashes = true;
  bool cuts = true;
};

class World;

/// A reader's end of one simulated connection.
class SimulatedClient final : public streams::StreamClient, private streams::ClientPort {
 public:
  SimulatedClient(World& world, std::string self, std::string peer, std::uint64_t seed)
      : world_(world),
        self_(std::move(self)),
        peer_(std::move(peer)),
        random_(seed),
        machine_(self_, *this, random_) {}

  SessionNumber open(streams::SessionOptions options, streams::SessionHandler* handler) override {
    return machine_.open(std::move(options), handler);
  }
  void close(SessionNumber session) override { machine_.close(session); }
  void consumed(SessionNumber session, std::uint64_t records, std::uint64_t bytes) override {
    machine_.consumed(session, records, bytes);
  }
  void ack(SessionNumber session, streams::ConsumerAck ack) override {
    machine_.ack(session, std::move(ack));
  }
  void poll(int) override;
  void wake() override {}
  bool connected() const override { return machine_.connected(); }
  std::uint64_t heard_ns() const override { return machine_.heard_ns(); }
  std::string region() const override { return machine_.region(); }

 private:
  bool send(std::string frame) override;
  void reconnect() override { ++connection_; }
  std::string connection() const { return self_ + "/" + std::to_string(connection_); }

  World& world_;
  std::string self_, peer_;
  SeededRandom random_;
  std::uint64_t connection_ = 0;
  streams::ClientMachine machine_;
};

/// One region's process: what a crash takes with it, and what it leaves.
class Region final : public streams::ServerPort {
 public:
  Region(World& world, const std::string& name, std::uint64_t now_ms, std::uint64_t seed)
      : fixture(name, clock, seed), clock(now_ms), world_(world), random_(seed) {}

  void boot(const std::vector<std::string>& names);
  /// The process dies after its last commit, and before anybody learned of it.
  void crash();
  /// The power goes: whatever the region goes on to do for a moment is lost, and nobody learned of it.
  void lose_power();
  void step();
  void finish() {
    for (auto& [peer, link] : links) link->finish();
    links.clear();
  }
  /// Waits until the writer has done, and has handed back, all that it was given: then nothing depends on
  /// threads.
  void settle() {
    using storage::WriteClass;
    for (const WriteClass each :
         {WriteClass::kClient, WriteClass::kReplication, WriteClass::kMaintenance, WriteClass::kClient}) {
      CHECK(submit_and_wait(fixture.store().writer(), each, [](storage::WriteTransaction&) {
              return Status();
            }).ok());
    }
  }

  RegionFixture fixture;
  ManualClock clock;
  InlineSink sink;
  std::unique_ptr<GroupControl> control;
  PeerLinks links;
  std::unique_ptr<streams::ServerMachine> server;

 private:
  streams::SendOutcome send(const std::string& peer, std::string frame) override;
  std::size_t reserve(const std::string&, std::size_t bytes) override { return bytes; }
  void unreserve(const std::string&, std::size_t) override {}
  bool read(streams::ReadJob job) override {
    reads_.push_back(std::move(job));
    return true;
  }
  void commit(const streams::SessionAddress&, std::uint64_t, std::uint64_t, streams::ConsumerAck) override {}
  std::shared_ptr<const storage::CatalogSnapshot> catalog() const override {
    return const_cast<Region*>(this)->fixture.store().catalog().snapshot();
  }
  std::optional<storage::ShardHead> head(ShardId shard) const override {
    return const_cast<Region*>(this)->fixture.store().writer().head(shard);
  }
  HybridTime watermark() const override {
    return const_cast<Region*>(this)->fixture.store().writer().watermark();
  }

  World& world_;
  SeededRandom random_;
  std::deque<streams::ReadJob> reads_;
};

class World {
 public:
  World(std::uint64_t seed, int region_count, Faults faults) : random(seed), faults(faults) {
    for (int i = 0; i < region_count; ++i) names.push_back(std::string(1, static_cast<char>('a' + i)));
    for (const std::string& name : names) {
      const std::uint64_t skew = faults.skew_ms_max == 0 ? 0 : random.below(faults.skew_ms_max);
      regions[name] = std::make_unique<Region>(*this, name, kStartMs + skew, random.next());
      regions[name]->boot(names);
    }
  }
  ~World() {
    for (auto& [name, region] : regions) region->crash();
  }

  Region& at(const std::string& name) { return *regions.at(name); }
  Region& any() { return at(names[random.below(names.size())]); }
  std::uint64_t now_ns() { return regions.begin()->second->clock.steady_ns(); }

  /// Puts a frame on its way; `connection` is the reader's, which starts with its region's name.
  void send(const std::string& from, const std::string& to, const std::string& connection,
            std::string frame) {
    if (silenced == from || cuts.contains({from, to}) || random.below(100) < faults.loss_percent) return;
    std::uint64_t& last = last_arrival_[{connection, to}];
    last = std::max(last, now_ns() + 1'000'000 * random.below(faults.delay_ms_max + 1));
    const bool twice = random.below(100) < faults.duplicate_percent;
    auto& way = frames_[{to, from}];
    if (twice) way.push_back({last, connection, frame});
    way.push_back({last, connection, std::move(frame)});
  }
  /// Frames from `from` that have arrived at `to`.
  std::vector<std::pair<std::string, std::string>> arrivals(const std::string& to, const std::string& from,
                                                            bool to_reader) {
    std::vector<std::pair<std::string, std::string>> arrived;
    std::deque<Frame>& way = frames_[{to, from}];
    for (auto frame = way.begin(); frame != way.end();) {
      const bool mine = frame->connection.starts_with((to_reader ? to : from) + "/");
      if (!mine || frame->arrival_ns > now_ns()) {
        ++frame;
        continue;
      }
      arrived.emplace_back(std::move(frame->connection), std::move(frame->bytes));
      frame = way.erase(frame);
    }
    return arrived;
  }

  void step() {
    for (auto& [name, region] : regions) region->clock.advance_ms(kStepMs);
    if (away != nullptr) away->clock.advance_ms(kStepMs);
    for (auto& [name, region] : regions) region->step();
  }
  template <class Done>
  bool run_until(Done done, int steps_max = 6'000) {
    for (int i = 0; i < steps_max; ++i) {
      if (i % 10 == 0 && done()) return true;
      step();
    }
    return done();
  }

  /// A client's write, acknowledged: the model learns it, and the trace too.
  void client_write(Region& region, const std::string& key, const std::optional<std::string>& value) {
    const storage::StoredItem before = region.fixture.stored(key);
    region.fixture.put(key, value);
    const storage::StoredItem stored = region.fixture.stored(key);
    if (region.fixture.table()->schema.group) conflicts.wrote(stored.version, before.version);
    note(region.fixture.region() + key + std::to_string(stored.version.clock));
    auto& winner = model[key];
    if (stored.version > winner.first) winner = {stored.version, value};
  }
  std::set<Version> winners() const {
    std::set<Version> versions;
    for (const auto& [key, winner] : model) versions.insert(winner.first);
    return versions;
  }
  void note(const std::string& line) { trace = hash64(std::to_string(trace) + line); }

  /// Every member holds, for every key, what the model says, under the same version and vector.
  std::string difference(const std::set<std::string>& members) {
    for (const auto& [key, winner] : model) {
      const storage::StoredItem first = at(*members.begin()).fixture.stored(key);
      for (const std::string& name : members) {
        const storage::StoredItem stored = at(name).fixture.stored(key);
        if (stored.version != winner.first) return name + " has another version of " + key;
        if (stored.image != first.image || at(name).fixture.get(key) != winner.second)
          return name + " differs at " + key;
        if (stored.vector != first.vector) return name + " has another vector of " + key;
      }
    }
    return {};
  }

  SeededRandom random;
  Faults faults;
  std::vector<std::string> names;
  std::map<std::string, std::unique_ptr<Region>> regions;
  std::set<std::pair<std::string, std::string>> cuts;
  std::unique_ptr<Region> away;  // a region that is down meanwhile, crashed before
  std::string silenced;          // the region that nobody hears any more
  std::map<std::string, std::pair<Version, std::optional<std::string>>> model;
  ConflictModel conflicts;
  std::uint64_t trace = 0;

 private:
  struct Frame {
    std::uint64_t arrival_ns;
    std::string connection;
    std::string bytes;
  };
  std::map<std::pair<std::string, std::string>, std::deque<Frame>> frames_;  // by (to, from)
  std::map<std::pair<std::string, std::string>, std::uint64_t> last_arrival_;
};

inline void SimulatedClient::poll(int) {
  const std::uint64_t now_ns = world_.now_ns();
  machine_.turn(now_ns);
  for (auto& [connection, frame] : world_.arrivals(self_, peer_, /*to_reader=*/true)) {
    if (connection == this->connection()) machine_.receive(frame, nullptr, now_ns);
  }
}

inline bool SimulatedClient::send(std::string frame) {
  world_.send(self_, peer_, connection(), std::move(frame));
  return true;
}

inline streams::SendOutcome Region::send(const std::string& peer, std::string frame) {
  world_.send(fixture.region(), peer.substr(0, peer.find('/')), peer, std::move(frame));
  return streams::SendOutcome::kTaken;
}

inline void Region::boot(const std::vector<std::string>& names) {
  fixture.open();
  fixture.store().writer().start();
  server = std::make_unique<streams::ServerMachine>(fixture.store().region(), fixture.store().epoch(), *this,
                                                    random_);
  std::vector<RegionId> peers;
  for (const std::string& name : names) {
    if (name != fixture.region()) peers.emplace_back(name);
  }
  control = std::make_unique<GroupControl>(fixture.store(), peers);
  for (const RegionId& peer : peers) {
    links[peer] = std::make_unique<PeerLink>(
        fixture.store(), *control, PeerLink::Options{peer, {}, 1}, [this, peer](streams::LinkShaper*) {
          return Result<std::unique_ptr<streams::StreamClient>>(
              std::make_unique<SimulatedClient>(world_, fixture.region(), peer.name(), random_.next()));
        });
    CHECK(links[peer]->open().ok());
  }
}

inline void Region::crash() {
  finish();
  control.reset();
  server.reset();
  reads_.clear();
  fixture.crash();
}

inline void Region::lose_power() {
  world_.silenced = fixture.region();
  settle();
  fixture.doom();
  if (const auto here = fixture.table(); here != nullptr && here->schema.status == TableStatus::kActive) {
    fixture.put("k1", "never acknowledged");
  }
  step();
  step();
  crash();
  world_.silenced.clear();
}

inline void Region::step() {
  std::vector<storage::ShardHead> heads;
  for (const auto& [id, table] : fixture.store().catalog().snapshot()->tables()) {
    for (const storage::ShardDescriptor& shard : table->shards) {
      if (const auto head = fixture.store().writer().head(shard.id)) heads.push_back(*head);
    }
  }
  if (const auto head = fixture.store().writer().head(storage::kCatalogShard)) heads.push_back(*head);
  server->advanced(heads);
  for (const auto& [peer, link] : links) {
    for (auto& [connection, frame] : world_.arrivals(fixture.region(), peer.name(), /*to_reader=*/false)) {
      server->receive(connection, frame, nullptr, clock.steady_ns());
    }
  }
  for (auto jobs = std::exchange(reads_, {}); const streams::ReadJob& job : jobs) {
    server->read_done(streams::run_read(fixture.store(), nullptr, job));
  }
  server->turn(clock.steady_ns());
  for (const auto& [peer, link] : links) {
    link->step(0);
    settle();
  }
}

}  // namespace gyre::global_tables
