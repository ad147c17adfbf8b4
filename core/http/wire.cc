// SPDX-License-Identifier: Apache-2.0
#include "core/http/wire.h"

#include <sys/socket.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <cerrno>

#include "core/http/tls_client.h"

namespace gyre::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Failure = boost::system::error_code;

struct Wire::Streams {
  Streams(asio::io_context& io, asio::ssl::context* tls) : plain(io) {
    if (tls != nullptr) encrypted.emplace(plain, *tls);
  }

  beast::tcp_stream plain;
  std::optional<asio::ssl::stream<beast::tcp_stream&>> encrypted;
  beast::flat_buffer buffer;
};

namespace {

auto kept(Failure& failure) {
  return asio::redirect_error(asio::use_awaitable, failure);
}

template <class Stream>
asio::awaitable<Failure> exchange(Stream& stream, std::array<asio::const_buffer, 2> request,
                                  beast::flat_buffer& buffer, Wire::ReplyParser& parser) {
  Failure failure;
  co_await asio::async_write(stream, request, kept(failure));
  if (!failure) co_await beast::http::async_read(stream, buffer, parser, kept(failure));
  co_return failure;
}

}  // namespace

Wire::Wire(asio::io_context& io, asio::ssl::context* tls) : streams_(std::make_unique<Streams>(io, tls)) {}
Wire::~Wire() = default;

asio::awaitable<std::optional<Unreached>> Wire::connect(HostAddresses& addresses, const Trust& trust,
                                                        Milliseconds patience) {
  beast::tcp_stream& plain = streams_->plain;
  const HostAddresses::Found found = co_await addresses.find(patience);
  if (!found.ok()) co_return Unreached{false, found.error().message};
  Failure failure;
  plain.expires_after(patience);
  co_await plain.async_connect(*found, kept(failure));
  if (failure) co_return Unreached{false, failure.message()};
  Failure ignored;
  plain.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  if (!streams_->encrypted) co_return std::nullopt;
  auto& encrypted = *streams_->encrypted;
  expect_host(encrypted.native_handle(), addresses.endpoint().host, trust);
  plain.expires_after(patience);
  co_await encrypted.async_handshake(asio::ssl::stream_base::client, kept(failure));
  if (failure) co_return Unreached{true, handshake_fault(encrypted.native_handle(), failure)};
  co_return std::nullopt;
}

asio::awaitable<Failure> Wire::ask(std::string_view head, std::string_view body, ReplyParser& parser,
                                   Milliseconds patience) {
  streams_->plain.expires_after(patience);
  const std::array<asio::const_buffer, 2> request = {asio::buffer(head), asio::buffer(body)};
  if (streams_->encrypted) {
    co_return co_await exchange(*streams_->encrypted, request, streams_->buffer, parser);
  }
  co_return co_await exchange(streams_->plain, request, streams_->buffer, parser);
}

bool Wire::is_fresh() {
  char byte;
  return streams_->buffer.size() == 0 &&
         ::recv(streams_->plain.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
         (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace gyre::http
