// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/http/client.h"

namespace gyre::http {

/// A member of a request's or a reply's head. The value holds no line break: those who take one from outside
/// check that (is_header_text).
struct Header {
  std::string name;
  std::string value;
};

struct ClientRequest {
  std::string method = "GET";
  std::string target = "/";         ///< path and query, as they go onto the wire
  std::string host;                 ///< the Host header; empty: the endpoint's HOST:PORT
  std::vector<Header> headers;      ///< but for Host, Content-Length and Connection
  std::string_view body;            ///< the caller's until the reply is there
  std::size_t reply_bytes_max = 0;  ///< of the reply's body; a longer one is an Error
  bool reuse = true;                ///< the connection is kept for the next request
};

struct ClientReply {
  unsigned status = 0;
  std::vector<Header> headers;
  std::string body;

  /// The first header of this name, in whatever case; empty if there is none.
  std::string_view header(std::string_view name) const;
};

/// A client of one server of HTTP/1.1, plain or under TLS: one connection, which is kept between requests
/// while both sides agree, and opened again when it is not. One thread at a time; calls block.
class HttpClient {
 public:
  /// `endpoint`: "http://HOST:PORT" or "https://HOST:PORT". Each step (looking up its host, connecting, the
  /// handshake, a request with its reply) may take `patience_ms`. kValidation: no endpoint, or a file of
  /// `trust` cannot be used.
  static Result<std::unique_ptr<HttpClient>> make(std::string_view endpoint, const Trust& trust,
                                                  std::uint64_t patience_ms);
  virtual ~HttpClient() = default;

  /// Whatever the server answers. kUnavailable: nobody answers, or nobody who is trusted, or the reply broke
  /// off; the server may have carried out the request all the same.
  virtual Result<ClientReply> send(const ClientRequest& request) = 0;
};

/// Printable ASCII, not empty: what may stand in a header.
bool is_header_text(std::string_view text);

}  // namespace gyre::http
