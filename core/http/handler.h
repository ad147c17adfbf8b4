// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/completion_sink.h"
#include "core/http/reply.h"
#include "core/http/reply_room.h"
#include "core/json/json_reader.h"

namespace gyre::http {

/// A request's body that is no longer its connection's. What it takes of the budget of all bodies is given
/// back by give_back(), which must be called once, on the connection's I/O thread, when the body is no more.
struct TakenBody {
  std::string bytes;
  std::function<void()> give_back;
};

/// The connection that a request came on, as handlers see it. All calls on its I/O thread.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Sends the reply of request `number`; a stale number is a bug.
  virtual void reply(std::uint64_t number, Reply reply) = 0;
  /// False: not now. The request is run again, from the start, when there is room: return without a reply.
  virtual bool take_room(const ReplyRoom& room) = 0;
  /// The body of the request under way, for who needs it beyond Handler::run(). Does not move its bytes.
  virtual TakenBody take_body() = 0;
  /// Any header of the request under way by its name, whatever its case; empty if there is none.
  virtual std::string_view header(std::string_view name) const = 0;
  /// All headers of it, as they came.
  using HeaderVisitor = std::function<void(std::string_view name, std::string_view value)>;
  virtual void each_header(const HeaderVisitor& visit) const = 0;
};

/// Sends the reply of one request. A value: copied into whatever answers later. Called exactly once, on the
/// connection's I/O thread; does nothing if the connection has gone.
class ReplyTo {
 public:
  ReplyTo(std::weak_ptr<Connection> connection, std::uint64_t number)
      : connection_(std::move(connection)), number_(number) {}
  void operator()(Reply reply) const {
    if (const auto connection = connection_.lock()) connection->reply(number_, std::move(reply));
  }
  /// Has the connection gone? Any thread.
  bool is_in_vain() const { return connection_.expired(); }

 private:
  std::weak_ptr<Connection> connection_;
  std::uint64_t number_;
};

/// A request as it came off the wire. All borrowed, and holds until Handler::run() returns; absent headers
/// are empty.
struct HttpRequest {
  std::string_view method;
  std::string_view path;   ///< as it came, still percent-encoded
  std::string_view query;  ///< what follows '?'
  std::string_view body;
  // The headers that DynamoDB's protocol and the connection itself look at.
  std::string_view host;
  std::string_view origin;
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view accept_encoding;
  std::string_view expect;
  std::string_view x_amz_target;
  std::string_view authorization;
  std::string_view user_agent;
  std::string_view x_amz_date;
  std::string_view date;
  std::string_view preflight_headers;  ///< Access-Control-Request-Headers
  std::string_view preflight_method;   ///< Access-Control-Request-Method
  /// The part of the path where the route's pattern has {name}, still percent-encoded.
  std::vector<std::pair<std::string_view, std::string_view>> parameters;
  std::string_view request_id;      ///< the x-amzn-RequestId of the reply
  std::string_view source_address;  ///< the other end of the connection: IPv4 or IPv6, as text
  bool from_loopback = false;
  CompletionSink* sink = nullptr;  ///< this I/O thread: completions must come back through it
  json::Parser* json = nullptr;    ///< this I/O thread's; what it parsed holds until its next parse
  Connection* connection = nullptr;

  std::string_view parameter(std::string_view name) const {
    for (const auto& [known, value] : parameters) {
      if (known == name) return value;
    }
    return {};
  }
};

/// Answers the requests of one route. Owned by the Routes; outlives the server. run() is called on any I/O
/// thread, several at a time, and must not block.
class Handler {
 public:
  virtual ~Handler() = default;
  /// Replies within run(), or later through HttpRequest::sink.
  virtual void run(const HttpRequest& request, ReplyTo reply) = 0;
  /// Whether web pages of any origin may use it. If not, a page must come from an allowed origin
  /// (core/http/origins.h); what is no browser may use every route.
  virtual bool open_to_all_origins() const { return false; }
};

}  // namespace gyre::http
