// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/base/random.h"
#include "core/http/server.h"
#include "core/http/testing/test_server.h"

namespace gyre::http {
namespace {

class HttpConnection : public ServerTest {};

TEST_F(HttpConnection, KeepsTheConnectionAndGivesEveryReplyItsOwnId) {
  serve();
  RawClient client(server_->port());
  std::string last_id;
  for (int i = 0; i < 100; ++i) {
    client.send(post("{\"Text\":\"" + std::to_string(i) + "\"}"));
    const auto reply = client.receive();
    ASSERT_TRUE(reply.body.starts_with("{\"Text\":\"" + std::to_string(i) + "\""));
    EXPECT_NE(reply.headers.at("x-amzn-requestid"), last_id);
    last_id = reply.headers.at("x-amzn-requestid");
  }
}

TEST_F(HttpConnection, AnswersPipelinedRequestsInOrder) {
  serve();
  RawClient client(server_->port());
  std::string requests;
  for (int i = 0; i < 50; ++i) requests += post("{\"Text\":\"" + std::to_string(i) + "\"}");
  client.send(requests);
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(client.receive().body.starts_with("{\"Text\":\"" + std::to_string(i) + "\""));
  }
}

TEST_F(HttpConnection, ARequestMayComeByteByByte) {
  serve();
  RawClient client(server_->port());
  for (const char c : post(R"({"Text":"slow"})")) client.send({&c, 1});
  EXPECT_EQ(client.receive().status, 200);
}

TEST_F(HttpConnection, ChunkedBodiesAreRead) {
  const auto reply = exchange(
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nX-Amz-Target: "
      "DynamoDB_20120810.Echo\r\n" +
      std::string(kAuthorization) +
      "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"Tex\r\n8\r\nt\":\"ab\"}\r\n0\r\n\r\n");
  EXPECT_TRUE(reply.body.starts_with(R"({"Text":"ab")")) << reply.body;
  EXPECT_EQ(reply.headers.at("content-type"), "application/json");
}

TEST_F(HttpConnection, ChunksMayCarryExtensionsAndTrailers) {
  serve();
  RawClient client(server_->port());
  const std::string head =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nX-Amz-Target: "
      "DynamoDB_20120810.Echo\r\nTransfer-Encoding: chunked\r\n" +
      std::string(kAuthorization) + "\r\n";
  for (const char c : head + "1;name=\"v\"\r\n{\r\nb\r\n\"Text\":\"ab\"\r\n1\r\n}\r\n0\r\nX-Sum: 1\r\n\r\n") {
    client.send({&c, 1});
  }
  EXPECT_TRUE(client.receive().body.starts_with(R"({"Text":"ab")"));
  client.send(post("{}"));  // the trailer is no part of the next request
  EXPECT_EQ(client.receive().status, 200);
}

TEST_F(HttpConnection, Http10ClosesAfterTheReplyUnlessAskedToKeepAlive) {
  serve();
  RawClient closing(server_->port());
  closing.send(post("{}", "DynamoDB_20120810.Echo", kAuthorization, "1.0"));
  EXPECT_EQ(closing.receive().headers.at("connection"), "close");
  EXPECT_TRUE(closing.ended());

  RawClient keeping(server_->port());
  const std::string request =
      post("{}", "DynamoDB_20120810.Echo", with_auth("Connection: keep-alive\r\n"), "1.0");
  keeping.send(request);
  EXPECT_EQ(keeping.receive().headers.at("connection"), "keep-alive");
  keeping.send(request);
  EXPECT_EQ(keeping.receive().status, 200);
}

TEST_F(HttpConnection, ConnectionCloseIsObeyed) {
  serve();
  RawClient client(server_->port());
  client.send(post("{}", "DynamoDB_20120810.Echo", with_auth("Connection: close\r\n")));
  EXPECT_EQ(client.receive().headers.at("connection"), "close");
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpConnection, AHalfClosedClientStillGetsItsReply) {
  serve();
  RawClient client(server_->port());
  client.send(post("{}"));
  client.finish_sending();
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpConnection, AHalfClosedClientGetsAllThatItAskedFor) {
  serve();
  RawClient client(server_->port());
  client.send(post(R"({"Text":"0"})") + post("{}", "DynamoDB_20120810.Deferred") + post(R"({"Text":"2"})"));
  client.finish_sending();
  deferred_->wait_for(1);
  deferred_->answer_all();
  EXPECT_TRUE(client.receive().body.starts_with(R"({"Text":"0")"));
  EXPECT_EQ(client.receive().body, R"({"Late":true})");
  EXPECT_TRUE(client.receive().body.starts_with(R"({"Text":"2")"));
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpConnection, ClientsThatVanishMidwayHarmNobody) {
  serve();
  const std::string request = post(R"({"Size":1000000})");
  for (const std::size_t sent : {1ul, 20ul, request.size() - 1, request.size()}) {
    for (int round = 0; round < 10; ++round) {
      RawClient client(server_->port());
      client.send(std::string_view(request).substr(0, sent));
    }
  }
  EXPECT_EQ(exchange(post("{}")).status, 200);
}

TEST_F(HttpConnection, SaysContinueBeforeABodyThatWaitsForIt) {
  serve();
  RawClient client(server_->port());
  const std::string body = R"({"Text":"waited"})";
  std::string request = post(body, "DynamoDB_20120810.Echo", with_auth("Expect: 100-continue\r\n"));
  client.send(std::string_view(request).substr(0, request.size() - body.size()));
  EXPECT_EQ(client.receive().status, 100);
  client.send(body);
  EXPECT_TRUE(client.receive().body.starts_with(R"({"Text":"waited")"));
}

TEST_F(HttpConnection, ABodyTooLargeIsRefusedInsteadOfWaitedFor) {
  serve();
  RawClient client(server_->port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 16777217\r\n\r\n");
  EXPECT_EQ(client.receive().status, 413);
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpConnection, Http10KnowsNoContinue) {
  serve();
  RawClient client(server_->port());
  std::string request = post("{}", "DynamoDB_20120810.Echo", with_auth("Expect: 100-continue\r\n"), "1.0");
  client.send(std::string_view(request).substr(0, request.size() - 2));
  client.send("{}");
  EXPECT_EQ(client.receive().status, 200);
}

TEST_F(HttpConnection, WhatIsNoHttpIs400AndTheEnd) {
  serve();
  for (const std::string_view text :
       {"\x16\x03\x01 hello\r\n\r\n", "GET\r\n\r\n", "POST / HTTP/9.9\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"}) {
    RawClient client(server_->port());
    client.send(text);
    EXPECT_EQ(client.receive().status, 400) << text;
    EXPECT_TRUE(client.ended());
  }
}

TEST_F(HttpConnection, RandomBytesNeverHurt) {
  serve();
  SeededRandom random(3);
  const std::string sample =
      post(R"({"Text":"hi"})", "DynamoDB_20120810.Echo", with_auth("Connection: close\r\n"));
  for (int round = 0; round < 300; ++round) {
    std::string text = sample;
    for (int i = 0; i < 3; ++i) text[random.below(text.size())] = static_cast<char>(random.next());
    RawClient client(server_->port());
    client.send(text);
    client.finish_sending();
    (void)client.receive();
  }
  EXPECT_EQ(exchange(post("{}")).status, 200);
}

TEST_F(HttpConnection, AnOperationMayAnswerLaterThroughItsSink) {
  serve();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    clients.back()->send(post("{}", "DynamoDB_20120810.Deferred"));
  }
  deferred_->wait_for(8);
  deferred_->answer_all();
  for (const auto& client : clients) EXPECT_EQ(client->receive().body, R"({"Late":true})");
}

TEST_F(HttpConnection, APipelinedRequestWaitsForTheLateAnswerBeforeIt) {
  serve();
  RawClient client(server_->port());
  client.send(post("{}", "DynamoDB_20120810.Deferred") + post(R"({"Text":"second"})"));
  deferred_->wait_for(1);
  deferred_->answer_all();
  EXPECT_EQ(client.receive().body, R"({"Late":true})");
  EXPECT_TRUE(client.receive().body.starts_with(R"({"Text":"second")"));
}

TEST_F(HttpConnection, AnAnswerToAClientThatHasGoneDoesNothing) {
  serve();
  for (int round = 0; round < 20; ++round) {
    RawClient client(server_->port());
    client.send(post("{}", "DynamoDB_20120810.Deferred"));
    deferred_->wait_for(1);
    client.close();
    deferred_->answer_all();
  }
  EXPECT_EQ(exchange(post("{}")).status, 200);
}

TEST_F(HttpConnection, AnAnswerAfterTheStopDoesNothing) {
  options_.stop_grace_ms = 20;
  serve();
  RawClient client(server_->port());
  client.send(post("{}", "DynamoDB_20120810.Deferred"));
  deferred_->wait_for(1);
  server_->stop();  // after its grace it closes the connection
  EXPECT_TRUE(client.ended());
  deferred_->answer_all(false);
}

TEST_F(HttpConnection, StopLetsARunningRequestFinish) {
  serve();
  RawClient running(server_->port());
  RawClient idle(server_->port());
  idle.send(post("{}"));
  EXPECT_EQ(idle.receive().status, 200);
  running.send(post("{}", "DynamoDB_20120810.Deferred"));
  deferred_->wait_for(1);
  std::thread stopping([&] { server_->stop(); });
  EXPECT_TRUE(idle.ended());  // so the stop has begun
  deferred_->answer_all();
  const auto reply = running.receive();
  EXPECT_EQ(reply.body, R"({"Late":true})");
  EXPECT_EQ(reply.headers.at("connection"), "close");
  running.close();
  stopping.join();
  server_->stop();  // and again does nothing
}

TEST_F(HttpConnection, StoppingEndsEvenWhileASweepForDeadlinesIsDue) {
  options_.idle_timeout_ms = 4;  // a sweep each millisecond
  for (int round = 0; round < 200; ++round) {
    serve();
    RawClient client(server_->port());
    EXPECT_TRUE(client.ended());
    server_->stop();
  }
}

TEST_F(HttpConnection, AClientThatSendsTooSlowlyIsCutOff) {
  options_.request_timeout_ms = 20;
  serve();
  RawClient client(server_->port());
  client.send("POST / HTTP/1.1\r\nHost: ");
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpConnection, AnIdleConnectionIsClosed) {
  options_.idle_timeout_ms = 20;
  serve();
  RawClient client(server_->port());
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpConnection, AClientThatDoesNotReadItsReplyIsCutOff) {
  options_.request_timeout_ms = 20;
  serve();
  RawClient client(server_->port());
  client.send(post(R"({"Size":15000000})"));
  RawClient other(server_->port());
  other.send(post("{}", "DynamoDB_20120810.Deferred"));  // a running operation is not cut off
  deferred_->wait_for(1);
  while (client.send(" ")) std::this_thread::yield();  // until the server has closed
  deferred_->answer_all();
  EXPECT_EQ(other.receive().status, 200);
}

TEST_F(HttpConnection, TooManyConnectionsAreTurnedAwayUntilOneHasGone) {
  options_.connections_max = 2;
  serve();
  RawClient first(server_->port());
  RawClient second(server_->port());
  for (RawClient* client : {&first, &second}) {
    client->send(post("{}"));
    EXPECT_EQ(client->receive().status, 200);
  }
  RawClient third(server_->port());
  EXPECT_EQ(third.receive().status, 503);
  EXPECT_TRUE(third.ended());

  second.close();
  for (;;) {  // the server notices on its own thread
    RawClient next(server_->port());
    next.send(post("{}"));
    if (next.receive().status == 200) break;
  }
}

TEST_F(HttpConnection, AnAddressInUseIsAnErrorThatNamesIt) {
  serve();
  ServerOptions taken = options_;
  taken.port = server_->port();
  const auto second = Server::bind(taken, routes_, clock_);
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().message.find("127.0.0.1:" + std::to_string(taken.port)), std::string::npos);
  taken.host = "no.such.host.invalid";
  EXPECT_FALSE(Server::bind(taken, routes_, clock_).ok());
}

TEST_F(HttpConnection, ManyConnectionsAtOnceAreAllServed) {
  options_.io_threads = 3;
  serve();
  std::vector<std::thread> threads;
  std::atomic<int> answered = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        RawClient client(server_->port());
        for (int j = 0; j < 4; ++j) {
          client.send(post(R"({"Text":"x"})"));
          answered += client.receive().status == 200;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(answered, 8 * 25 * 4);
}

}  // namespace
}  // namespace gyre::http
