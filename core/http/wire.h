// SPDX-License-Identifier: Apache-2.0
#pragma once

// Inside core/http only: shows Asio and Beast.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/http/client.h"
#include "core/http/host_addresses.h"

namespace gyre::http {

/// Why there is no connection to an endpoint.
struct Unreached {
  bool untrusted = false;  ///< somebody answered, but the TLS handshake failed
  std::string reason;
};

/// A client's connection to a server of HTTP/1.1, plain or under TLS. Of the thread of its io_context; one
/// operation at a time. Each step of connect() (looking up the name, connecting, TLS) and ask() may take
/// `patience`.
class Wire {
 public:
  using Milliseconds = std::chrono::milliseconds;
  using ReplyParser = boost::beast::http::response_parser<boost::beast::http::string_body>;

  /// `tls` is null for a plain connection, and outlives it.
  Wire(boost::asio::io_context& io, boost::asio::ssl::context* tls);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  boost::asio::awaitable<std::optional<Unreached>> connect(HostAddresses& addresses, const Trust& trust,
                                                           Milliseconds patience);
  /// Sends a request, whose head ends with its empty line, and reads the reply. After a failure the
  /// connection is of no more use. The bytes stay the caller's until then.
  boost::asio::awaitable<boost::system::error_code> ask(std::string_view head, std::string_view body,
                                                        ReplyParser& parser, Milliseconds patience);
  /// Whether it may be used again: the peer has neither closed it nor said anything unasked.
  bool is_fresh();

 private:
  struct Streams;
  const std::unique_ptr<Streams> streams_;
};

}  // namespace gyre::http
