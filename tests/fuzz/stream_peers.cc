// SPDX-License-Identifier: Apache-2.0
// Whole conversations of the stream protocol, with peers that keep to nothing. A reader sends frames to a
// region's server, and a region sends frames to a replicator, whose commits go through the writer of a store
// in memory: no sequence of frames ends the process, and the store serves on. The input is a list of frames:
// a kind, its members, and bits of the encoded frame to turn.
#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/base/random.h"
#include "global-tables/peer_replicator.h"
#include "streams/transport/client_machine.h"
#include "streams/transport/server_machine.h"
#include "streams/transport/store_fixture_test.h"
#include "tests/fuzz/fuzz.h"

namespace gyre {
namespace {

namespace wire = streams::wire;

/// The input, taken from its front; zeros behind its end.
class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}
  bool empty() const { return bytes_.empty(); }
  std::uint64_t number(std::size_t bytes = 1) {
    std::uint64_t value = 0;
    for (; bytes > 0; --bytes) value = value << 8 | static_cast<std::uint8_t>(take(1).empty() ? 0 : last_);
    return value;
  }
  std::string text() { return std::string(take(number())); }

 private:
  std::string_view take(std::size_t size) {
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(taken.size());
    if (!taken.empty()) last_ = taken.back();
    return taken;
  }
  std::string_view bytes_;
  char last_ = 0;
};

// A byte picks a small number, as most members are, or a whole one.
std::uint64_t number(Input& in) {
  const std::uint64_t first = in.number();
  return first < 250 ? first : in.number(8);
}

storage::LogCursor cursor(Input& in) {
  return {Epoch(number(in) % 3), ShardId(number(in)), SequenceNumber(number(in)), Ordinal(number(in)),
          number(in)};
}

/// A region whose readers may send anything.
class Server final : public streams::ServerPort, private streams::ConsumerGate {
 public:
  Server(streams::StoreFixture& store, ManualClock& clock)
      : store_(store),
        clock_(clock),
        machine_(store.store().region(), store.store().epoch(), *this, random_) {}

  void receive(const std::string& frame) {
    machine_.receive("reader", frame, nullptr, clock_.steady_ns());
    settle();
  }
  void turn() {
    machine_.turn(clock_.steady_ns());
    settle();
  }
  std::uint64_t nonce() const { return nonce_; }
  ShardId shard(std::uint64_t number) {
    const auto table = store_.entry();
    return table->shards[number % table->shards.size()].id;
  }

 private:
  void settle() {
    while (!reads_.empty()) {
      const streams::ReadJob job = std::move(reads_.front());
      reads_.pop_front();
      machine_.read_done(streams::run_read(store_.store(), this, job));
    }
    for (const auto& [address, nonce, number] : std::exchange(commits_, {})) {
      machine_.committed(address, nonce, number, {});
    }
    CHECK(machine_.session_count() <= limits::kStreamSessionsMax);
  }
  streams::SendOutcome send(const std::string&, std::string frame) override {
    const auto message = wire::decode_message(frame);
    CHECK(message.ok());
    if (const auto* opened = std::get_if<wire::Opened>(&*message)) nonce_ = opened->nonce;
    return streams::SendOutcome::kTaken;
  }
  std::size_t reserve(const std::string&, std::size_t bytes) override { return bytes; }
  void unreserve(const std::string&, std::size_t) override {}
  bool read(streams::ReadJob job) override {
    reads_.push_back(std::move(job));
    return true;
  }
  void commit(const streams::SessionAddress& address, std::uint64_t nonce, std::uint64_t number,
              streams::ConsumerAck) override {
    commits_.push_back({address, nonce, number});
  }
  std::shared_ptr<const storage::CatalogSnapshot> catalog() const override {
    return store_.store().catalog().snapshot();
  }
  std::optional<storage::ShardHead> head(ShardId shard) const override {
    return store_.store().writer().head(shard);
  }
  HybridTime watermark() const override { return store_.store().writer().watermark(); }
  // ConsumerGate
  Result<std::optional<streams::ConsumerCheckpoint>> load(const std::string&, ShardId) override {
    return std::optional<streams::ConsumerCheckpoint>();
  }
  void commit(streams::ConsumerAck, std::function<void(Status)>) override {}

  struct Commit {
    streams::SessionAddress address;
    std::uint64_t nonce, number;
  };
  streams::StoreFixture& store_;
  ManualClock& clock_;
  SeededRandom random_{1};
  std::deque<streams::ReadJob> reads_;
  std::vector<Commit> commits_;
  std::uint64_t nonce_ = 0;
  streams::ServerMachine machine_;
};

/// A replicator whose peer may send anything.
class Replicator final : private streams::ClientPort {
 public:
  Replicator(streams::StoreFixture& store, ManualClock& clock)
      : store_(store),
        clock_(clock),
        machine_("replicator", *this, random_),
        replicator_(RegionId("peer"), [](const auto&) { return std::nullopt; }) {
    replicator_.start();
    replicator_.follow(
        {{RegionId("peer"), IncarnationId(2), store.table(), "T", store.entry()->schema.key_schema, true}},
        now());
    turn();
  }

