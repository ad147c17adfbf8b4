// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/frame_socket.h"

#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "streams/transport/door.h"

namespace gyre::streams {
namespace {

constexpr int kLingerMs = 200;
// Between attempts to connect, plus a jitter of up to the first: a region that comes up is found at once.
constexpr int kReconnectMs = 20;
constexpr int kReconnectMaxMs = 100;
constexpr int kHandshakeMs = 5000;
// Of one connection, beside the one that is arriving; more wait in the kernel.
constexpr int kRequestsQueued = 1;
// A region that keeps to its credit sends small ones or few; more wait in the kernel, and then in the region.
constexpr int kFramesQueued = 16;

// One received part; closed with its last reference.
class Part {
 public:
  Part() { CHECK(zmq_msg_init(&message_) == 0); }
  ~Part() { zmq_msg_close(&message_); }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  /// False: none now.
  bool receive(void* socket) {
    int result;
    do {
      result = zmq_msg_recv(&message_, socket, ZMQ_DONTWAIT);
    } while (result < 0 && zmq_errno() == EINTR);
    CHECK(result >= 0 || zmq_errno() == EAGAIN);
    return result >= 0;
  }
  bool more() const { return zmq_msg_more(&message_) != 0; }
  std::string_view bytes() const {
    return {static_cast<const char*>(zmq_msg_data(const_cast<zmq_msg_t*>(&message_))),
            zmq_msg_size(&message_)};
  }

 private:
  zmq_msg_t message_;
};

void set(void* socket, int option, int value) {
  CHECK(zmq_setsockopt(socket, option, &value, sizeof(value)) == 0);
}

void delete_string(void*, void* hint) {
  delete static_cast<std::string*>(hint);
}

// libzmq calls it once the kernel has the frame, or the connection is gone.
void delete_hold(void*, void* hint) {
  delete static_cast<FrameBudget::Hold*>(hint);
}

}  // namespace

struct FrameSocket::State {
  explicit State(int type_in, const RouterOptions& options = {})
      : type(type_in),
        stalled_ms(options.stalled_ms),
        context(zmq_ctx_new()),
        wake_fd(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
        budget(options.frames_bytes_max, std::min(options.frames_bytes_max, limits::kStreamReaderBytesMax),
               [this] { wake(); }) {
    CHECK(context != nullptr && wake_fd >= 0);
  }
  ~State() {
    if (door) door->close();
    close_socket();
    // Frees what is still queued, and with it the holds.
    while (zmq_ctx_term(context) != 0 && zmq_errno() == EINTR) {
    }
    ::close(wake_fd);
  }

  void open_socket() {
    socket = zmq_socket(context, type);
    CHECK(socket != nullptr);
    set(socket, ZMQ_LINGER, kLingerMs);
    const std::int64_t message_bytes_max =
        type == ZMQ_ROUTER ? limits::kStreamRequestBytesMax : limits::kStreamMessageBytesMax;
    CHECK(zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &message_bytes_max, sizeof(message_bytes_max)) == 0);
    set(socket, ZMQ_HEARTBEAT_IVL, 0);
    if (type == ZMQ_ROUTER) {
      set(socket, ZMQ_ROUTER_MANDATORY, 1);
      set(socket, ZMQ_RCVHWM, kRequestsQueued);
      set(socket, ZMQ_HANDSHAKE_IVL, kHandshakeMs);
      set(socket, ZMQ_TCP_MAXRT, stalled_ms);
    } else {
      set(socket, ZMQ_RCVHWM, kFramesQueued);
      set(socket, ZMQ_IMMEDIATE, 1);
      set(socket, ZMQ_RECONNECT_IVL, kReconnectMs);
      set(socket, ZMQ_RECONNECT_IVL_MAX, kReconnectMaxMs);
    }
  }
  void close_socket() {
    if (socket != nullptr) CHECK(zmq_close(socket) == 0);
    socket = nullptr;
  }

  void wake() {
    if (woken.exchange(true)) return;
    const std::uint64_t one = 1;
    CHECK(::write(wake_fd, &one, sizeof(one)) == sizeof(one));
  }

