// SPDX-License-Identifier: Apache-2.0
#include "core/http/session.h"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include "core/base/duration.h"
#include "core/base/limits.h"
#include "core/http/compression.h"
#include "core/http/raw_request.h"

namespace gyre::http {

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

constexpr std::uint64_t kNever = UINT64_MAX;
constexpr std::size_t kFirstReadBytes = 4096;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

Session::Session(SessionContext& context, Socket socket)
    : context_(context), stream_(std::move(socket), context.tls) {}

void Session::start() {
  ErrorCode error;
  stream_.socket().set_option(asio::ip::tcp::no_delay(true), error);
  const auto peer = stream_.socket().remote_endpoint(error);
  if (error) return close();
  const auto address = peer.address();
  from_loopback_ = address.is_loopback() ||
                   (address.is_v6() && address.to_v6().is_v4_mapped() &&
                    asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback());
  if (stream_.encrypted()) return handshake();
  enter(State::kIdle);
  read();
}

void Session::handshake() {
  enter(State::kHandshaking);
  stream_.handshake([self = shared_from_this()](ErrorCode error) {
    if (self->closed()) return;
    if (error) return self->close();
    self->enter(State::kIdle);
    self->read();
  });
}

// Each state sets its own deadline. A running operation has none: its time is the database's, not the peer's.
void Session::enter(State state) {
  state_ = state;
  const auto in_ms = [&](std::uint64_t ms) { return context_.clock.steady_ns() + ms * kNanosecondsPerMs; };
  switch (state) {
    case State::kHandshaking:
      deadline_ns_ = in_ms(context_.options.handshake_timeout_ms);
      return;
    case State::kIdle:
      deadline_ns_ = in_ms(context_.options.idle_timeout_ms);
      return;
    case State::kReading:
    case State::kWriting:
      deadline_ns_ = in_ms(context_.options.request_timeout_ms);
      return;
    case State::kLingering:
      deadline_ns_ = in_ms(limits::kHttpLingerMs);
      return;
    case State::kRunning:
    case State::kClosed:
      deadline_ns_ = kNever;
      return;
  }
}

void Session::check_deadline(std::uint64_t now_ns) {
  if (now_ns >= deadline_ns_) close();
}

void Session::close_if_idle() {
  if (state_ == State::kHandshaking || state_ == State::kIdle || state_ == State::kLingering) close();
}

void Session::close() {
  if (state_ == State::kClosed) return;
  enter(State::kClosed);
  ErrorCode ignored;
  stream_.socket().close(ignored);
  context_.on_closed(*this);  // last: may be the end of *this, unless the caller holds it
}

void Session::read() {
  const bool in_body = parser_ && parser_->is_header_done();
  const auto room = buffer_.prepare(in_body ? limits::kHttpReadBytes : kFirstReadBytes);
  stream_.read_some(
      room, [self = shared_from_this()](ErrorCode error, std::size_t count) { self->on_read(error, count); });
}

void Session::on_read(ErrorCode error, std::size_t count) {
  if (state_ == State::kClosed) return;
  if (error) return close();
  buffer_.commit(count);
  if (state_ == State::kLingering) {
    buffer_.clear();
    return read();
  }
  parse();
}

void Session::begin_request() {
  enter(State::kReading);
  parser_.emplace();
  parser_->header_limit(limits::kHttpHeaderBytesMax);
  parser_->body_limit(limits::kHttpBodyBytesMax);
  parser_->eager(true);
  spare_body_.clear();
  parser_->get().body() = std::move(spare_body_);
  ++request_number_;
  request_id_ = make_request_id(context_.random);
  reply_type_ = kJson10;
  keep_alive_ = true;
  cross_origin_ = false;
  continue_sent_ = false;
}

void Session::parse() {
  if (!parser_) begin_request();
  while (!parser_->is_done() && buffer_.size() > 0) {
    ErrorCode error;
    const std::size_t used = parser_->put(buffer_.data(), error);
    buffer_.consume(used);
    if (error == beast::http::error::need_more) break;
    if (error) return refuse_unreadable(error);
  }
  if (parser_->is_done()) return handle();
  continue_reading();
}

void Session::continue_reading() {
  if (parser_->is_header_done() && !continue_sent_) {
    continue_sent_ = true;
    const auto& message = parser_->get();
    const bool waits =
        message.version() == 11 && beast::iequals(message[beast::http::field::expect], "100-continue");
    if (waits && message.body().empty()) {
      return stream_.write(kContinue, {}, [self = shared_from_this()](ErrorCode error, std::size_t) {
        if (self->closed()) return;
        error ? self->close() : self->read();
      });
    }
  }
  read();
}

void Session::refuse_unreadable(ErrorCode error) {
  keep_alive_ = false;  // nobody knows where the next request would begin
  if (error == beast::http::error::body_limit) {
    return send(Reply::of(
        error_reply({gyre::ErrorCode::kRequestTooLarge, "The request is larger than 16 MB"}), kJson10));
  }
  const bool too_long =
      error == beast::http::error::header_limit || error == beast::http::error::buffer_overflow;
  send(Reply{
      too_long ? 431 : 400, "text/plain", too_long ? "Headers larger than 16 KB\n" : "Bad request\n", {}});
}

void Session::handle() {
  enter(State::kRunning);
  const auto& message = parser_->get();
  RawRequest request = read_headers(message);
  request.from_loopback = from_loopback_;
  keep_alive_ = message.keep_alive();
  cross_origin_ = !request.origin.empty();

  auto answer = context_.gate.admit(request);
  if (auto* reply = std::get_if<Reply>(&answer)) return send(std::move(*reply));
  run(std::get<Admitted>(answer), request.host);
}

void Session::run(const Admitted& admitted, std::string_view endpoint) {
  reply_type_ = admitted.reply_type;
  const Request request{view(request_id_), admitted.principal, endpoint, admitted.body, &context_.sink};
  admitted.operation->run(request,
                          [weak = weak_from_this(), number = request_number_](Result<std::string> result) {
                            if (const auto self = weak.lock()) self->respond(number, std::move(result));
                          });
}

void Session::respond(std::uint64_t request_number, Result<std::string> result) {
  if (state_ == State::kClosed) return;
  CHECK(state_ == State::kRunning && request_number == request_number_);  // a Responder is called once
  if (result.ok()) return send(Reply{200, reply_type_, std::move(result).value(), {}});
  send(Reply::of(error_reply(result.error()), reply_type_));
}

void Session::send(Reply reply) {
  enter(State::kWriting);
  keep_alive_ = keep_alive_ && !context_.stopping;
  if (cross_origin_) reply.headers += "Access-Control-Allow-Origin: *\r\n";
  if (reply.body.size() > limits::kHttpCompressBytesMin) compress_body(reply);
  reply_head_.clear();
  append_reply_head(reply_head_, reply,
                    {view(request_id_), context_.date.at(context_.clock.now_ms()), keep_alive_});
  reply_body_ = std::move(reply.body);
  stream_.write(reply_head_, reply_body_,
                [self = shared_from_this()](ErrorCode error, std::size_t) { self->on_written(error); });
}

// Of several Accept-Encoding headers the first counts, as for AWS.
void Session::compress_body(Reply& reply) {
  const auto accepted = parser_->get()[beast::http::field::accept_encoding];
  const ContentCoding coding = reply_coding({accepted.data(), accepted.size()});
  if (coding == ContentCoding::kIdentity) return;
  reply.body = compress(reply.body, coding);
  reply.headers.append("Content-Encoding: ").append(name_of(coding)).append("\r\n");
}

void Session::on_written(ErrorCode error) {
  if (state_ == State::kClosed) return;
  if (error) return close();
  if (!keep_alive_) return linger();
  finish_request();
  if (context_.stopping) return close();
  buffer_.size() > 0 ? parse() : read();
}

// Keeps the memory of ordinary requests for the next, and gives back that of giant ones.
void Session::finish_request() {
  spare_body_ = std::move(parser_->get().body());
  if (spare_body_.capacity() > limits::kHttpKeptBytesMax) spare_body_ = {};
  parser_.reset();
  reply_body_ = {};
  if (buffer_.size() == 0 && buffer_.capacity() > limits::kHttpKeptBytesMax) buffer_.shrink_to_fit();
  enter(State::kIdle);
}

void Session::linger() {
  enter(State::kLingering);
  buffer_.clear();
  stream_.end_sending([self = shared_from_this()](ErrorCode) {
    if (!self->closed()) self->read();
  });
}

}  // namespace gyre::http
