// SPDX-License-Identifier: Apache-2.0
#include "core/http/server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/base/random.h"
#include "core/http/client.h"
#include "core/http/compression.h"

namespace gyre::http {
namespace {

using namespace std::string_literals;

// A socket that says exactly what the test says.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    timeval patience{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~RawClient() { close(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }
  void finish_sending() { ::shutdown(socket_, SHUT_WR); }
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  struct Reply {
    int status = 0;  // 0: the connection ended
    std::map<std::string, std::string> headers;
    std::string body;
  };

  Reply receive() {
    Reply reply;
    std::size_t end;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive_more()) return reply;
    }
    parse_head(received_.substr(0, end), reply);
    received_.erase(0, end + 4);
    if (reply.status == 100) return reply;
    const std::size_t length = std::stoul(reply.headers.at("content-length"));
    while (received_.size() < length && receive_more()) {
    }
    reply.body = received_.substr(0, length);
    received_.erase(0, length);
    return reply;
  }

  // True once the server has closed its side and said nothing more.
  bool ended() { return received_.empty() && !receive_more() && received_.empty(); }

 private:
  bool receive_more() {
    char bytes[65536];
    const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  static void parse_head(const std::string& head, Reply& reply) {
    reply.status = std::stoi(head.substr(9, 3));
    std::size_t at = head.find("\r\n");
    while (at != std::string::npos) {
      const std::size_t next = head.find("\r\n", at + 2);
      const std::string line = head.substr(at + 2, next == std::string::npos ? next : next - at - 2);
      std::string name = line.substr(0, line.find(':'));
      for (char& c : name) c = static_cast<char>(std::tolower(c));
      reply.headers[name] = line.substr(line.find(':') + 2);
      at = next;
    }
  }

  int socket_;
  std::string received_;
};

// Answers what it was told to.
class EchoOperation final : public Operation {
 public:
  void run(const Request& request, Responder respond) override {
    const auto size = request.body.find("Size");
    if (size) return respond(std::string(static_cast<std::size_t>(*size->as_int()), 'x'));
    if (request.body.find("Fail")) {
      Error error(ErrorCode::kConditionalCheckFailed, "The conditional request failed");
      error.reply_members = R"("Item":{})";
      return respond(std::move(error));
    }
    const auto text = request.body.find("Text");
    respond("{\"Text\":\"" + std::string(text ? text->as_string() : "") + "\",\"Principal\":\"" +
            std::string(request.principal) + "\",\"Endpoint\":\"" + std::string(request.endpoint) + "\"}");
  }
};

// Keeps its requests open until the test answers them.
class DeferredOperation final : public Operation {
 public:
  void run(const Request& request, Responder respond) override {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({request.sink, std::move(respond)});
    changed_.notify_all();
  }

  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_.size() >= count; });
  }

  // Answers all at once, from this thread, and waits until the I/O threads have run the completions (if they
  // still do).
  void answer_all(bool wait = true) {
    std::vector<Waiting> waiting;
    {
      const std::lock_guard lock(mutex_);
      waiting.swap(waiting_);
    }
    std::map<CompletionSink*, std::vector<std::function<void()>>> by_sink;
    for (Waiting& one : waiting) {
      by_sink[one.sink].push_back([respond = std::move(one.respond)] { respond("{\"Late\":true}"s); });
    }
    std::size_t left = wait ? by_sink.size() : 0;
    for (auto& [sink, completions] : by_sink) {
      if (wait) {
        completions.push_back([&] {
          const std::lock_guard lock(mutex_);
          --left;
          changed_.notify_all();
        });
      }
      sink->deliver(std::move(completions));
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return left == 0; });
  }

 private:
  struct Waiting {
    CompletionSink* sink;
    Responder respond;
  };
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Waiting> waiting_;
};

constexpr std::string_view kAuthorization =
    "Authorization: AWS4-HMAC-SHA256 Credential=AKID/20260901/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=abc\r\nX-Amz-Date: 20260901T000000Z\r\n";

