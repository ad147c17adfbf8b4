// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <climits>
#include <cstdint>
#include <memory>
#include <string>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/http/routes.h"
#include "core/http/tls.h"

namespace gyre::http {

struct ServerStatus;

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8000;  ///< 0: any free one, see Server::port()
  TlsFiles tls;               ///< HTTPS with these, or plain HTTP
  int io_threads = 2;
  std::size_t operations = 1;  ///< that are counted, each by itself: as many as Router::names() has
  std::size_t connections_max = limits::kHttpConnectionsMax;
  /// A connection whose descriptor would be this or above is refused: those belong to other parts. The
  /// system gives out the lowest that is free.
  int descriptors_max = INT_MAX;
  /// What all bodies of requests, and all replies, may hold together, beyond a small allowance for each. Each
  /// I/O thread has an equal part, of at least limits::kHttpBudgetBytesMin.
  std::size_t body_bytes_max = 128 * 1024 * 1024;
  std::size_t reply_bytes_max = 128 * 1024 * 1024;
  std::uint64_t handshake_timeout_ms = limits::kTlsHandshakeTimeoutMs;
  std::uint64_t idle_timeout_ms = limits::kHttpIdleTimeoutMs;
  std::uint64_t request_timeout_ms = limits::kHttpRequestTimeoutMs;  ///< to send a request; to take a reply
  std::uint64_t stop_grace_ms = limits::kHttpStopGraceMs;            ///< that replies under way get in stop()
};

/// The HTTP/1.1 server of one region, plain or under TLS. One acceptor deals sockets out to the I/O threads;
/// a connection stays on its thread. Check order: size, framing, preflight, route, origin, then the handler.
/// Every reply carries x-amzn-RequestId and x-amz-crc32.
class Server {
 public:
  /// Binds at once: an address in use or not ours is an Error that names it, and so are unusable TLS files.
  /// Serves from start() on.
  static Result<std::unique_ptr<Server>> bind(const ServerOptions& options, const Routes& routes,
                                              const Clock& clock);
  virtual ~Server() = default;

  virtual void start() = 0;
  /// Stops accepting, lets replies under way finish for a moment, closes, joins. Idempotent.
  virtual void stop() = 0;
  virtual std::uint16_t port() const = 0;
  /// Any thread (core/http/server_status.h).
  virtual ServerStatus status() const = 0;
};

}  // namespace gyre::http
