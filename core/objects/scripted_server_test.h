// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace gyre::objects {

/// A server of HTTP that keeps to a script: one answer for each request, in order, whatever is asked. An
/// empty answer closes the connection; one without an end keeps the client waiting until the server goes.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<std::string> answers)
      : answers_(std::move(answers)), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_, 16), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedServer() {
    ::shutdown(socket_, SHUT_RDWR);  // ends accept()
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      if (connection_ >= 0) ::shutdown(connection_, SHUT_RDWR);
    }
    thread_.join();
    ::close(socket_);
  }

  std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
  /// Whole requests, as they came.
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  static std::string answer(const std::string& status, const std::string& body = "",
                            const std::string& headers = "") {
    return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  }

 private:
  void serve() {
    while (true) {
      const int connection = ::accept(socket_, nullptr, nullptr);
      if (connection < 0) return;
      {
        const std::lock_guard lock(mutex_);
        connection_ = connection;
        if (stopping_) ::shutdown(connection, SHUT_RDWR);
      }
      serve(connection);
      const std::lock_guard lock(mutex_);
      connection_ = -1;
      ::close(connection);
    }
  }

  void serve(int connection) {
    std::string bytes;
    while (true) {
      const std::string request = read_request(connection, bytes);
      if (request.empty()) return;
      std::string answer;
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        if (requests_.size() <= answers_.size()) answer = answers_[requests_.size() - 1];
      }
      if (answer.empty()) return;
      if (::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return;
    }
  }

  // Empty: the connection ended.
  static std::string read_request(int connection, std::string& bytes) {
    while (true) {
      const std::size_t head = bytes.find("\r\n\r\n");
      if (head != std::string::npos) {
        const std::size_t at = bytes.find("Content-Length: ");
        const std::size_t length = at < head ? std::strtoull(bytes.c_str() + at + 16, nullptr, 10) : 0;
        if (bytes.size() >= head + 4 + length) {
          std::string request = bytes.substr(0, head + 4 + length);
          bytes.erase(0, request.size());
          return request;
        }
      }
      char room[4096];
      const ssize_t count = ::recv(connection, room, sizeof room, 0);
      if (count <= 0) return "";
      bytes.append(room, static_cast<std::size_t>(count));
    }
  }

  const std::vector<std::string> answers_;
  const int socket_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<std::string> requests_;
  int connection_ = -1;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gyre::objects