std::string post(std::string_view body, std::string_view target = "DynamoDB_20120810.Echo",
                 std::string_view headers = kAuthorization, std::string_view version = "1.1") {
  std::string request = "POST / HTTP/" + std::string(version) + "\r\nHost: db.local:8000\r\n";
  request += "Content-Type: application/x-amz-json-1.0\r\n";
  if (!target.empty()) request += "X-Amz-Target: " + std::string(target) + "\r\n";
  request += std::string(headers) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return request.append(body);
}

std::string with_auth(std::string_view headers) {
  return std::string(kAuthorization).append(headers);
}

class HttpServer : public testing::Test {
 protected:
  HttpServer() {
    router_.add("DynamoDB_20120810.Echo", std::make_unique<EchoOperation>());
    router_.add("Gyre.Echo", std::make_unique<EchoOperation>());
    auto deferred = std::make_unique<DeferredOperation>();
    deferred_ = deferred.get();
    router_.add("DynamoDB_20120810.Deferred", std::move(deferred));
    router_.add_missing("DynamoDB_20120810.CreateBackup");
    options_.port = 0;
  }

  void serve() {
    server_ = Server::bind(options_, router_, clock_).value();
    server_->start();
  }

  RawClient::Reply exchange(std::string_view request) {
    if (!server_) serve();
    RawClient client(server_->port());
    client.send(request);
    return client.receive();
  }

  ServerOptions options_;
  Router router_;
  SystemClock clock_;
  DeferredOperation* deferred_ = nullptr;
  std::unique_ptr<Server> server_;
};

