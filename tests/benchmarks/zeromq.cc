// SPDX-License-Identifier: Apache-2.0
// bench_zeromq BYTES SECONDS: messages of BYTES from a PUSH socket of one process to a PULL socket of
// another, over TCP on loopback: what carrying a log costs without reading it. Prints messages and seconds.

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <zmq.hpp>

namespace {

using Clock = std::chrono::steady_clock;

// As many unsent messages as a stream server lets wait for a reader.
constexpr int kHighWaterMark = 64;

[[noreturn]] void push_forever(const std::string& endpoint, std::size_t bytes) {
  zmq::context_t context;
  zmq::socket_t socket(context, zmq::socket_type::push);
  socket.set(zmq::sockopt::sndhwm, kHighWaterMark);
  socket.connect(endpoint);
  const std::string batch(bytes, 'x');
  for (;;) socket.send(zmq::buffer(batch), zmq::send_flags::none);
}

int pull(std::size_t bytes, double seconds) {
  // The fork comes before the first context: libzmq's threads do not fork.
  int to_child[2];
  if (::pipe(to_child) != 0) return 1;
  const pid_t child = ::fork();
  if (child == 0) {
    char endpoint[256] = {};
    if (::read(to_child[0], endpoint, sizeof endpoint - 1) <= 0) std::exit(1);
    push_forever(endpoint, bytes);
  }
  zmq::context_t context;
  zmq::socket_t socket(context, zmq::socket_type::pull);
  socket.set(zmq::sockopt::rcvhwm, kHighWaterMark);
  socket.bind("tcp://127.0.0.1:*");
  const std::string endpoint = socket.get(zmq::sockopt::last_endpoint);
  if (::write(to_child[1], endpoint.data(), endpoint.size()) < 0) return 1;

  zmq::message_t message;
  (void)socket.recv(message);  // the connection stands
  std::uint64_t messages = 0;
  const Clock::time_point begin = Clock::now();
  std::chrono::duration<double> spent{};
  do {
    if (socket.recv(message)) ++messages;
    spent = Clock::now() - begin;
  } while (spent.count() < seconds);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  std::printf("%lu %.6f\n", static_cast<unsigned long>(messages), spent.count());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: bench_zeromq BYTES SECONDS\n");
    return 2;
  }
  return pull(std::strtoull(argv[1], nullptr, 10), std::strtod(argv[2], nullptr));
}
