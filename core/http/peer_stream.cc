// SPDX-License-Identifier: Apache-2.0
#include "core/http/peer_stream.h"

#include <boost/asio/ssl/stream.hpp>
#include <string>

#include "core/base/check.h"

namespace gyre::http {

namespace asio = boost::asio;

namespace {

// The most that one TLS record holds.
constexpr std::size_t kRecordBytesMax = 16 * 1024;

}  // namespace

struct PeerStream::Tls {
  asio::ssl::stream<Socket&> stream;
  std::string record;  // head and body of a small reply, joined

  Tls(Socket& socket, asio::ssl::context& context) : stream(socket, context) {}
};

PeerStream::PeerStream(Socket socket, TlsContext* tls) : socket_(std::move(socket)) {
  if (tls != nullptr) tls_ = std::make_unique<Tls>(socket_, tls->context());
}

PeerStream::~PeerStream() = default;

void PeerStream::handshake(Done done) {
  CHECK(encrypted());
  tls_->stream.async_handshake(asio::ssl::stream_base::server, std::move(done));
}

void PeerStream::tls_read_some(asio::mutable_buffer room, Transferred handler) {
  tls_->stream.async_read_some(room, std::move(handler));
}

// Asio makes a record, and so a packet, of each buffer.
void PeerStream::tls_write(std::string_view head, std::string_view body, Transferred handler) {
  if (head.size() + body.size() <= kRecordBytesMax) {
    tls_->record.assign(head).append(body);
    return asio::async_write(tls_->stream, asio::buffer(tls_->record), std::move(handler));
  }
  const std::array bytes{asio::buffer(head), asio::buffer(body)};
  asio::async_write(tls_->stream, bytes, std::move(handler));
}

void PeerStream::end_sending(Done done) {
  const auto end = [this] {
    ErrorCode ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  };
  if (!encrypted()) {
    end();
    return done({});
  }
  // Ends when the peer has said its farewell too, or something else.
  tls_->stream.async_shutdown([this, end, done = std::move(done)](ErrorCode) {
    spent_tls_ = std::move(tls_);
    end();
    done({});
  });
}

}  // namespace gyre::http
