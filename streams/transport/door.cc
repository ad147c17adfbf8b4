// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/door.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <thread>
#include <utility>

#include "core/base/check.h"
#include "core/base/limits.h"

namespace gyre::streams {
namespace {

// Connections that are complete and wait to be accepted: a bound on what a burst brings in at once.
constexpr int kBacklog = 64;
constexpr int kSilentSeconds = 5;  // then the kernel forgets a connection that sent nothing
constexpr long kPauseMs = 100;     // after libzmq found no descriptor for a connection

constexpr char kMonitor[] = "inproc://connections";
constexpr char kScheme[] = "tcp://";

Error cannot_serve(const std::string& endpoint, const std::string& why) {
  return Error::validation("cannot serve streams at " + endpoint + ": " + why);
}

void set(int descriptor, int level, int option, int value) {
  CHECK(::setsockopt(descriptor, level, option, &value, sizeof(value)) == 0);
}

// Owns an address list of the resolver.
struct Addresses {
  addrinfo* first = nullptr;
  ~Addresses() {
    if (first != nullptr) ::freeaddrinfo(first);
  }
};

// One event of libzmq: its number and value are the first frame, an address the second.
struct Event {
  std::uint16_t number = 0;
  std::uint32_t value = 0;
};

Event receive_event(void* monitor) {
  Event event;
  char bytes[6] = {};
  int size;
  do {
    size = zmq_recv(monitor, bytes, sizeof(bytes), 0);
  } while (size < 0 && zmq_errno() == EINTR);
  CHECK(size == sizeof(bytes));
  std::memcpy(&event.number, bytes, sizeof(event.number));
  std::memcpy(&event.value, bytes + sizeof(event.number), sizeof(event.value));
  do {
    size = zmq_recv(monitor, nullptr, 0, 0);
  } while (size < 0 && zmq_errno() == EINTR);
  CHECK(size >= 0);
  return event;
}

}  // namespace

struct Door::State {
  State(int listening_in, std::size_t connections_max_in)
      : listening(listening_in), connections_max(connections_max_in) {}
  ~State() {
    CHECK(!thread.joinable());
    ::close(listening);
  }

  // --- on the counting thread ---
  void count() {
    void* const monitor = zmq_socket(context, ZMQ_PAIR);
    CHECK(monitor != nullptr && zmq_connect(monitor, kMonitor) == 0);
    bool paused = false;
    for (bool counting = true; counting;) {
      zmq_pollitem_t item = {monitor, 0, ZMQ_POLLIN, 0};
      const int ready = zmq_poll(&item, 1, paused ? kPauseMs : -1);
      if (ready < 0) continue;  // interrupted
      paused = false;
      if (ready > 0) {
        const Event event = receive_event(monitor);
        counting = event.number != ZMQ_EVENT_MONITOR_STOPPED;
        paused = event.number == ZMQ_EVENT_ACCEPT_FAILED;
        if (event.number == ZMQ_EVENT_ACCEPTED) ++connections;
        if (event.number == ZMQ_EVENT_DISCONNECTED && connections > 0) --connections;
      }
      set_open(!paused && connections < connections_max);
    }
    CHECK(zmq_close(monitor) == 0);
  }
  void set_open(bool open_now) {
    if (std::exchange(is_open, open_now) == open_now) return;
    if (open_now) return set(listening, SOL_SOCKET, SO_DETACH_FILTER, 0);
    sock_filter drop_all[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
    const sock_fprog program = {1, drop_all};
    CHECK(::setsockopt(listening, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0);
  }

  const int listening;
  const std::size_t connections_max;
  void* context = nullptr;
  void* socket = nullptr;
  std::atomic<std::size_t> connections = 0;
  bool is_open = true;
  std::thread thread;
};

Door::Door(std::unique_ptr<State> state) : state_(std::move(state)) {}

Door::~Door() {
  close();
}

Result<std::unique_ptr<Door>> Door::listen(const std::string& endpoint, std::size_t connections_max) {
  const std::size_t colon = endpoint.rfind(':');
  if (!endpoint.starts_with(kScheme) || colon < std::strlen(kScheme)) {
    return cannot_serve(endpoint, "it is not of the form tcp://HOST:PORT");
  }
  const std::string host = endpoint.substr(std::strlen(kScheme), colon - std::strlen(kScheme));
  const std::string port = endpoint.substr(colon + 1);
  addrinfo hints = {};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  Addresses found;
  const int resolved = ::getaddrinfo(host == "*" ? nullptr : host.c_str(), port == "*" ? "0" : port.c_str(),
                                     &hints, &found.first);
  if (resolved != 0) return cannot_serve(endpoint, ::gai_strerror(resolved));
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return cannot_serve(endpoint, std::strerror(errno));
  auto state = std::make_unique<State>(descriptor, connections_max);
  set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
  set(descriptor, IPPROTO_TCP, TCP_DEFER_ACCEPT, kSilentSeconds);
  if (::bind(descriptor, found.first->ai_addr, found.first->ai_addrlen) != 0 ||
      ::listen(descriptor, kBacklog) != 0) {
    return cannot_serve(endpoint, std::strerror(errno));
  }
  return std::unique_ptr<Door>(new Door(std::move(state)));
}

Status Door::open(void* context, void* socket) {
  State& state = *state_;
  CHECK(state.socket == nullptr);
  const int shared = ::fcntl(state.listening, F_DUPFD_CLOEXEC, 0);
  if (shared < 0) return Error::internal(std::string("cannot serve streams: ") + std::strerror(errno));
  state.context = context;
  state.socket = socket;
  CHECK(zmq_socket_monitor(socket, kMonitor,
                           ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_ACCEPT_FAILED | ZMQ_EVENT_DISCONNECTED |
                               ZMQ_EVENT_MONITOR_STOPPED) == 0);
  // libzmq blocks on events that nobody takes, so this thread takes them until there are no more.
  state.thread = std::thread([&state] { state.count(); });
  CHECK(zmq_setsockopt(socket, ZMQ_USE_FD, &shared, sizeof(shared)) == 0);
  // The address is that of the descriptor; this one is only parsed.
  CHECK(zmq_bind(socket, "tcp://127.0.0.1:*") == 0);
  return {};
}

void Door::close() {
  if (state_->socket == nullptr || !state_->thread.joinable()) return;
  CHECK(zmq_socket_monitor(state_->socket, nullptr, 0) == 0);
  state_->thread.join();
}

std::size_t Door::connections() const {
  return state_->connections;
}

}  // namespace gyre::streams
