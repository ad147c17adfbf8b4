// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the tests of the server share: a socket that sends what it is given, two operations, a server around
// them.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/http/dynamodb_handler.h"
#include "core/http/health.h"
#include "core/http/server.h"

namespace gyre::http {

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

  // Whether something has come that was not received yet. Does not wait.
  bool has_data() const {
    pollfd descriptor{socket_, POLLIN, 0};
    return !received_.empty() || ::poll(&descriptor, 1, 0) > 0;
  }
  void wait_for_data() const {
    pollfd descriptor{socket_, POLLIN, 0};
    EXPECT_EQ(::poll(&descriptor, 1, 10'000), 1);
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

// Answers what a test gave it.
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
    if (request.body.find("Caller")) {
      return respond("{\"Address\":\"" + std::string(request.source_address) + "\",\"Agent\":\"" +
                     std::string(request.user_agent) + "\",\"Verified\":" + (request.verified ? "1" : "0") +
                     "}");
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
      by_sink[one.sink].push_back(
          [respond = std::move(one.respond)] { respond(std::string(R"({"Late":true})")); });
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

/// The thread that large bodies are handed to. Runs them in their order, unless it is held.
class BodyThread {
 public:
  BodyThread() : thread_([this] { run(); }) {}
  ~BodyThread() {
    change([this] { stopping_ = true; });
    thread_.join();
  }

  HandOver hand_over() {
    return [this](std::function<void()> task) {
      bool taken = false;
      change([&] {
        taken = !full_;
        if (taken) tasks_.push_back(std::move(task));
      });
      return taken;
    };
  }
  void hold(bool held) {
    change([&] { held_ = held; });
  }
  void refuse_all() {
    change([this] { full_ = true; });
  }
  /// Until so many were handed over and have not begun.
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return tasks_.size() >= count; });
  }
  /// Until all are done.
  void wait_for_all() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return tasks_.empty() && !running_; });
  }
  std::thread::id id() const { return thread_.get_id(); }

 private:
  template <class Change>
  void change(Change&& what) {
    const std::lock_guard lock(mutex_);
    what();
    changed_.notify_all();
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return stopping_ || (!held_ && !tasks_.empty()); });
      if (stopping_) return;
      std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      running_ = true;
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
      running_ = false;
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool running_ = false;
  bool held_ = false;
  bool full_ = false;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the others
};

/// Notes the threads that it ran on.
class ThreadOperation final : public Operation {
 public:
  void run(const Request& request, Responder respond) override {
    {
      const std::lock_guard lock(mutex_);
      threads_.push_back(std::this_thread::get_id());
    }
    respond("{\"Members\":" + std::to_string(request.body.size()) + "}");
  }
  std::vector<std::thread::id> threads() {
    const std::lock_guard lock(mutex_);
    return threads_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::thread::id> threads_;
};

inline constexpr std::string_view kAuthorization =
    "Authorization: AWS4-HMAC-SHA256 Credential=AKID/20260901/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=abc\r\nX-Amz-Date: 20260901T000000Z\r\n";

inline std::string post(std::string_view body, std::string_view target = "DynamoDB_20120810.Echo",
                        std::string_view headers = kAuthorization, std::string_view version = "1.1") {
  std::string request = "POST / HTTP/" + std::string(version) + "\r\nHost: db.local:8000\r\n";
  request += "Content-Type: application/x-amz-json-1.0\r\n";
  if (!target.empty()) request += "X-Amz-Target: " + std::string(target) + "\r\n";
  request += std::string(headers) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return request.append(body);
}

/// x-amz-crc32 as it must be for a body.
inline std::string crc32_of(std::string_view bytes) {
  return std::to_string(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

inline std::string with_auth(std::string_view headers) {
  return std::string(kAuthorization).append(headers);
}

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    router_.add("DynamoDB_20120810.Echo", std::make_unique<EchoOperation>());
    router_.add("Gyre.Echo", std::make_unique<EchoOperation>());
    auto deferred = std::make_unique<DeferredOperation>();
    deferred_ = deferred.get();
    router_.add("DynamoDB_20120810.Deferred", std::move(deferred));
    router_.add_missing("DynamoDB_20120810.CreateBackup");
    routes_.add("GET", "/", make_health_handler());
    routes_.add("POST", "*",
                make_dynamodb_handler(router_, routes_.origins(), large_bodies_.hand_over(), nullptr));
    options_.port = 0;
  }

  void serve() {
    server_ = Server::bind(options_, routes_, clock_).value();
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
  Routes routes_{Origins({"http://allowed.example"}, "db.example")};
  SystemClock clock_;
  DeferredOperation* deferred_ = nullptr;
  std::unique_ptr<Server> server_;
  BodyThread large_bodies_;  // what it runs uses all others
};

}  // namespace gyre::http
