// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <future>
#include <list>
#include <thread>

#include "core/http/region_passer.h"
#include "core/http/server_status.h"
#include "core/http/testing/test_server.h"

namespace gyre::http {
namespace {

using testing::HasSubstr;
using testing::Not;

// Answers with the name of its region.
class WhereOperation final : public Operation {
 public:
  explicit WhereOperation(std::string region) : region_(std::move(region)) {}
  void run(const Request& request, Responder respond) override {
    if (request.body.find("Fail")) return respond(Error::validation("not in " + region_));
    const auto size = request.body.find("Size");
    respond("{\"Region\":\"" + region_ + "\",\"Text\":\"" +
            std::string(size ? static_cast<std::size_t>(*size->as_int()) : 0, 'x') + "\"}");
  }

 private:
  const std::string region_;
};

/// One region: a server, and what it passes on.
class Region {
 public:
  explicit Region(const std::string& name) : name_(name) {
    router_.add("DynamoDB_20120810.Where", std::make_unique<WhereOperation>(name));
    router_.add("Gyre.Where", std::make_unique<WhereOperation>(name));
    options_.port = 0;
  }
  ~Region() {
    if (server_) server_->stop();
    if (passer_) passer_->stop();
  }

  void serve(PasserOptions passer = {}) {
    auto here = make_dynamodb_handler(router_, routes_.origins(), large_bodies_.hand_over(), nullptr);
    passer_ = RegionPasser::make(std::move(passer)).value();
    routes_.add("POST", "*", make_region_routing(std::move(here), router_, RegionId(name_), *passer_));
    passer_->start();
    server_ = Server::bind(options_, routes_, clock_).value();
    server_->start();
  }

  std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }
  RegionRoute route() const { return {RegionId(name_), endpoint(), {}}; }
  ServerStatus status() const { return server_->status(); }
  PassedRequests passed() const { return passer_->status().at(0); }
  std::uint16_t port() const { return server_->port(); }
  RawClient connect() const { return RawClient(port()); }
  RawClient::Reply exchange(std::string_view request) const {
    RawClient client(server_->port());
    client.send(request);
    return client.receive();
  }

 private:
  const std::string name_;
  ServerOptions options_;
  Router router_;
  Routes routes_{Origins({}, "db.example")};
  SystemClock clock_;
  std::unique_ptr<RegionPasser> passer_;
  std::unique_ptr<Server> server_;
  BodyThread large_bodies_;  // what it runs uses all others
};

std::string signed_for(std::string_view region, std::string_view headers = "") {
  return "Authorization: AWS4-HMAC-SHA256 Credential=AKID/20260901/" + std::string(region) +
         "/dynamodb/aws4_request, SignedHeaders=host, Signature=a\r\nX-Amz-Date: d\r\n" +
         std::string(headers);
}

std::string where(std::string_view region, std::string_view body = "{}", std::string_view headers = "") {
  return post(body, "DynamoDB_20120810.Where", signed_for(region, headers));
}

/// A server of one connection at a time, which says what it is told to.
class ScriptedPeer {
 public:
  /// Answers the first request of each connection with one of these; an empty one closes it instead.
  explicit ScriptedPeer(std::vector<std::string> answers, bool is_silent = false)
      : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t length = sizeof address;
    EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length), 0);
    port_ = ntohs(address.sin_port);
    if (answers.empty() && !is_silent) return;  // nobody listens, and nobody else can
    EXPECT_EQ(::listen(listener_, 8), 0);
    if (is_silent) return;  // the system accepts, nobody reads
    thread_ = std::thread([this, answers = std::move(answers)] {
      for (const std::string& answer : answers) converse(answer);
    });
  }
  ~ScriptedPeer() {
    ::shutdown(listener_, SHUT_RDWR);  // whoever waits for a connection that did not come
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
  }

  RegionRoute route(const std::string& region) const {
    return {RegionId(region), "http://127.0.0.1:" + std::to_string(port_), {}};
  }
  /// What the connections said, once all are done.
  std::string heard() {
    if (thread_.joinable()) thread_.join();
    return heard_;
  }

 private:
  void converse(const std::string& answer) {
    const int connection = ::accept(listener_, nullptr, nullptr);
    std::string request;
    char bytes[4096];
    while (request.find("\r\n\r\n{}") == std::string::npos) {
      const ssize_t count = ::recv(connection, bytes, sizeof bytes, 0);
      if (count <= 0) break;
      request.append(bytes, static_cast<std::size_t>(count));
    }
    heard_ += request;
    if (!answer.empty()) ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
    ::close(connection);
  }

  const int listener_;
  std::uint16_t port_ = 0;
  std::string heard_;
  std::thread thread_;
};

