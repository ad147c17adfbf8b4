// SPDX-License-Identifier: Apache-2.0
#include "core/http/http_client.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/string.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "core/base/check.h"
#include "core/http/endpoint.h"
#include "core/http/host_addresses.h"
#include "core/http/tls_client.h"
#include "core/http/wire.h"

namespace gyre::http {

namespace asio = boost::asio;

namespace {

std::string head_of(const ClientRequest& request, const std::string& endpoint_host) {
  std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, request.target,
                                 request.host.empty() ? endpoint_host : request.host);
  for (const Header& header : request.headers) head += fmt::format("{}: {}\r\n", header.name, header.value);
  const bool says_length = !request.body.empty() || request.method == "PUT" || request.method == "POST";
  if (says_length) head += fmt::format("Content-Length: {}\r\n", request.body.size());
  if (!request.reuse) head += "Connection: close\r\n";
  return head + "\r\n";
}

ClientReply reply_of(Wire::ReplyParser::value_type&& message) {
  ClientReply reply;
  reply.status = message.result_int();
  for (const auto& field : message) {
    reply.headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  reply.body = std::move(message.body());
  return reply;
}

class WireClient final : public HttpClient {
 public:
  WireClient(std::string name, Endpoint endpoint, Trust trust, std::optional<asio::ssl::context> tls,
             Wire::Milliseconds patience)
      : name_(std::move(name)),
        trust_(std::move(trust)),
        tls_(std::move(tls)),
        patience_(patience),
        addresses_(io_, std::move(endpoint)) {}

  Result<ClientReply> send(const ClientRequest& request) override {
    const Endpoint& endpoint = addresses_.endpoint();
    const std::string shown =
        endpoint.host.find(':') == std::string::npos ? endpoint.host : "[" + endpoint.host + "]";
    head_ = head_of(request, shown + ":" + endpoint.port);
    std::optional<Result<ClientReply>> reply;
    const auto run = [&]() -> asio::awaitable<void> { reply = co_await exchange(request); };
    io_.restart();
    asio::co_spawn(io_, run(), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
    io_.run();
    CHECK(reply.has_value());
    return *std::move(reply);
  }

 private:
  asio::awaitable<Result<ClientReply>> exchange(const ClientRequest& request) {
    if (wire_ == nullptr || !wire_->is_fresh()) {
      wire_ = std::make_unique<Wire>(io_, tls_ ? &*tls_ : nullptr);
      const auto unreached = co_await wire_->connect(addresses_, trust_, patience_);
      if (unreached) {
        wire_.reset();
        co_return Error(ErrorCode::kUnavailable,
                        fmt::format("{} {}: {}", unreached->untrusted ? "no TLS with" : "nobody answers at",
                                    name_, unreached->reason));
      }
    }
    Wire::ReplyParser parser;
    parser.body_limit(request.reply_bytes_max);
    parser.skip(request.method == "HEAD");
    const auto failure = co_await wire_->ask(head_, request.body, parser, patience_);
    if (failure || !request.reuse || !parser.get().keep_alive()) wire_.reset();
    if (failure) {
      co_return Error(ErrorCode::kUnavailable,
                      fmt::format("nobody answers at {}: {}", name_, failure.message()));
    }
    co_return reply_of(parser.release());
  }

  const std::string name_;
  const Trust trust_;
  std::optional<asio::ssl::context> tls_;
  const Wire::Milliseconds patience_;
  asio::io_context io_{1};
  HostAddresses addresses_;
  std::unique_ptr<Wire> wire_;  // nullptr: none is open
  std::string head_;            // of the request that is under way
};

}  // namespace

std::string_view ClientReply::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const Header& header) {
    return boost::beast::iequals(header.name, name);
  });
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

bool is_header_text(std::string_view text) {
  const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), printable);
}

Result<std::unique_ptr<HttpClient>> HttpClient::make(std::string_view endpoint, const Trust& trust,
                                                     std::uint64_t patience_ms) {
  ASSIGN_OR_RETURN(Endpoint address, parse_endpoint(endpoint));
  std::optional<asio::ssl::context> tls;
  if (address.encrypted) {
    ASSIGN_OR_RETURN(tls, client_context(trust));
  }
  return std::unique_ptr<HttpClient>(std::make_unique<WireClient>(
      std::string(endpoint), std::move(address), trust, std::move(tls), Wire::Milliseconds(patience_ms)));
}

}  // namespace gyre::http