std::string crc32_of(std::string_view bytes) {
  return std::to_string(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

TEST_F(HttpServer, AnswersAnOperationWithTheHeadersOfDynamoDb) {
  const auto reply = exchange(post(R"({"Text":"hi"})"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"Text":"hi","Principal":"AKID","Endpoint":"db.local:8000"})");
  EXPECT_EQ(reply.headers.at("content-type"), "application/x-amz-json-1.0");
  EXPECT_EQ(reply.headers.at("x-amz-crc32"), crc32_of(reply.body));
  EXPECT_EQ(reply.headers.at("connection"), "keep-alive");
  EXPECT_TRUE(reply.headers.contains("date"));
  const std::string& id = reply.headers.at("x-amzn-requestid");
  EXPECT_EQ(id.size(), 52u);
  EXPECT_EQ(id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), std::string::npos);
}

TEST_F(HttpServer, KeepsTheConnectionAndGivesEveryReplyItsOwnId) {
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

TEST_F(HttpServer, AnswersPipelinedRequestsInOrder) {
  serve();
  RawClient client(server_->port());
  std::string requests;
  for (int i = 0; i < 50; ++i) requests += post("{\"Text\":\"" + std::to_string(i) + "\"}");
  client.send(requests);
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(client.receive().body.starts_with("{\"Text\":\"" + std::to_string(i) + "\""));
  }
}

TEST_F(HttpServer, ARequestMayComeByteByByte) {
  serve();
  RawClient client(server_->port());
  for (const char c : post(R"({"Text":"slow"})")) client.send({&c, 1});
  EXPECT_EQ(client.receive().status, 200);
}

TEST_F(HttpServer, ChunkedBodiesAreRead) {
  const auto reply = exchange(
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nX-Amz-Target: "
      "DynamoDB_20120810.Echo\r\n" +
      std::string(kAuthorization) +
      "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"Tex\r\n8\r\nt\":\"ab\"}\r\n0\r\n\r\n");
  EXPECT_TRUE(reply.body.starts_with(R"({"Text":"ab")")) << reply.body;
  EXPECT_EQ(reply.headers.at("content-type"), "application/json");
}

TEST_F(HttpServer, Http10ClosesAfterTheReplyUnlessAskedToKeepAlive) {
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

TEST_F(HttpServer, ConnectionCloseIsObeyed) {
  serve();
  RawClient client(server_->port());
  client.send(post("{}", "DynamoDB_20120810.Echo", with_auth("Connection: close\r\n")));
  EXPECT_EQ(client.receive().headers.at("connection"), "close");
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpServer, AHalfClosedClientStillGetsItsReply) {
  serve();
  RawClient client(server_->port());
  client.send(post("{}"));
  client.finish_sending();
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpServer, SaysContinueBeforeABodyThatWaitsForIt) {
  serve();
  RawClient client(server_->port());
  const std::string body = R"({"Text":"waited"})";
  std::string request = post(body, "DynamoDB_20120810.Echo", with_auth("Expect: 100-continue\r\n"));
  client.send(std::string_view(request).substr(0, request.size() - body.size()));
  EXPECT_EQ(client.receive().status, 100);
  client.send(body);
  EXPECT_TRUE(client.receive().body.starts_with(R"({"Text":"waited")"));
}

TEST_F(HttpServer, ABodyOf16MegabytesPassesAndOneByteMoreIs413) {
  const std::size_t limit = limits::kHttpBodyBytesMax;
  EXPECT_EQ(exchange(post("{}" + std::string(limit - 2, ' '))).status, 200);

  RawClient client(server_->port());
  client.send(post("{}" + std::string(limit - 1, ' ')));
  const auto reply = client.receive();
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(reply.headers.at("connection"), "close");
  EXPECT_TRUE(client.ended());

  // Without a length, the limit is met on the way.
  RawClient chunked(server_->port());
  chunked.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 17; ++i) chunked.send("100000\r\n" + std::string(0x100000, ' ') + "\r\n");
  EXPECT_EQ(chunked.receive().status, 413);
}

TEST_F(HttpServer, HeadersBeyond16KilobytesAre431) {
  EXPECT_EQ(
      exchange(post("{}", "DynamoDB_20120810.Echo", with_auth("X-A: " + std::string(8000, 'a') + "\r\n")))
          .status,
      200);
  EXPECT_EQ(
      exchange(post("{}", "DynamoDB_20120810.Echo", with_auth("X-A: " + std::string(20'000, 'a') + "\r\n")))
          .status,
      431);
}

TEST_F(HttpServer, WhatIsNoHttpIs400AndTheEnd) {
  serve();
  for (const std::string_view text : {"\x16\x03\x01 hello\r\n\r\n", "GET\r\n\r\n", "POST / HTTP/9.9\r\n\r\n",
                                      "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"}) {
    RawClient client(server_->port());
    client.send(text);
    EXPECT_EQ(client.receive().status, 400) << text;
    EXPECT_TRUE(client.ended());
  }
}

TEST_F(HttpServer, RandomBytesNeverHurt) {
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

TEST_F(HttpServer, AnythingButAJsonPostIs404) {
  const std::vector<std::string> requests = {
      "PUT / HTTP/1.1\r\nHost: h\r\n\r\n",
      "OPTIONS / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /x HTTP/1.1\r\nHost: h\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: 2\r\n\r\n{}",
  };
  for (const std::string& request : requests) {
    const auto reply = exchange(request);
    EXPECT_EQ(reply.status, 404) << request;
    EXPECT_EQ(reply.body, "<UnknownOperationException/>\n");
    EXPECT_EQ(reply.headers.at("x-amz-crc32"), "3552371480");  // as measured on AWS
  }
}

TEST_F(HttpServer, SaysThatItIsHealthy) {
  const auto reply = exchange("GET / HTTP/1.1\r\nHost: db.local\r\n\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "healthy: db.local ");
}

TEST_F(HttpServer, AnswersCrossOriginRequestsAndTheirPreflight) {
  const auto preflight = exchange(
      "OPTIONS / HTTP/1.1\r\nHost: h\r\nOrigin: http://x\r\nAccess-Control-Request-Headers: a, b\r\n"
      "Access-Control-Request-Method: POST\r\n\r\n");
  EXPECT_EQ(preflight.status, 200);
  EXPECT_EQ(preflight.body, "");
  EXPECT_EQ(preflight.headers.at("access-control-allow-origin"), "*");
  EXPECT_EQ(preflight.headers.at("access-control-allow-headers"), "a, b");
  EXPECT_EQ(preflight.headers.at("access-control-allow-methods"), "POST");
  EXPECT_EQ(preflight.headers.at("access-control-max-age"), "172800");
  EXPECT_EQ(exchange(post("{}", "DynamoDB_20120810.Echo", with_auth("Origin: http://x\r\n")))
                .headers.at("access-control-allow-origin"),
            "*");
  EXPECT_FALSE(exchange(post("{}")).headers.contains("access-control-allow-origin"));
}

TEST_F(HttpServer, JsonIsCheckedBeforeTheTargetAndTheTargetBeforeTheSignature) {
  constexpr std::string_view kSerialization =
      R"({"__type":"com.amazon.coral.service#SerializationException"})";
  EXPECT_EQ(exchange(post("{", "", "")).body, kSerialization);
  EXPECT_EQ(exchange(post("{}", "", "")).body,
            R"({"__type":"com.amazon.coral.service#UnknownOperationException"})");
  EXPECT_TRUE(exchange(post("{}", "DynamoDB_20120810.Nonsense", ""))
                  .body.starts_with(R"({"__type":"com.amazon.coral.service#UnknownOperationException")"));
  EXPECT_NE(exchange(post("{}", "DynamoDB_20120810.CreateBackup", ""))
                .body.find("does not have this operation yet"),
            std::string::npos);
  EXPECT_EQ(exchange(post("", "DynamoDB_20120810.Echo", "")).body,
            R"({"__type":"com.amazon.coral.service#MissingAuthenticationTokenException",)"
            R"("message":"Request is missing Authentication Token"})");
  for (const std::string_view body : {"", "[]", "1"}) EXPECT_EQ(exchange(post(body)).body, kSerialization);
  EXPECT_EQ(exchange(post("{")).status, 400);
}

TEST_F(HttpServer, OurOwnOperationsNeedNoSignatureOnThisMachine) {
  const auto reply = exchange(post(R"({"Text":"x"})", "Gyre.Echo", ""));
  EXPECT_EQ(reply.status, 200);
  EXPECT_NE(reply.body.find(R"("Principal":"gyre")"), std::string::npos);
}

TEST_F(HttpServer, AnErrorCarriesItsMembers) {
  const auto reply = exchange(post(R"({"Fail":true})"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.body, R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",)"
                        R"("message":"The conditional request failed","Item":{}})");
}

TEST_F(HttpServer, CompressedRequestsAreReadWithinTheSameLimit) {
  const auto compressed = [&](std::string_view body) {
    return exchange(post(body, "DynamoDB_20120810.Echo", with_auth("Content-Encoding: gzip\r\n")));
  };
  EXPECT_TRUE(compressed(gzip(R"({"Text":"zipped"})")).body.starts_with(R"({"Text":"zipped")"));
  EXPECT_EQ(compressed(gzip("{}" + std::string(limits::kHttpBodyBytesMax - 2, ' '))).status, 200);
  EXPECT_EQ(compressed(gzip("{}" + std::string(limits::kHttpBodyBytesMax - 1, ' '))).status, 413);

  const std::string whole = gzip(R"({"Text":"zipped"})");
  for (const std::string& damaged : {whole.substr(0, whole.size() - 5), "no gzip"s, whole + "x"}) {
    const auto reply = compressed(damaged);
    EXPECT_EQ(reply.status, 500);
    EXPECT_EQ(reply.body, R"({"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"})");
  }
}

TEST_F(HttpServer, CompressesLargeRepliesForThoseWhoAcceptIt) {
  const auto asked = exchange(
      post(R"({"Size":100000})", "DynamoDB_20120810.Echo", with_auth("Accept-Encoding: br, gzip\r\n")));
  EXPECT_EQ(asked.headers.at("content-encoding"), "gzip");
  EXPECT_EQ(asked.headers.at("x-amz-crc32"), crc32_of(asked.body));
  EXPECT_LT(asked.body.size(), 10'000u);
  EXPECT_EQ(inflate(asked.body, 1'000'000).value(), std::string(100'000, 'x'));

  EXPECT_EQ(exchange(post(R"({"Size":100000})")).body.size(), 100'000u);
  const auto refused = exchange(
      post(R"({"Size":100000})", "DynamoDB_20120810.Echo", with_auth("Accept-Encoding: gzip;q=0\r\n")));
  EXPECT_FALSE(refused.headers.contains("content-encoding"));
  const auto small =
      exchange(post(R"({"Size":4000})", "DynamoDB_20120810.Echo", with_auth("Accept-Encoding: gzip\r\n")));
  EXPECT_FALSE(small.headers.contains("content-encoding"));
}

TEST_F(HttpServer, LargeRepliesArriveWhole) {
  EXPECT_EQ(exchange(post(R"({"Size":15000000})")).body.size(), 15'000'000u);
}

TEST_F(HttpServer, AnOperationMayAnswerLaterThroughItsSink) {
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

TEST_F(HttpServer, APipelinedRequestWaitsForTheLateAnswerBeforeIt) {
  serve();
  RawClient client(server_->port());
  client.send(post("{}", "DynamoDB_20120810.Deferred") + post(R"({"Text":"second"})"));
  deferred_->wait_for(1);
  deferred_->answer_all();
  EXPECT_EQ(client.receive().body, R"({"Late":true})");
  EXPECT_TRUE(client.receive().body.starts_with(R"({"Text":"second")"));
}

TEST_F(HttpServer, AnAnswerToAClientThatHasGoneDoesNothing) {
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

TEST_F(HttpServer, AnAnswerAfterTheStopDoesNothing) {
  options_.stop_grace_ms = 20;
  serve();
  RawClient client(server_->port());
  client.send(post("{}", "DynamoDB_20120810.Deferred"));
  deferred_->wait_for(1);
  server_->stop();  // after its grace it closes the connection
  EXPECT_TRUE(client.ended());
  deferred_->answer_all(false);
}

TEST_F(HttpServer, StopLetsARunningRequestFinish) {
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

TEST_F(HttpServer, AClientThatSendsTooSlowlyIsCutOff) {
  options_.request_timeout_ms = 20;
  serve();
  RawClient client(server_->port());
  client.send("POST / HTTP/1.1\r\nHost: ");
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpServer, AnIdleConnectionIsClosed) {
  options_.idle_timeout_ms = 20;
  serve();
  RawClient client(server_->port());
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpServer, AClientThatDoesNotReadItsReplyIsCutOff) {
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

TEST_F(HttpServer, TooManyConnectionsAreTurnedAwayUntilOneHasGone) {
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

TEST_F(HttpServer, AnAddressInUseIsAnErrorThatNamesIt) {
  serve();
  ServerOptions taken = options_;
  taken.port = server_->port();
  const auto second = Server::bind(taken, router_, clock_);
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().message.find("127.0.0.1:" + std::to_string(taken.port)), std::string::npos);
  taken.host = "no.such.host.invalid";
  EXPECT_FALSE(Server::bind(taken, router_, clock_).ok());
}

TEST_F(HttpServer, ManyConnectionsAtOnceAreAllServed) {
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

TEST_F(HttpServer, OurClientCallsOperationsAndUnderstandsErrors) {
  serve();
  const std::string endpoint = "http://127.0.0.1:" + std::to_string(server_->port());
  EXPECT_TRUE(
      call(endpoint, "DynamoDB_20120810.Echo", R"({"Text":"hi"})").value().starts_with(R"({"Text":"hi")"));
  EXPECT_EQ(call(endpoint + "/", "DynamoDB_20120810.Echo", R"({"Size":3000000})")->size(), 3'000'000u);

  const auto failed = call(endpoint, "DynamoDB_20120810.Echo", R"({"Fail":1})");
  EXPECT_EQ(failed.error().code, ErrorCode::kConditionalCheckFailed);
  EXPECT_EQ(failed.error().message, "The conditional request failed");
  EXPECT_EQ(call(endpoint, "Nonsense", "{}").error().code, ErrorCode::kUnknownOperation);
  EXPECT_EQ(call("localhost", "x", "{}").error().code, ErrorCode::kValidation);

  server_->stop();
  const auto nobody = call(endpoint, "DynamoDB_20120810.Echo", "{}");
  EXPECT_EQ(nobody.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(nobody.error().message.find(endpoint), std::string::npos);
}

}  // namespace
}  // namespace gyre::http
