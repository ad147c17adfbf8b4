// SPDX-License-Identifier: Apache-2.0
#include "core/http/server.h"

#include <fmt/core.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <vector>

#include "core/base/log_limit.h"
#include "core/http/io_thread.h"

namespace gyre::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;

constexpr std::string_view kTooManyConnections =
    "HTTP/1.1 503 Service Unavailable\r\nServer: Gyre\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

// How long the acceptor rests when the system has no descriptor or memory for one more socket.
constexpr std::chrono::milliseconds kAcceptPause{100};

// The socket is new, so its send buffer surely holds these few bytes; nothing here waits. A client that
// expects TLS could not read them.
void turn_away(Socket socket, bool encrypted) {
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  if (!encrypted) socket.write_some(asio::buffer(kTooManyConnections), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

class ServerOnThreads final : public Server {
 public:
  ServerOnThreads(const ServerOptions& options, const Routes& routes, const Clock& clock,
                  std::unique_ptr<TlsContext> tls)
      : options_(options), tls_(std::move(tls)) {
    for (int i = 0; i < options_.io_threads; ++i) {
      threads_.push_back(std::make_unique<IoThread>(options_, routes, clock, tls_.get(), connections_));
    }
    acceptor_.emplace(threads_.front()->context());
    accept_timer_.emplace(threads_.front()->context());
  }

  ~ServerOnThreads() override { stop(); }

  Status listen() {
    boost::system::error_code error;
    const auto endpoint = resolve(error);
    if (!error) acceptor_->open(endpoint.protocol(), error);
    if (!error) acceptor_->set_option(Acceptor::reuse_address(true), error);
    if (!error) acceptor_->bind(endpoint, error);
    if (!error) acceptor_->listen(asio::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_->local_endpoint(error).port();
    if (!error) return {};
    return Error(ErrorCode::kUnavailable, fmt::format("cannot serve HTTP at {}:{}: {}", options_.host,
                                                      options_.port, error.message()));
  }

  void start() override {
    CHECK(!started_);
    started_ = true;
    accept();
    for (const auto& thread : threads_) thread->start();
  }

  void stop() override {
    if (!started_ || stopped_) return;
    stopped_ = true;
    asio::post(threads_.front()->context(), [this] {
      boost::system::error_code ignored;
      acceptor_->close(ignored);
      accept_timer_->cancel();
    });
    for (const auto& thread : threads_) thread->stop();
    for (const auto& thread : threads_) thread->join();
  }

  std::uint16_t port() const override { return port_; }

  ServerStatus status() const override {
    ServerStatus status;
    for (const auto& thread : threads_) thread->add_to(status);
    status.connections = connections_.load(std::memory_order_relaxed);
    status.connections_max = options_.connections_max;
    status.accepted = accepted_count_.value();
    status.turned_away = turned_away_count_.value();
    return status;
  }

 private:
  tcp::endpoint resolve(boost::system::error_code& error) {
    const auto address = asio::ip::make_address(options_.host, error);
    if (!error) return {address, options_.port};
    tcp::resolver resolver(threads_.front()->context());
    const auto found = resolver.resolve(options_.host, std::to_string(options_.port), error);
    return error ? tcp::endpoint() : found.begin()->endpoint();
  }

  // Runs on the first thread, like everything below.
  void accept() {
    IoThread& thread = *threads_[next_thread_++ % threads_.size()];
    acceptor_->async_accept(thread.context().get_executor(),
                            [this, &thread](boost::system::error_code error, Socket socket) {
                              on_accept(error, thread, std::move(socket));
                            });
  }

  void on_accept(boost::system::error_code error, IoThread& thread, Socket socket) {
    if (!acceptor_->is_open()) return;
    if (error == asio::error::connection_aborted) return accept();
    if (error) return rest(error);
    if (connections_.load(std::memory_order_relaxed) >= options_.connections_max ||
        socket.native_handle() >= options_.descriptors_max) {
      log_warning(turned_away_, "an HTTP connection was turned away: {} are open",
                  connections_.load(std::memory_order_relaxed));
      turned_away_count_.add();
      turn_away(std::move(socket), tls_ != nullptr);
    } else {
      accepted_count_.add();
      connections_.fetch_add(1, std::memory_order_relaxed);
      thread.adopt(std::move(socket));
    }
    accept();
  }

  void rest(boost::system::error_code error) {
    log_warning(not_accepted_, "cannot accept an HTTP connection: {}", error.message());
    accept_timer_->expires_after(kAcceptPause);
    accept_timer_->async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled) accept();
    });
  }

  const ServerOptions options_;
  const std::unique_ptr<TlsContext> tls_;  // null: plain HTTP
  std::atomic<std::size_t> connections_ = 0;
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::optional<Acceptor> acceptor_;  // on the first thread, which therefore outlives it
  std::optional<asio::steady_timer> accept_timer_;
  metrics::Counter accepted_count_;  // of the first thread, like the next
  metrics::Counter turned_away_count_;
  LogLimit turned_away_{1};
  LogLimit not_accepted_{1};
  std::size_t next_thread_ = 0;
  std::uint16_t port_ = 0;
  bool started_ = false;
  bool stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::bind(const ServerOptions& options, const Routes& routes,
                                             const Clock& clock) {
  CHECK(options.io_threads > 0);
  std::unique_ptr<TlsContext> tls;
  if (!options.tls.empty()) {
    ASSIGN_OR_RETURN(tls, TlsContext::load(options.tls));
  }
  auto server = std::make_unique<ServerOnThreads>(options, routes, clock, std::move(tls));
  RETURN_IF_ERROR(server->listen());
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace gyre::http
