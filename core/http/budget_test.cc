// SPDX-License-Identifier: Apache-2.0
// What many connections may hold in memory together.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/http/testing/test_server.h"

namespace gyre::http {
namespace {

constexpr std::size_t kMegabyte = 1024 * 1024;

// One I/O thread with the least budgets that there are: room for one body and one reply of 16 MB.
class HttpBudget : public ServerTest {
 protected:
  HttpBudget() {
    router_.add("DynamoDB_20120810.Page", std::make_unique<EchoOperation>(), {15 * kMegabyte, true});
    router_.add("DynamoDB_20120810.Item", std::make_unique<EchoOperation>(), {kMegabyte, false});
    options_.io_threads = 1;
    options_.body_bytes_max = 0;
    options_.reply_bytes_max = 0;
  }

  std::unique_ptr<RawClient> connect(std::string_view bytes) {
    auto client = std::make_unique<RawClient>(server_->port());
    EXPECT_TRUE(client->send(bytes));
    return client;
  }
  // The head of a large request, and some of its body.
  static std::string parked() {
    const std::string whole = post("{}" + std::string(15 * kMegabyte, ' '));
    return whole.substr(0, whole.size() - 15 * kMegabyte + 100);
  }
  // All that came before on other connections has been handled: the server has one thread.
  void settle() { EXPECT_EQ(exchange(post("{}")).status, 200); }
};

TEST_F(HttpBudget, ALargeBodyWaitsUntilAnotherIsDone) {
  serve();
  auto first = connect(parked());
  settle();
  const std::string body = "{}" + std::string(2 * kMegabyte, ' ');
  std::string request = post(body, "DynamoDB_20120810.Echo", with_auth("Expect: 100-continue\r\n"));
  auto second = connect(request.substr(0, request.size() - body.size()));
  settle();  // small requests pass meanwhile
  EXPECT_FALSE(second->has_data()) << "it may not send its body yet";
  EXPECT_TRUE(first->send(std::string(15 * kMegabyte - 100, ' ')));
  EXPECT_EQ(first->receive().status, 200);
  EXPECT_EQ(second->receive().status, 100);
  EXPECT_TRUE(second->send(body));
  EXPECT_EQ(second->receive().status, 200);
}

TEST_F(HttpBudget, AClientThatLeavesGivesItsShareBack) {
  serve();
  for (int i = 0; i < 5; ++i) {
    connect(parked())->close();
    EXPECT_EQ(exchange(post("{}" + std::string(15 * kMegabyte, ' '))).status, 200);
  }
}

TEST_F(HttpBudget, BodiesInChunksDrawFromTheSameBudget) {
  serve();
  auto first = connect(parked());
  settle();
  std::string request = post("");
  request.replace(request.find("Content-Length: 0"), 17, "Transfer-Encoding: chunked");
  auto second = connect(request + "10000\r\n{}" + std::string(0x10000 - 2, ' ') + "\r\n0\r\n\r\n");
  settle();
  EXPECT_FALSE(second->has_data());
  first->close();
  EXPECT_EQ(second->receive().status, 200);
}

TEST_F(HttpBudget, WhoWaitsInVainIsToldToTryAgain) {
  options_.request_timeout_ms = 200;
  serve();
  auto first = connect(parked());
  settle();
  auto second = connect(parked());
  const auto reply = second->receive();
  EXPECT_TRUE(reply.status == 503 || reply.status == 0) << reply.status;
  EXPECT_TRUE(first->ended()) << "and who keeps the others waiting is cut off";
  // Until one is as fast as the short time-out asks for.
  while (exchange(post("{}" + std::string(kMegabyte, ' '))).status != 200) {
  }
}

TEST_F(HttpBudget, NoLargeReplyIsBegunWhileAnotherHasNotBeenTaken) {
  serve();
  auto first = connect(post(R"({"Size":15000000})", "DynamoDB_20120810.Page"));
  first->wait_for_data();
  auto second = connect(post(R"({"Size":14000000})", "DynamoDB_20120810.Page"));
  auto third = connect(post(R"({"Size":300000})", "DynamoDB_20120810.Item"));
  EXPECT_EQ(third->receive().body.size(), 300'000u) << "a small one does not wait for large ones";
  EXPECT_FALSE(second->has_data());
  EXPECT_EQ(first->receive().body.size(), 15'000'000u);
  EXPECT_EQ(second->receive().body.size(), 14'000'000u);
}

TEST_F(HttpBudget, RequestsThatWaitForRoomAreAnsweredInTheEnd) {
  serve();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(connect(post(R"({"Size":3000000})", "DynamoDB_20120810.Page")));
  }
  for (const auto& client : clients) EXPECT_EQ(client->receive().body.size(), 3'000'000u);
}

TEST_F(HttpBudget, AClientThatNeverTakesItsReplyHoldsTheOthersUpForAWhileOnly) {
  options_.request_timeout_ms = 200;
  serve();
  auto first = connect(post(R"({"Size":15000000})", "DynamoDB_20120810.Page"));
  first->wait_for_data();
  for (;;) {
    const auto reply = exchange(post(R"({"Size":3000000})", "DynamoDB_20120810.Page"));
    if (reply.status == 200) break;
  }
}

TEST_F(HttpBudget, StoppingEndsThoseWhoWait) {
  options_.stop_grace_ms = 20;
  serve();
  auto first = connect(parked());
  settle();
  auto second = connect(parked());
  auto third = connect(post(R"({"Size":15000000})", "DynamoDB_20120810.Page"));
  third->wait_for_data();
  auto fourth = connect(post(R"({"Size":15000000})", "DynamoDB_20120810.Page"));
  settle();
  server_->stop();
  EXPECT_TRUE(first->ended());
  EXPECT_TRUE(second->ended());
  EXPECT_TRUE(fourth->ended());
}

}  // namespace
}  // namespace gyre::http
