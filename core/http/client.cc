// SPDX-License-Identifier: Apache-2.0
#include "core/http/client.h"

#include <fmt/core.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "core/base/limits.h"
#include "core/http/endpoint.h"
#include "core/http/error_reply.h"
#include "core/http/tls_client.h"
#include "core/http/wire.h"
#include "core/json/json_reader.h"

namespace gyre::http {

namespace asio = boost::asio;

namespace {

using ReplyMessage = Wire::ReplyParser::value_type;

std::string request_head(const Endpoint& address, std::string_view target, std::size_t body_bytes) {
  // The form of a signature; a region accepts any key.
  return fmt::format(
      "POST / HTTP/1.1\r\nHost: {}:{}\r\nContent-Type: application/x-amz-json-1.0\r\nConnection: close\r\n"
      "X-Amz-Target: {}\r\nX-Amz-Date: 20260101T000000Z\r\n"
      "Authorization: AWS4-HMAC-SHA256 Credential=gyre/20260101/local/dynamodb/aws4_request, "
      "SignedHeaders=host;x-amz-date;x-amz-target, Signature=none\r\nContent-Length: {}\r\n\r\n",
      address.host, address.port, target, body_bytes);
}

asio::awaitable<Result<ReplyMessage>> exchange(Wire& wire, std::string_view endpoint, const Endpoint& address,
                                               const Trust& trust, std::string_view target,
                                               std::string_view body) {
  constexpr Wire::Milliseconds kPatience(limits::kHttpCallTimeoutMs);  // of each step by itself
  if (const auto unreached = co_await wire.connect(address, trust, kPatience)) {
    co_return Error(ErrorCode::kUnavailable,
                    fmt::format("{} {}: {}", unreached->untrusted ? "no TLS with" : "nobody answers at",
                                endpoint, unreached->reason));
  }
  Wire::ReplyParser parser;
  parser.body_limit(limits::kHttpReplyBytesMax);
  const std::string head = request_head(address, target, body.size());
  const auto failure = co_await wire.ask(head, body, parser, kPatience);
  if (failure) {
    co_return Error(ErrorCode::kUnavailable,
                    fmt::format("nobody answers at {}: {}", endpoint, failure.message()));
  }
  co_return parser.release();
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
  std::optional<asio::ssl::context> context;
  if (address.encrypted) {
    ASSIGN_OR_RETURN(context, client_context(trust));
  }
  asio::io_context io(1);
  Wire wire(io, context ? &*context : nullptr);
  std::optional<Result<ReplyMessage>> reply;
  const auto ask = [&]() -> asio::awaitable<void> {
    reply = co_await exchange(wire, endpoint, address, trust, target, body);
  };
  asio::co_spawn(io, ask(), [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  io.run();
  RETURN_IF_ERROR(*reply);
  if ((*reply)->result_int() != 200) return error_of(**reply);
  return std::move((*reply)->body());
}

}  // namespace gyre::http