  void receive(const std::string& frame) {
    machine_.receive(frame, nullptr, clock_.steady_ns());
    perform();
  }
  void turn() {
    machine_.turn(clock_.steady_ns());
    replicator_.tick(clock_.now_ms());
    perform();
    (void)replicator_.take_news();
    (void)replicator_.report();
  }
  /// The last Open of each session, which an answer has to name.
  const wire::Open* open(std::uint64_t number) const {
    if (opens_.empty()) return nullptr;
    return &std::next(opens_.begin(), static_cast<long>(number % opens_.size()))->second;
  }

 private:
  struct Session final : streams::SessionHandler {
    Session(Replicator& owner_in, global_tables::SessionKey key_in) : owner(owner_in), key(key_in) {}
    void on_opened(const streams::Opened& opened) override { take(opened); }
    void on_batch(streams::RecordBatch batch) override { take(std::move(batch)); }
    void on_shard_end(const std::vector<ShardId>& children) override { take(streams::ShardEnd{children}); }
    void on_refused(streams::RefusedReason reason, const std::string& message,
                    SequenceNumber oldest) override {
      take(streams::Refusal{reason, message, oldest});
    }
    void on_tick(HybridTime watermark, Ordinal scanned_through, Ordinal head) override {
      take(streams::Heard{watermark, scanned_through, head});
    }
    void take(streams::SessionMessage message) {
      owner.replicator_.take(key, std::move(message), owner.now());
    }
    Replicator& owner;
    global_tables::SessionKey key;
    std::uint64_t number = 0;
  };

  std::uint64_t now() const { return clock_.now_ms(); }

  void perform() {
    for (auto commands = replicator_.take_commands(); !commands.empty();
         commands = replicator_.take_commands()) {
      for (global_tables::LinkCommand& command : commands) {
        std::visit([this](auto& one) { perform(one); }, command);
      }
    }
  }
  void perform(streams::OpenSession& command) {
    auto& session = sessions_[command.key];
    session = std::make_unique<Session>(*this, command.key);
    session->number = machine_.open(std::move(command.options), session.get());
  }
  void perform(streams::CloseSession& command) {
    const auto session = sessions_.find(command.key);
    if (session != sessions_.end()) machine_.close(session->second->number);
  }
  void perform(streams::GiveCredit& command) {
    const auto session = sessions_.find(command.key);
    if (session != sessions_.end())
      machine_.consumed(session->second->number, command.records, command.bytes);
  }
  void perform(streams::SendAck&) {}  // of consumers
  void perform(global_tables::CommitWork& command) {
    global_tables::ApplyCounts counts;
    Status outcome;
    store_.write([&](storage::WriteTransaction& transaction) {
      return outcome = global_tables::apply(command.work, transaction, counts);
    });
    replicator_.committed(command.key, outcome, now());
  }

  bool send(std::string frame) override {
    const auto message = wire::decode_message(frame);
    CHECK(message.ok());
    if (const auto* open = std::get_if<wire::Open>(&*message)) opens_[open->session] = *open;
    if (const auto* bye = std::get_if<wire::Bye>(&*message)) opens_.erase(bye->session);
    return true;
  }
  void reconnect() override {}

  streams::StoreFixture& store_;
  ManualClock& clock_;
  SeededRandom random_{2};
  std::map<std::uint64_t, wire::Open> opens_;
  std::map<global_tables::SessionKey, std::unique_ptr<Session>> sessions_;
  streams::ClientMachine machine_;
  global_tables::PeerReplicator replicator_;
};

// --- frames by kind ---

