// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/stream_server.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "core/base/duration.h"
#include "core/base/log.h"
#include "core/base/random.h"
#include "streams/transport/frame_socket.h"
#include "streams/transport/server_machine.h"

namespace gyre::streams {
namespace {

// Frames handled before reads and ticks get their turn, and reads of memory before frames get theirs.
constexpr int kFramesPerTurn = 256;
constexpr std::uint64_t kReceiveMsPerTurn = 5;
constexpr std::size_t kRecentReadsPerTurn = 32;

/// What other threads hand to the server's: heads from the writer, answers from the read pool, outcomes from
/// the gate.
class Mailbox {
 public:
  struct Outcome {
    SessionAddress address;
    std::uint64_t nonce;
    std::uint64_t number;
    Status outcome;
  };
  struct Mail {
    std::map<ShardId, storage::ShardHead>
        heads;  // the newest of each shard: bounded however slow the reader of it is
    std::vector<ReadAnswer> answers;
    std::vector<Outcome> outcomes;
  };

  explicit Mailbox(FrameSocket* socket) : socket_(socket) {}

  void put_heads(const std::vector<storage::ShardHead>& heads) {
    put([&](Mail& mail) {
      for (const storage::ShardHead& head : heads) mail.heads[head.shard] = head;
    });
  }
  /// A read was handed to the pool: its answer comes.
  void expect_answer() {
    const std::lock_guard lock(mutex_);
    ++answers_expected_;
  }
  void put_answer(ReadAnswer answer) {
    put([&](Mail& mail) { mail.answers.push_back(std::move(answer)); });
    expect_no_answer();
  }
  void expect_no_answer() {
    const std::lock_guard lock(mutex_);
    if (--answers_expected_ == 0) none_expected_.notify_all();
  }
  void put_outcome(Outcome outcome) {
    put([&](Mail& mail) { mail.outcomes.push_back(std::move(outcome)); });
  }
  Mail take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(mail_, {});
  }
  /// Nobody reads any more: late mail is dropped, and the socket is not touched again. Waits for the reads.
  void close() {
    std::unique_lock lock(mutex_);
    socket_ = nullptr;
    none_expected_.wait(lock, [&] { return answers_expected_ == 0; });
  }

 private:
  template <class Put>
  void put(Put&& put_into) {
    const std::lock_guard lock(mutex_);
    if (socket_ == nullptr) return;
    put_into(mail_);
    socket_->wake();
  }

  std::mutex mutex_;
  std::condition_variable none_expected_;
  FrameSocket* socket_;
  Mail mail_;
  std::size_t answers_expected_ = 0;
};

/// The thin shell: a ROUTER on one thread, the mailbox, and the machine that decides.
class SocketStreamServer final : public StreamServer, private ServerPort, private storage::LogListener {
 public:
  SocketStreamServer(std::unique_ptr<FrameSocket> socket, storage::Store& store, ConsumerGate* gate)
      : socket_(std::move(socket)),
        endpoint_(socket_->endpoint()),
        store_(store),
        gate_(gate),
        random_(entropy()),
        mailbox_(std::make_shared<Mailbox>(socket_.get())),
        machine_(store.region(), store.epoch(), *this, random_) {}
  ~SocketStreamServer() override { stop(); }

  storage::LogListener& listener() override { return *this; }
  std::string endpoint() const override { return endpoint_; }
  std::size_t connections() const override { return socket_->connections(); }
  std::size_t held_bytes() const override { return socket_->budget().held(); }

  void start() override {
    thread_ = std::thread([this] { run(); });
  }
  void stop() override {
    stopping_ = true;
    socket_->wake();
    if (thread_.joinable()) thread_.join();
    mailbox_->close();
  }

 private:
  void run() {
    while (!stopping_) {
      socket_->take_wake();
      take_mail();
      if (socket_->budget().take_room()) machine_.room_again();
      bool more = receive_some();
      machine_.turn(now_ns());
      more |= deliver_recent();
      has_readers_ = machine_.session_count() > 0;
      const std::uint64_t now = now_ns();
      const std::uint64_t until_ns = machine_.next_turn_ns();
      const std::uint64_t wait_ms =
          more || until_ns <= now ? 0 : (until_ns - now + kNanosecondsPerMs - 1) / kNanosecondsPerMs;
      socket_->wait(static_cast<int>(wait_ms));
    }
    machine_.stop();
  }

  std::uint64_t now_ns() const { return store_.clock().steady_ns(); }

