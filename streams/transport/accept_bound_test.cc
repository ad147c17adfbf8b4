// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/accept_bound.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <climits>
#include <string>

#include "streams/transport/frame_socket.h"

namespace gyre::streams {
namespace {

// A plain TCP connection to a ROUTER.
class Connection {
 public:
  explicit Connection(const FrameSocket& router) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const std::string endpoint = router.endpoint();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    const timeval patience{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Connection() { ::close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// libzmq greets whom it takes; the other side of what it does not take is closed.
  bool is_greeted() const {
    char byte;
    return ::recv(socket_, &byte, 1, 0) == 1;
  }

 private:
  int socket_;
};

TEST(AcceptBound, ConnectionsWhoseDescriptorIsTooHighAreClosedAndOthersGoOn) {
  const auto router = FrameSocket::bind_router("tcp://127.0.0.1:0");
  ASSERT_TRUE(router.ok());
  const Connection before(**router);
  EXPECT_TRUE(before.is_greeted());

  refuse_accepted_from(0);
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(Connection(**router).is_greeted());

  refuse_accepted_from(INT_MAX);
  EXPECT_TRUE(Connection(**router).is_greeted());
}

}  // namespace
}  // namespace gyre::streams
