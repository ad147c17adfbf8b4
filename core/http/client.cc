// SPDX-License-Identifier: Apache-2.0
#include "core/http/client.h"

#include <fmt/core.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "core/base/limits.h"
#include "core/http/endpoint.h"
#include "core/http/error_reply.h"
#include "core/http/tls_client.h"
#include "core/json/json_reader.h"

namespace gyre::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using RequestMessage = beast::http::request<beast::http::string_body>;
using ReplyMessage = beast::http::response<beast::http::string_body>;

namespace {

RequestMessage make_request(const Endpoint& address, std::string_view target, std::string_view body) {
  RequestMessage request{beast::http::verb::post, "/", 11};
  request.set(beast::http::field::host, address.host + ":" + address.port);
  request.set(beast::http::field::content_type, "application/x-amz-json-1.0");
  request.set(beast::http::field::connection, "close");
  request.set("X-Amz-Target", beast::string_view(target.data(), target.size()));
  request.set("X-Amz-Date", "20260101T000000Z");
  // The form of a signature; a region accepts any key.
  request.set(beast::http::field::authorization,
              "AWS4-HMAC-SHA256 Credential=gyre/20260101/local/dynamodb/aws4_request, "
              "SignedHeaders=host;x-amz-date;x-amz-target, Signature=none");
  request.body() = body;
  request.prepare_payload();
  return request;
}

struct HandshakeFailure {
  std::string reason;
};

// The coroutines below throw boost::system::system_error and HandshakeFailure. The time-out covers each step
// by itself.
constexpr std::chrono::milliseconds kPatience(limits::kHttpCallTimeoutMs);

asio::awaitable<void> connect(beast::tcp_stream& stream, const Endpoint& address) {
  tcp::resolver resolver(stream.get_executor());
  const auto endpoints = co_await resolver.async_resolve(address.host, address.port, asio::use_awaitable);
  stream.expires_after(kPatience);
  co_await stream.async_connect(endpoints, asio::use_awaitable);
  stream.socket().set_option(tcp::no_delay(true));
}

/// `stream` is `connection`, or TLS over it.
template <class Stream>
asio::awaitable<ReplyMessage> ask(beast::tcp_stream& connection, Stream& stream,
                                  const RequestMessage& request) {
  connection.expires_after(kPatience);
  co_await beast::http::async_write(stream, request, asio::use_awaitable);

  beast::flat_buffer buffer;
  beast::http::response_parser<beast::http::string_body> parser;
  parser.body_limit(limits::kHttpReplyBytesMax);
  connection.expires_after(kPatience);
  co_await beast::http::async_read(stream, buffer, parser, asio::use_awaitable);
  co_return parser.release();
}

asio::awaitable<ReplyMessage> exchange_plainly(const Endpoint& address, const RequestMessage& request) {
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  co_await connect(stream, address);
  co_return co_await ask(stream, stream, request);
}

asio::awaitable<ReplyMessage> exchange_encrypted(const Endpoint& address, const RequestMessage& request,
                                                 asio::ssl::context& context, const Trust& trust) {
  asio::ssl::stream<beast::tcp_stream> stream(co_await asio::this_coro::executor, context);
  beast::tcp_stream& connection = stream.next_layer();
  co_await connect(connection, address);
  expect_host(stream.native_handle(), address.host, trust);
  connection.expires_after(kPatience);
  boost::system::error_code error;
  co_await stream.async_handshake(asio::ssl::stream_base::client,
                                  asio::redirect_error(asio::use_awaitable, error));
  if (error) throw HandshakeFailure{handshake_fault(stream.native_handle(), error)};
  co_return co_await ask(connection, stream, request);
}

// The error behind a reply that is none of 200.
Error error_of(const ReplyMessage& reply) {
  const auto text = [](const std::optional<json::Value>& value) {
    return value && value->is_string() ? value->as_string() : std::string_view();
  };
  json::Parser parser;
  const auto parsed = parser.parse(reply.body());
  if (!parsed.ok() || !parsed->is_object()) {
    return {ErrorCode::kInternal, fmt::format("the region answered HTTP {}", reply.result_int())};
  }
  const std::string_view type = text(parsed->find("__type"));
  std::string_view message = text(parsed->find("message"));
  if (message.empty()) message = text(parsed->find("Message"));
  if (message.empty()) message = type.substr(type.rfind('#') + 1);
  return {error_code_of(type).value_or(ErrorCode::kInternal), std::string(message)};
}

}  // namespace

Result<std::string> call(std::string_view endpoint, std::string_view target, std::string_view body,
                         const Trust& trust) {
  ASSIGN_OR_RETURN(const Endpoint address, parse_endpoint(endpoint));
  const RequestMessage request = make_request(address, target, body);
  std::optional<asio::ssl::context> context;
  if (address.encrypted) {
    ASSIGN_OR_RETURN(context, client_context(trust));
  }
  try {
    asio::io_context io(1);
    auto exchange =
        context ? exchange_encrypted(address, request, *context, trust) : exchange_plainly(address, request);
    auto answer = asio::co_spawn(io, std::move(exchange), asio::use_future);
    io.run();
    ReplyMessage reply = answer.get();
    if (reply.result() != beast::http::status::ok) return error_of(reply);
    return std::move(reply.body());
  } catch (const boost::system::system_error& error) {
    return Error(ErrorCode::kUnavailable,
                 fmt::format("nobody answers at {}: {}", endpoint, error.code().message()));
  } catch (const HandshakeFailure& failure) {
    return Error(ErrorCode::kUnavailable, fmt::format("no TLS with {}: {}", endpoint, failure.reason));
  }
}

}  // namespace gyre::http
