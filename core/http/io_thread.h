// SPDX-License-Identifier: Apache-2.0
#pragma once

// Inside core/http only: shows Asio.
#include <atomic>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <thread>
#include <unordered_set>
#include <vector>

#include "core/base/completion_sink.h"
#include "core/http/server_status.h"
#include "core/http/session.h"

namespace gyre::http {

/// One I/O thread and the connections on it. The server owns it.
class IoThread final : public CompletionSink {
 public:
  /// `connections` counts the sockets of all threads: the acceptor adds, the thread subtracts when one has
  /// gone. `tls` is null if the server speaks plain HTTP.
  IoThread(const ServerOptions& options, const Routes& routes, const Clock& clock, TlsContext* tls,
           std::atomic<std::size_t>& connections);

  boost::asio::io_context& context() { return io_; }
  void start();
  /// Serves a new connection. Any thread.
  void adopt(Socket socket);
  void deliver(std::vector<std::function<void()>> completions) override;
  /// Lets replies under way finish for ServerOptions::stop_grace_ms, then closes what is left. Any thread,
  /// after start().
  void stop();
  void join();
  /// Adds what this thread did and holds. Any thread.
  void add_to(ServerStatus& status) const;

 private:
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>,
                                                  boost::asio::io_context::executor_type>;

  void serve(ByteBudget& budget);
  void schedule_sweep();
  void sweep();
  void begin_stop();
  void close_all();
  void on_closed(Session& session);
  void leave_if_done();

  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::atomic<std::size_t>& connections_;
  SessionContext session_context_;
  std::unordered_set<std::shared_ptr<Session>> sessions_;
  Timer sweep_timer_;
  Timer stop_timer_;
  std::chrono::milliseconds sweep_period_;
  bool leaving_ = false;  ///< no connection is left, and none will come
  std::thread thread_;
};

}  // namespace gyre::http
