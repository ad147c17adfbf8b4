// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/stream_client.h"

#include <algorithm>
#include <utility>

#include "core/base/duration.h"
#include "core/base/log.h"
#include "core/base/random.h"
#include "streams/transport/client_machine.h"
#include "streams/transport/delay_queue.h"
#include "streams/transport/frame_socket.h"

namespace gyre::streams {
namespace {

// Frames handled before poll() lets its caller on.
constexpr int kFramesPerPoll = 64;
// On their way, on a link that is played in user space.
constexpr std::size_t kDelayedBytesMax = 64 * 1024 * 1024;
constexpr std::size_t kDelayedFramesMax = 10'000;

/// The thin shell: a DEALER, the link's shape, and the machine that decides.
class SocketStreamClient final : public StreamClient, private ClientPort {
 public:
  SocketStreamClient(std::unique_ptr<FrameSocket> socket, std::string endpoint, const std::string& reader_id,
                     const Clock& clock, LinkShaper* shaper)
      : socket_(std::move(socket)),
        endpoint_(std::move(endpoint)),
        clock_(clock),
        shaper_(shaper),
        random_(entropy()),
        machine_(reader_id, *this, random_) {}
  ~SocketStreamClient() override { machine_.stop(); }

  SessionNumber open(SessionOptions options, SessionHandler* handler) override {
    return machine_.open(std::move(options), handler);
  }
  void close(SessionNumber session) override { machine_.close(session); }
  void consumed(SessionNumber session, std::uint64_t records, std::uint64_t bytes) override {
    machine_.consumed(session, records, bytes);
  }
  void ack(SessionNumber session, ConsumerAck ack) override { machine_.ack(session, std::move(ack)); }
  void wake() override { socket_->wake(); }
  bool connected() const override { return machine_.connected(); }
  std::uint64_t heard_ns() const override { return machine_.heard_ns(); }
  std::string region() const override { return machine_.region(); }

  void poll(int timeout_ms) override {
    const std::uint64_t deadline_ns =
        now_ns() + static_cast<std::uint64_t>(std::max(timeout_ms, 0)) * kNanosecondsPerMs;
    while (true) {
      const bool woken = socket_->take_wake();
      machine_.turn(now_ns());
      const bool news = receive_some();
      send_delayed();
      const std::uint64_t now = now_ns();
      if (news || woken || now >= deadline_ns) return;
      const std::uint64_t until_ns =
          std::min({deadline_ns, machine_.next_turn_ns(), outgoing_.next_ns(), incoming_.next_ns()});
      // Rounded up: a wait that ends early would spin.
      const std::uint64_t wait_ms =
          until_ns <= now ? 0 : (until_ns - now + kNanosecondsPerMs - 1) / kNanosecondsPerMs;
      socket_->wait(static_cast<int>(std::min<std::uint64_t>(wait_ms, 60'000)));
    }
  }

 private:
  std::uint64_t now_ns() const { return clock_.steady_ns(); }

  bool receive_some() {
    bool news = false;
    for (int i = 0; i < kFramesPerPoll; ++i) {
      if (incoming_bytes_ >= kDelayedBytesMax) break;  // the rest waits in the socket
      std::optional<Frame> frame = socket_->receive();
      if (!frame) break;
      if (shaper_ == nullptr) {
        news |= machine_.receive(frame->body(), frame->holder(), now_ns());
      } else if (const auto release_ns = shaper_->release_ns(LinkShaper::Direction::kToReader, now_ns())) {
        incoming_bytes_ += frame->body().size();
        incoming_.push(std::move(*frame), *release_ns);
      }
    }
    while (incoming_.ready(now_ns())) {
      const Frame frame = incoming_.pop();
      incoming_bytes_ -= frame.body().size();
      news |= machine_.receive(frame.body(), frame.holder(), now_ns());
    }
    return news;
  }

  void send_delayed() {
    while (outgoing_.ready(now_ns())) {
      // On a link that is played in user space, a frame that the socket does not take is lost like any other.
      (void)socket_->send({}, outgoing_.pop());
    }
  }

  // --- ClientPort ---
  bool send(std::string frame) override {
    if (shaper_ == nullptr) return socket_->send({}, std::move(frame)) == SendOutcome::kTaken;
    // The shape is that of a connection: without one there is nothing to lose frames on.
    if (!socket_->takes_frames() || outgoing_.size() >= kDelayedFramesMax) return false;
    if (const auto release_ns = shaper_->release_ns(LinkShaper::Direction::kToRegion, now_ns())) {
      outgoing_.push(std::move(frame), *release_ns);
    }
    return true;
  }
  void reconnect() override {
    outgoing_.clear();
    incoming_.clear();
    incoming_bytes_ = 0;
    if (const Status status = socket_->connect(endpoint_); !status.ok())
      log_error("{}", status.error().message);
  }

  const std::unique_ptr<FrameSocket> socket_;
  const std::string endpoint_;
  const Clock& clock_;
  LinkShaper* const shaper_;
  SeededRandom random_;
  DelayQueue<std::string> outgoing_;
  DelayQueue<Frame> incoming_;
  std::size_t incoming_bytes_ = 0;
  ClientMachine machine_;
};

}  // namespace

Result<std::unique_ptr<StreamClient>> StreamClient::connect(const std::string& endpoint,
                                                            const std::string& reader_id, const Clock& clock,
                                                            LinkShaper* shaper) {
  ASSIGN_OR_RETURN(auto socket, FrameSocket::make_dealer());
  // Tried now, so that a malformed endpoint is the caller's error; the machine connects again by itself.
  RETURN_IF_ERROR(socket->connect(endpoint));
  return std::unique_ptr<StreamClient>(
      std::make_unique<SocketStreamClient>(std::move(socket), endpoint, reader_id, clock, shaper));
}

}  // namespace gyre::streams