TEST(RegionRouting, PassesRequestsOnToTheRegionThatTheyAreSignedFor) {
  Region there("eu-west-1");
  there.serve();
  Region here("us-east-1");
  here.serve({.routes = {there.route()}});
  EXPECT_EQ(here.exchange(where("us-east-1")).body, R"({"Region":"us-east-1","Text":""})");
  const auto reply = here.exchange(where("eu-west-1"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"Region":"eu-west-1","Text":""})");
  EXPECT_EQ(reply.headers.at("content-type"), "application/x-amz-json-1.0");
  EXPECT_EQ(reply.headers.at("x-amz-crc32"), crc32_of(reply.body));
  const auto refused = here.exchange(where("eu-west-1", R"({"Fail":true})"));
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("not in eu-west-1"));
  const std::string command = post("{}", "Gyre.Where", signed_for("eu-west-1"));
  EXPECT_EQ(here.exchange(command).body, R"({"Region":"us-east-1","Text":""})");
  EXPECT_EQ(here.passed().answered, 2u);
  EXPECT_EQ(here.passed().failed, 0u);
}

TEST(RegionRouting, PassesOnWhatAnArnOfAnotherRegionNames) {
  Region there("eu-west-1");
  there.serve();
  Region here("us-east-1");
  here.serve({.routes = {there.route()}});
  const std::string body = R"({"TableName":"arn:aws:dynamodb:eu-west-1:000000000000:table/a"})";
  EXPECT_THAT(here.exchange(where("us-east-1", body)).body, HasSubstr("eu-west-1"));
}