wire::Message to_server(Input& in, Server& server) {
  switch (in.number() % 8) {
    case 0: {
      wire::Hello hello;
      hello.reader_id = in.text();
      return hello;
    }
    case 1: {
      wire::Open open;
      open.session = number(in);
      open.attempt = static_cast<std::uint32_t>(number(in));
      storage::LogCursor from = cursor(in);
      if (in.number() % 4 != 0) from.shard = server.shard(in.number());
      open.epoch = from.epoch;
      open.source = from;
      const std::uint64_t flags = in.number();
      open.filter = {(flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0};
      open.json = (flags & 8) != 0;
      open.resume = (flags & 16) != 0;
      if ((flags & 32) != 0) open.consumer = in.text();
      return open;
    }
    case 2: {
      wire::Open open;
      open.session = number(in);
      open.source = streams::SessionOptions::TableScan{in.number() % 2 == 0 ? "T" : in.text(), in.text()};
      return open;
    }
    case 3: {
      wire::Open open;
      open.session = number(in);
      open.source = wire::TableShards{in.number() % 2 == 0 ? "T" : in.text()};
      return open;
    }
    case 4:
      return wire::Credit{number(in), server.nonce(), number(in), number(in)};
    case 5: {
      wire::Tick tick{number(in), {}};
      for (std::uint64_t count = in.number() % 8; count > 0; --count) {
        tick.positions.push_back(
            {number(in), server.nonce(), Ordinal(number(in)), {}, number(in), number(in)});
      }
      return tick;
    }
    case 6: {
      wire::Ack ack{number(in), server.nonce(), number(in), {}};
      ack.progress.accepted_through = cursor(in);
      ack.progress.state = in.text();
      ack.progress.shard_done = in.number() % 2 != 0;
      return ack;
    }
    default:
      return wire::Bye{number(in), in.text()};
  }
}

std::string record(Input& in) {
  if (in.number() % 8 == 0) return in.text();
  storage::ChangeRecord record;
  record.shard = ShardId(number(in));
  record.sequence = SequenceNumber(number(in));
  record.ordinal = Ordinal(number(in));
  record.kind = static_cast<storage::ChangeKind>(in.number() % 5);
  const std::uint64_t shape = in.number();
  record.keys = (shape & 1) != 0 ? in.text() : encode_item(Item{{"id", AttributeValue::string(in.text())}});
  if ((shape & 2) != 0) record.new_image = (shape & 4) != 0 ? in.text() : record.keys;
  record.version = {(shape & 8) != 0 ? number(in) : hybrid_from_ms(1'800'000'000'000) + 2 * in.number(),
                    RegionId((shape & 16) != 0 ? in.text() : "peer")};
  for (std::uint64_t count = in.number() % 4; count > 0; --count) {
    record.vector.observe(IncarnationId(number(in)), number(in));
  }
  record.origin = {RegionId((shape & 32) != 0 ? in.text() : "peer"), IncarnationId(number(in)),
                   SequenceNumber(number(in))};
  record.commit_time = number(in);
  if ((shape & 64) != 0) record.catalog_change = in.text();
  return storage::encode_change_record(record);
}

wire::Message to_replicator(Input& in, Replicator& replicator) {
  const std::uint64_t kind = in.number() % 8;
  const wire::Open* open = replicator.open(in.number());
  const std::uint64_t session = open != nullptr ? open->session : number(in);
  switch (kind) {
    case 0:
      return wire::Welcome{wire::kProtocolVersion, in.text(), Epoch(1), 0};
    case 1: {
      wire::Opened opened;
      opened.session = session;
      opened.nonce = 1;
      opened.attempt = open != nullptr ? open->attempt : 0;
      opened.epoch = Epoch(number(in));
      opened.position = cursor(in);
      for (std::uint64_t count = in.number() % 6; count > 0; --count) {
        streams::ShardInfo info;
        info.shard = ShardId(number(in));
        if (in.number() % 2 != 0) info.parent = ShardId(number(in));
        opened.shards.push_back(info);
      }
      return opened;
    }
    case 2:
    case 3: {
      wire::Batch batch;
      batch.session = session;
      batch.nonce = 1;
      batch.previous = Ordinal(number(in));
      std::vector<std::string> records;
      for (std::uint64_t count = in.number() % 4; count > 0; --count) records.push_back(record(in));
      batch.records = storage::RecordList(std::move(records));
      batch.scanned_through = cursor(in);
      batch.head_ordinal = Ordinal(number(in));
      batch.watermark = number(in);
      batch.scan_position = in.text();
      batch.scan_end = in.number() % 2 != 0;
      return batch;
    }
    case 4: {
      wire::ShardEnd end{session, 1, {}, Ordinal(number(in))};
      for (std::uint64_t count = in.number() % 6; count > 0; --count)
        end.children.push_back(ShardId(number(in)));
      return end;
    }
    case 5:
      return wire::Refused{session, static_cast<streams::RefusedReason>(in.number() % 11), in.text(), {}};
    case 6: {
      wire::Tick tick{number(in), {}};
      tick.positions.push_back({session, 1, Ordinal(number(in)), Ordinal(number(in)), 0, 0});
      return tick;
    }
    default:
      return wire::Bye{number(in), in.text()};
  }
}

std::string with_turned_bits(std::string frame, Input& in) {
  for (std::uint64_t count = in.number(); count % 4 != 0; --count) {
    if (!frame.empty()) frame[in.number(2) % frame.size()] ^= static_cast<char>(in.number());
  }
  return frame;
}

}  // namespace

void fuzz(std::string_view bytes) {
  ManualClock clock(1'800'000'000'000);
  streams::StoreFixture store(clock);
  store.put("a", "1");
  {
    Server server(store, clock);
    Replicator replicator(store, clock);
    for (Input in(bytes); !in.empty();) {
      switch (in.number() % 8) {
        case 0:
          server.receive(in.text());
          break;
        case 1:
          replicator.receive(in.text());
          break;
        case 2:
          clock.advance_ms(10 * in.number());
          server.turn();
          replicator.turn();
          break;
        case 3:
        case 4:
          server.receive(with_turned_bits(wire::encode_message(to_server(in, server)), in));
          break;
        default:
          replicator.receive(with_turned_bits(wire::encode_message(to_replicator(in, replicator)), in));
      }
    }
  }
  store.put("a", "2");
}

}  // namespace gyre
