// SPDX-License-Identifier: Apache-2.0
#include "core/http/io_thread.h"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace gyre::http {

namespace asio = boost::asio;

namespace {

// Deadlines are late by at most a quarter of the shortest time-out.
std::chrono::milliseconds sweep_period(const ServerOptions& options) {
  const std::uint64_t shortest =
      std::min({options.handshake_timeout_ms, options.idle_timeout_ms, options.request_timeout_ms});
  return std::chrono::milliseconds(std::clamp<std::uint64_t>(shortest / 4, 1, 1000));
}

// A thread's part of a budget for all of them.
std::size_t share(std::size_t bytes_max, const ServerOptions& options) {
  return std::max(bytes_max / static_cast<std::size_t>(options.io_threads), limits::kHttpBudgetBytesMin);
}

}  // namespace

IoThread::IoThread(const ServerOptions& options, const Routes& routes, const Clock& clock, TlsContext* tls,
                   std::atomic<std::size_t>& connections)
    : work_(asio::make_work_guard(io_)),
      connections_(connections),
      session_context_{
          options,
          clock,
          tls,
          routes,
          *this,
          ByteBudget(share(options.body_bytes_max, options), [this] { serve(session_context_.bodies); }),
          ByteBudget(share(options.reply_bytes_max, options), [this] { serve(session_context_.replies); }),
          {},
          SeededRandom(entropy()),
          {},
          RequestCounts(options.operations),
          {},
          false},
      sweep_timer_(io_),
      stop_timer_(io_),
      sweep_period_(sweep_period(options)) {
  session_context_.on_closed = [this](Session& session) { on_closed(session); };
}

void IoThread::start() {
  schedule_sweep();
  thread_ = std::thread([this] { io_.run(); });
}

void IoThread::adopt(Socket socket) {
  asio::post(io_, [this, socket = std::move(socket)]() mutable {
    const auto session = std::make_shared<Session>(session_context_, std::move(socket));
    sessions_.insert(session);
    session_context_.stopping ? session->close() : session->start();
  });
}

void IoThread::deliver(std::vector<std::function<void()>> completions) {
  asio::post(io_, [completions = std::move(completions)] {
    for (const auto& completion : completions) completion();
  });
}

void IoThread::serve(ByteBudget& budget) {
  asio::post(io_, [&budget] { budget.serve(); });
}

void IoThread::schedule_sweep() {
  sweep_timer_.expires_after(sweep_period_);
  sweep_timer_.async_wait([this](boost::system::error_code error) {
    // A timer that has fired already cannot be cancelled, so the flag is asked as well.
    if (error || leaving_) return;
    sweep();
    schedule_sweep();
  });
}

// Closing a session takes it off the list, so this and close_all() walk a copy.
void IoThread::sweep() {
  const std::uint64_t now_ns = session_context_.clock.steady_ns();
  const std::vector<std::shared_ptr<Session>> sessions(sessions_.begin(), sessions_.end());
  for (const auto& session : sessions) session->check_deadline(now_ns);
}

void IoThread::stop() {
  asio::post(io_, [this] { begin_stop(); });
}

void IoThread::begin_stop() {
  session_context_.stopping = true;
  const std::vector<std::shared_ptr<Session>> sessions(sessions_.begin(), sessions_.end());
  for (const auto& session : sessions) session->close_if_idle();
  stop_timer_.expires_after(std::chrono::milliseconds(session_context_.options.stop_grace_ms));
  stop_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) close_all();
  });
  leave_if_done();
}

void IoThread::close_all() {
  const std::vector<std::shared_ptr<Session>> sessions(sessions_.begin(), sessions_.end());
  for (const auto& session : sessions) session->close();
}

void IoThread::on_closed(Session& session) {
  connections_.fetch_sub(1, std::memory_order_relaxed);
  sessions_.erase(session.shared_from_this());
  leave_if_done();
}

// The thread ends when nothing holds its io_context up any more.
void IoThread::leave_if_done() {
  if (!session_context_.stopping || !sessions_.empty()) return;
  leaving_ = true;
  sweep_timer_.cancel();
  stop_timer_.cancel();
  work_.reset();
}

void IoThread::join() {
  if (thread_.joinable()) thread_.join();
}

void IoThread::add_to(ServerStatus& status) const {
  const SessionContext& context = session_context_;
  context.requests.add_to(status.operations);
  status.body_bytes += context.bodies.held();
  status.body_bytes_max += context.bodies.bytes_max();
  status.reply_bytes += context.replies.held();
  status.reply_bytes_max += context.replies.bytes_max();
  status.waiting += context.bodies.waiting() + context.replies.waiting();
}

}  // namespace gyre::http