  const int type;
  const int stalled_ms;
  void* const context;
  const int wake_fd;
  FrameBudget budget;
  std::unique_ptr<Door> door;
  void* socket = nullptr;
  std::atomic<bool> woken = false;
};

FrameSocket::FrameSocket(std::unique_ptr<State> state) : state_(std::move(state)) {}
FrameSocket::~FrameSocket() = default;

Result<std::unique_ptr<FrameSocket>> FrameSocket::bind_router(const std::string& endpoint,
                                                              const RouterOptions& options) {
  auto state = std::make_unique<State>(ZMQ_ROUTER, options);
  ASSIGN_OR_RETURN(state->door, Door::listen(endpoint, options.connections_max));
  state->open_socket();
  RETURN_IF_ERROR(state->door->open(state->context, state->socket));
  return std::unique_ptr<FrameSocket>(new FrameSocket(std::move(state)));
}

Result<std::unique_ptr<FrameSocket>> FrameSocket::make_dealer() {
  auto state = std::make_unique<State>(ZMQ_DEALER);
  state->open_socket();
  return std::unique_ptr<FrameSocket>(new FrameSocket(std::move(state)));
}

Status FrameSocket::connect(const std::string& endpoint) {
  CHECK(state_->type == ZMQ_DEALER);
  if (state_->socket != nullptr) set(state_->socket, ZMQ_LINGER, 0);
  state_->close_socket();
  state_->open_socket();
  if (zmq_connect(state_->socket, endpoint.c_str()) != 0) {
    return Error::validation("cannot read streams from " + endpoint + ": " + zmq_strerror(zmq_errno()));
  }
  return {};
}

std::string FrameSocket::endpoint() const {
  char text[256];
  std::size_t size = sizeof(text);
  CHECK(zmq_getsockopt(state_->socket, ZMQ_LAST_ENDPOINT, text, &size) == 0);
  return std::string(text, size - 1);
}

namespace {

// One part of a message, without blocking; what it owns goes to libzmq only if it is taken.
SendOutcome send_part(void* socket, zmq_msg_t* message, int flags) {
  int result;
  do {
    result = zmq_msg_send(message, socket, ZMQ_DONTWAIT | flags);
  } while (result < 0 && zmq_errno() == EINTR);
  if (result >= 0) return SendOutcome::kTaken;
  const int why = zmq_errno();
  zmq_msg_close(message);
  CHECK(why == EAGAIN || why == EHOSTUNREACH);
  return why == EAGAIN ? SendOutcome::kFull : SendOutcome::kGone;
}

}  // namespace

SendOutcome FrameSocket::send(const std::string& peer, std::string frame) {
  zmq_msg_t message;
  if (peer.empty()) {
    auto* const owned = new std::string(std::move(frame));
    CHECK(zmq_msg_init_data(&message, owned->data(), owned->size(), delete_string, owned) == 0);
    return send_part(state_->socket, &message, 0);
  }
  std::unique_ptr<FrameBudget::Hold> hold = state_->budget.hold(peer, std::move(frame));
  if (hold == nullptr) return SendOutcome::kFull;
  zmq_msg_t routing_id;
  CHECK(zmq_msg_init_size(&routing_id, peer.size()) == 0);
  std::memcpy(zmq_msg_data(&routing_id), peer.data(), peer.size());
  if (const SendOutcome outcome = send_part(state_->socket, &routing_id, ZMQ_SNDMORE);
      outcome != SendOutcome::kTaken) {
    return outcome;
  }
  std::string& bytes = hold->frame();
  CHECK(zmq_msg_init_data(&message, bytes.data(), bytes.size(), delete_hold, hold.get()) == 0);
  (void)hold.release();  // libzmq's, or deleted with the message
  return send_part(state_->socket, &message, 0);
}

FrameBudget& FrameSocket::budget() {
  return state_->budget;
}

std::size_t FrameSocket::connections() const {
  return state_->door ? state_->door->connections() : 0;
}

bool FrameSocket::takes_frames() const {
  int events = 0;
  std::size_t size = sizeof(events);
  CHECK(zmq_getsockopt(state_->socket, ZMQ_EVENTS, &events, &size) == 0);
  return (events & ZMQ_POLLOUT) != 0;
}

std::optional<Frame> FrameSocket::receive() {
  while (true) {
    std::string peer;
    if (state_->type == ZMQ_ROUTER) {
      Part routing_id;
      if (!routing_id.receive(state_->socket)) return std::nullopt;
      peer = routing_id.bytes();
      if (!routing_id.more()) continue;
    }
    auto body = std::make_shared<Part>();
    if (!body->receive(state_->socket)) return std::nullopt;
    if (!body->more()) {
      const std::string_view bytes = body->bytes();
      return Frame(std::move(peer), std::move(body), bytes);
    }
    log_warning("a stream message of several frames was dropped");
    for (Part rest; rest.receive(state_->socket) && rest.more();) {
    }
  }
}

void FrameSocket::wait(int timeout_ms) {
  zmq_pollitem_t items[] = {{state_->socket, 0, ZMQ_POLLIN, 0}, {nullptr, state_->wake_fd, ZMQ_POLLIN, 0}};
  // An interrupted wait is a short one.
  (void)zmq_poll(items, 2, timeout_ms);
}

void FrameSocket::wake() {
  state_->wake();
}

bool FrameSocket::take_wake() {
  // The descriptor first. A wake() between the two is seen by the caller all the same: what it announces was
  // queued before.
  std::uint64_t count;
  const bool written = ::read(state_->wake_fd, &count, sizeof(count)) == sizeof(count);
  return state_->woken.exchange(false) || written;
}

}  // namespace gyre::streams
