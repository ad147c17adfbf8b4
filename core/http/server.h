// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/http/router.h"
#include "core/http/tls.h"

namespace gyre::http {

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8000;  ///< 0: any free one, see Server::port()
  TlsFiles tls;               ///< HTTPS with these, or plain HTTP
  int io_threads = 2;
  std::size_t connections_max = limits::kHttpConnectionsMax;
  std::uint64_t handshake_timeout_ms = limits::kTlsHandshakeTimeoutMs;
  std::uint64_t idle_timeout_ms = limits::kHttpIdleTimeoutMs;
  std::uint64_t request_timeout_ms = limits::kHttpRequestTimeoutMs;  ///< to send a request; to take a reply
  std::uint64_t stop_grace_ms = limits::kHttpStopGraceMs;            ///< that replies under way get in stop()
};

/// The HTTP/1.1 server of one region, plain or under TLS: JSON 1.0 protocol of DynamoDB. One acceptor deals
/// sockets out to the I/O threads; a connection stays on its thread. Check order: size, CORS, GET, content
/// type, JSON, target, authorization, then the operation. Every reply carries x-amzn-RequestId and
/// x-amz-crc32.
class Server {
 public:
  /// Binds at once: an address in use or not ours is an Error that names it, and so are unusable TLS files.
  /// Serves from start() on.
  static Result<std::unique_ptr<Server>> bind(const ServerOptions& options, const Router& router,
                                              const Clock& clock);
  virtual ~Server() = default;

  virtual void start() = 0;
  /// Stops accepting, lets replies under way finish for a moment, closes, joins. Idempotent.
  virtual void stop() = 0;
  virtual std::uint16_t port() const = 0;
};

}  // namespace gyre::http