TEST(RegionRouting, RefusesWhatIsSignedForNoRegionOfTheTopology) {
  Region here("us-east-1");
  ScriptedPeer nobody({});
  here.serve({.routes = {nobody.route("eu-west-1")}});
  const auto reply = here.exchange(where("moon-1"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(
      reply.body,
      R"({"__type":"com.amazon.coral.service#InvalidSignatureException","message":"Credential should be )"
      R"(scoped to a valid region, not 'moon-1'. The regions here are us-east-1, eu-west-1."})");
  EXPECT_THAT(here.exchange(where("\xff\"\\")).body, HasSubstr("InvalidSignatureException"));
  EXPECT_THAT(here.exchange(post("{}", "DynamoDB_20120810.Where", "")).body,
              HasSubstr("MissingAuthenticationTokenException"));
}

TEST(RegionRouting, ARegionThatDoesNotListenIsUnavailable) {
  Region here("us-east-1");
  ScriptedPeer nobody({});
  here.serve({.routes = {nobody.route("eu-west-1")}});
  const auto reply = here.exchange(where("eu-west-1"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("#ServiceUnavailable"));
  EXPECT_THAT(reply.body, HasSubstr("'eu-west-1', which does not answer at http://127.0.0.1:"));
  EXPECT_EQ(here.passed().failed, 1u);
  EXPECT_EQ(here.exchange(where("us-east-1")).status, 200);
}

TEST(RegionRouting, ARegionWhoseNameCannotBeLookedUpIsUnavailable) {
  std::promise<void> gate;
  const std::shared_future<void> open = gate.get_future().share();
  {
    Region here("us-east-1");
    PasserOptions options{.routes = {{RegionId("eu-west-1"), "http://a-host:8000", {}}},
                          .connect_timeout_ms = 1};
    options.look_up = [open](const std::string&) -> Result<std::vector<std::string>> {
      open.wait();
      return std::vector<std::string>();
    };
    here.serve(std::move(options));
    const auto reply = here.exchange(where("eu-west-1"));
    EXPECT_EQ(reply.status, 503);
    EXPECT_THAT(reply.body, HasSubstr("which does not answer at http://a-host:8000: its name could not be"));
  }
  gate.set_value();  // the region stopped while the look-up went on
}

TEST(RegionRouting, ARegionThatGoesSilentOrBreaksOffLeavesTheOutcomeUnknown) {
  Region here("us-east-1");
  ScriptedPeer silent({}, true);
  here.serve({.routes = {silent.route("eu-west-1")}, .reply_timeout_ms = 50});
  const auto reply = here.exchange(where("eu-west-1"));
  EXPECT_EQ(reply.status, 500);
  EXPECT_THAT(reply.body, HasSubstr("#InternalServerError"));
  EXPECT_THAT(reply.body, HasSubstr("gave no answer"));

  Region other("us-east-1");
  ScriptedPeer breaking({"", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "no HTTP at all\r\n\r\n"});
  other.serve({.routes = {breaking.route("eu-west-1")}});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(other.exchange(where("eu-west-1")).status, 500);
  EXPECT_EQ(other.passed().failed, 3u);
}

TEST(RegionRouting, HeadersPassAsTheyAreButForThoseOfTheConnection) {
  Region here("us-east-1");
  ScriptedPeer peer(
      {"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nX-Other: kept\r\n"
       "Connection: close\r\nDate: then\r\nServer: another\r\nContent-Length: 2\r\n\r\n{}"});
  here.serve({.routes = {peer.route("eu-west-1")}});
  const auto reply = here.exchange(where(
      "eu-west-1", "{}", "X-Amz-Meta: a\r\nAccept-Encoding: gzip\r\nKeep-Alive: 5\r\nX-Amz-Meta: b\r\n"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.body, "{}");
  EXPECT_EQ(reply.headers.at("content-type"), "application/json");
  EXPECT_EQ(reply.headers.at("x-other"), "kept");
  EXPECT_EQ(reply.headers.at("server"), "Gyre");
  EXPECT_EQ(reply.headers.at("connection"), "keep-alive");
  const std::string heard = peer.heard();
  EXPECT_THAT(heard, testing::StartsWith("POST / HTTP/1.1\r\n"));
  for (const char* line : {"Host: db.local:8000\r\n", "X-Amz-Target: DynamoDB_20120810.Where\r\n",
                           "Credential=AKID/20260901/eu-west-1/", "X-Amz-Meta: a\r\n", "X-Amz-Meta: b\r\n",
                           "Content-Length: 2\r\n", "X-Gyre-Passed-On-To: eu-west-1\r\n"}) {
    EXPECT_THAT(heard, HasSubstr(line));
  }
  EXPECT_THAT(heard, Not(HasSubstr("Accept-Encoding")));
  EXPECT_THAT(heard, Not(HasSubstr("Keep-Alive")));
}

TEST(RegionRouting, NothingIsPassedOnTwice) {
  Region there("ap-northeast-1");
  ScriptedPeer nobody({});
  there.serve({.routes = {nobody.route("eu-west-1")}});
  Region here("us-east-1");
  here.serve({.routes = {{RegionId("eu-west-1"), there.endpoint(), {}}}});  // which it is not
  const auto reply = here.exchange(where("eu-west-1"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("A request for 'eu-west-1' was passed on to 'ap-northeast-1'"));
  EXPECT_EQ(there.passed().failed, 0u) << "it did not try";
}

TEST(RegionRouting, LargeBodiesAndRepliesPass) {
  Region there("eu-west-1");
  there.serve();
  Region here("us-east-1");
  here.serve({.routes = {there.route()}});
  const std::string body = R"({"Size":2000000,"Filling":")" + std::string(3'000'000, 'y') + "\"}";
  const auto reply = here.exchange(where("eu-west-1", body));
  EXPECT_EQ(reply.status, 200);
  EXPECT_GT(reply.body.size(), 2'000'000u);
  EXPECT_EQ(reply.headers.at("x-amz-crc32"), crc32_of(reply.body));
  // What the body took of the budget is given back before the reply is sent.
  EXPECT_EQ(here.status().body_bytes, 0u);
}

TEST(RegionRouting, ConnectionsAreKeptAndBounded) {
  Region there("eu-west-1");
  there.serve();
  Region here("us-east-1");
  here.serve({.routes = {there.route()}, .connections_max = 2});
  RawClient one = here.connect();
  for (int i = 0; i < 20; ++i) {
    one.send(where("eu-west-1"));
    ASSERT_EQ(one.receive().status, 200);
  }
  EXPECT_EQ(there.status().accepted, 1u);
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&here] {
      for (int request = 0; request < 10; ++request) EXPECT_EQ(here.exchange(where("eu-west-1")).status, 200);
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_LE(there.status().accepted, 2u);
  EXPECT_EQ(here.passed().answered, 100u);
}

TEST(RegionRouting, ARegionThatHangsLeavesRoomForWhatIsAnsweredHere) {
  ScriptedPeer silent({}, true);
  Region here("us-east-1");
  here.serve({.routes = {silent.route("eu-west-1")}, .body_bytes_max = 1000});
  const std::string body = R"({"Filling":")" + std::string(1500, 'y') + "\"}";
  RawClient first = here.connect();
  first.send(where("eu-west-1", body));  // alone, so it may be larger than the bound
  while (here.passed().body_bytes == 0) std::this_thread::yield();
  const auto refused = here.exchange(where("eu-west-1", body));
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("which too many requests wait for already"));
  EXPECT_EQ(here.passed().body_bytes, body.size());
  EXPECT_EQ(here.exchange(where("us-east-1", body)).status, 200);
}

TEST(RegionRouting, WhatWaitedForAConnectionTooLongIsNotSent) {
  ScriptedPeer silent({}, true);
  Region here("us-east-1");
  here.serve({.routes = {silent.route("eu-west-1")}, .reply_timeout_ms = 50, .connections_max = 1});
  int not_sent = 0;
  // Those behind the first wait for its time-out, unless they come so late that it is over.
  for (int round = 0; round < 100 && not_sent == 0; ++round) {
    std::list<RawClient> clients;
    for (int i = 0; i < 4; ++i) clients.emplace_back(here.port()).send(where("eu-west-1"));
    for (RawClient& client : clients) not_sent += client.receive().status == 503 ? 1 : 0;
  }
  EXPECT_GT(not_sent, 0);
  EXPECT_EQ(here.passed().body_bytes, 0u);
}

TEST(RegionRouting, AServerStopsWhileARequestIsPassedOn) {
  ScriptedPeer silent({}, true);
  Region here("us-east-1");
  here.serve({.routes = {silent.route("eu-west-1")}});
  RawClient client = here.connect();
  client.send(where("eu-west-1"));
  // The destructor stops it with the request under way, or before it came: neither may hang.
}

TEST(RegionPasser, RefusesWhatIsNoEndpoint) {
  EXPECT_FALSE(RegionPasser::make({.routes = {{RegionId("a"), "127.0.0.1:1", {}}}}).ok());
  EXPECT_FALSE(RegionPasser::make({.routes = {{RegionId("a"), "https://h:1", {"/no/file", {}}}}}).ok());
}

}  // namespace
}  // namespace gyre::http