  void take_mail() {
    Mailbox::Mail mail = mailbox_->take();
    if (!mail.heads.empty()) {
      std::vector<storage::ShardHead> heads;
      for (const auto& [shard, head] : mail.heads) heads.push_back(head);
      machine_.advanced(heads);
    }
    for (ReadAnswer& answer : mail.answers) machine_.read_done(std::move(answer));
    for (const Mailbox::Outcome& one : mail.outcomes) {
      machine_.committed(one.address, one.nonce, one.number, one.outcome);
    }
  }

  // True if there may be more.
  bool receive_some() {
    const std::uint64_t until_ns = now_ns() + kReceiveMsPerTurn * kNanosecondsPerMs;
    for (int i = 0; i < kFramesPerTurn && now_ns() < until_ns; ++i) {
      const std::optional<Frame> frame = socket_->receive();
      if (!frame) return false;
      has_readers_ = true;  // first: a session that this opens asks for heads, and hears of all later ones
      machine_.receive(frame->peer(), frame->body(), frame->holder(), now_ns());
    }
    return true;
  }

  // Each answer may start the session's next read. True if there are more.
  bool deliver_recent() {
    for (std::size_t i = 0; i < kRecentReadsPerTurn && !recent_answers_.empty(); ++i) {
      ReadAnswer answer = std::move(recent_answers_.front());
      recent_answers_.pop_front();
      machine_.read_done(std::move(answer));
    }
    return !recent_answers_.empty();
  }

  // --- LogListener, on the writer's thread ---
  void on_durable(const std::vector<storage::ShardHead>& heads) override {
    if (has_readers_) mailbox_->put_heads(heads);
  }

  // --- ServerPort ---
  SendOutcome send(const std::string& peer, std::string frame) override {
    return socket_->send(peer, std::move(frame));
  }
  std::size_t reserve(const std::string& peer, std::size_t bytes) override {
    return socket_->budget().reserve(peer, bytes);
  }
  void unreserve(const std::string& peer, std::size_t bytes) override {
    socket_->budget().unreserve(peer, bytes);
  }
  bool read(ReadJob job) override {
    // Who keeps up with the log is answered on this thread: to hand it over and back costs more than the
    // read. No more of them in one turn than leave the others theirs.
    if (recent_answers_.size() < kRecentReadsPerTurn) {
      if (std::optional<ReadAnswer> answer = run_recent_read(store_, job)) {
        recent_answers_.push_back(*std::move(answer));
        return true;
      }
    }
    mailbox_->expect_answer();
    // The mailbox is shared with the tasks; stop() waits for them.
    const bool taken =
        store_.read_pool().post([&store = store_, gate = gate_, mailbox = mailbox_, job = std::move(job)] {
          mailbox->put_answer(run_read(store, gate, job));
        });
    if (!taken) mailbox_->expect_no_answer();
    return taken;
  }
  void commit(const SessionAddress& address, std::uint64_t nonce, std::uint64_t number,
              ConsumerAck ack) override {
    auto answer = [mailbox = mailbox_, address, nonce, number](Status outcome) {
      mailbox->put_outcome({address, nonce, number, std::move(outcome)});
    };
    if (gate_ == nullptr) return answer(Error::validation("this region takes no acks"));
    gate_->commit(std::move(ack), std::move(answer));
  }
  std::shared_ptr<const storage::CatalogSnapshot> catalog() const override {
    return store_.catalog().snapshot();
  }
  std::optional<storage::ShardHead> head(ShardId shard) const override { return store_.writer().head(shard); }
  HybridTime watermark() const override { return store_.writer().watermark(); }

  const std::unique_ptr<FrameSocket> socket_;
  const std::string endpoint_;
  storage::Store& store_;
  ConsumerGate* const gate_;
  SeededRandom random_;
  const std::shared_ptr<Mailbox> mailbox_;
  std::deque<ReadAnswer> recent_answers_;  // of this thread
  ServerMachine machine_;
  std::atomic<bool> has_readers_ = false;  // else the writer need not wake this thread at each commit
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

bool is_loopback(const std::string& endpoint) {
  return endpoint.starts_with("tcp://127.");
}

}  // namespace

Result<std::unique_ptr<StreamServer>> StreamServer::bind(const StreamServerOptions& options,
                                                         storage::Store& store, ConsumerGate* gate) {
  ASSIGN_OR_RETURN(auto socket, FrameSocket::bind_router(options.endpoint,
                                                         {.connections_max = options.connections_max,
                                                          .frames_bytes_max = options.frames_bytes_max}));
  auto server = std::make_unique<SocketStreamServer>(std::move(socket), store, gate);
  if (!is_loopback(server->endpoint())) {
    log_warning("streams are served at {} without encryption: let only trusted networks reach it",
                server->endpoint());
  }
  return std::unique_ptr<StreamServer>(std::move(server));
}

}  // namespace gyre::streams
