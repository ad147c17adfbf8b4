// SPDX-License-Identifier: Apache-2.0
#include "core/http/session.h"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <utility>

#include "core/base/check.h"
#include "core/base/duration.h"
#include "core/base/limits.h"
#include "core/http/chunk_framing.h"
#include "core/http/compression.h"
#include "core/http/content_coding.h"
#include "core/http/cors.h"
#include "core/http/dynamodb_handler.h"
#include "core/http/error_reply.h"

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
  auto address = peer.address();
  // A socket for both kinds shows IPv4 so.
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  from_loopback_ = address.is_loopback();
  source_address_ = address.to_string();
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
  const auto in_ms = [&](std::uint64_t ms) {
    entered_ns_ = context_.clock.steady_ns();
    return entered_ns_ + ms * kNanosecondsPerMs;
  };
  switch (state) {
    case State::kHandshaking:
      deadline_ns_ = in_ms(context_.options.handshake_timeout_ms);
      return;
    case State::kIdle:
      deadline_ns_ = in_ms(context_.options.idle_timeout_ms);
      return;
    case State::kReading:
    case State::kWaiting:
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
  if (now_ns < deadline_ns_) return;
  state_ == State::kWaiting ? refuse_waiting() : close();
}

void Session::close_if_idle() {
  if (state_ == State::kHandshaking || state_ == State::kIdle || state_ == State::kLingering) close();
}

void Session::close() {
  if (state_ == State::kClosed) return;
  stop_waiting();
  release_body();
  release_reply();
  enter(State::kClosed);
  ErrorCode ignored;
  stream_.socket().close(ignored);
  context_.on_closed(*this);  // last: may be the end of *this, unless the caller holds it
}

void Session::read() {
  std::size_t room = kFirstReadBytes;
  if (parser_ && parser_->is_header_done()) {
    const auto remaining = parser_->content_length_remaining();
    room = remaining ? std::clamp<std::uint64_t>(*remaining, kFirstReadBytes, limits::kHttpReadBytes)
                     : limits::kHttpReadBytes;
  }
  stream_.read_some(buffer_.prepare(room), [self = shared_from_this()](ErrorCode error, std::size_t count) {
    self->on_read(error, count);
  });
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
  began_ns_ = entered_ns_;
  read_in_parts_ = false;
  parser_.emplace();
  parser_->header_limit(limits::kHttpHeaderBytesMax);
  parser_->body_limit(limits::kHttpBodyBytesMax);
  spare_body_.clear();
  parser_->get().body() = std::move(spare_body_);
  ++request_number_;
  request_id_ = make_request_id(context_.random);
  head_ = {};
  head_taken_ = false;
  keep_alive_ = true;
  continue_sent_ = false;
}

void Session::parse() {
  if (!parser_) begin_request();
  while (!parser_->is_done() && buffer_.size() > 0) {
    if (!parse_some()) return;
  }
  if (parser_->is_done()) return handle();
  continue_reading();
}

// One step of the parser: the head, or what there is of the body.
bool Session::parse_some() {
  ErrorCode error;
  const std::size_t used = parser_->put(buffer_.data(), error);
  buffer_.consume(used);
  if (error == beast::http::error::need_more) {
    // The parser takes a chunk's size line and the trailer whole, and asks for more until it has them. It
    // takes the end of a line for a part of a quoted value.
    if (parser_->is_header_done() && parser_->chunked()) {
      const auto framing = buffer_.cdata();
      if (framing.size() > limits::kHttpChunkFramingBytesMax ||
          has_open_quote({static_cast<const char*>(framing.data()), framing.size()})) {
        return refuse(400), false;
      }
    }
    return continue_reading(), false;
  }
  if (error) return refuse_unreadable(error), false;
  if (!parser_->is_header_done()) return true;
  return take_head() && take_body_room();
}

bool Session::take_head() {
  if (head_taken_) return true;
  head_taken_ = true;
  const auto& message = parser_->get();
  head_ = read_head(message);
  keep_alive_ = message.keep_alive();
  if (!head_.refusal) return true;
  refuse(*head_.refusal);
  return false;
}

// A body of a known length takes all that it will need before any of it is read, and one in chunks what the
// largest needs: so each that has begun can be finished, and no two wait for each other.
bool Session::take_body_room() {
  if (body_room_ > 0) return true;
  const auto length = parser_->content_length();
  const std::size_t known = length ? *length : parser_->get().body().size();
  if (known <= limits::kHttpFreeBodyBytes) return true;
  const std::size_t needed = length ? *length : limits::kHttpBodyBytesMax;
  if (context_.bodies.take(needed)) {
    body_room_ = needed;
    return true;
  }
  wait_for(For::kBody, needed);
  return false;
}

void Session::wait_for(For purpose, std::size_t bytes) {
  enter(State::kWaiting);
  waiting_at_ = purpose == For::kBody ? &context_.bodies : &context_.replies;
  ticket_ = waiting_at_->wait(
      bytes, [self = shared_from_this(), purpose, bytes] { return self->resume(purpose, bytes); });
}

// Called by the budget, which has taken the bytes.
bool Session::resume(For purpose, std::size_t bytes) {
  CHECK(state_ == State::kWaiting);
  waiting_at_ = nullptr;
  if (purpose == For::kBody) {
    body_room_ = bytes;
    enter(State::kReading);
    parse();
  } else {
    reply_room_ = bytes;
    handle();
  }
  return true;
}

void Session::stop_waiting() {
  if (waiting_at_ == nullptr) return;
  std::exchange(waiting_at_, nullptr)->cancel(ticket_);
}

void Session::refuse_waiting() {
  const auto self = shared_from_this();  // which the budget held until now
  stop_waiting();
  keep_alive_ = keep_alive_ && parser_->is_done();
  send(Reply::of(error_reply({gyre::ErrorCode::kUnavailable,
                              "Too many large requests or replies are under way; try again"}),
                 kJson10));
}

void Session::continue_reading() {
  read_in_parts_ = true;
  if (parser_->is_header_done() && !continue_sent_) {
    continue_sent_ = true;
    const auto& message = parser_->get();
    const std::string_view expect = head_.request.expect;
    const bool waits = message.version() == 11 &&
                       beast::iequals(beast::string_view(expect.data(), expect.size()), "100-continue");
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
  if (error == beast::http::error::body_limit) {
    keep_alive_ = false;
    return send(Reply::of(
        error_reply({gyre::ErrorCode::kRequestTooLarge, "The request is larger than 16 MB"}), kJson10));
  }
  const bool too_long =
      error == beast::http::error::header_limit || error == beast::http::error::buffer_overflow;
  refuse(too_long ? 431 : 400);
}

// Of a request that cannot be read to its end: nobody knows where the next would begin.
void Session::refuse(int status) {
  keep_alive_ = false;
  const std::string_view text = status == 431   ? "Headers larger than 16 KB, or more than 100\n"
                                : status == 501 ? "No transfer coding but chunked\n"
                                                : "Bad request\n";
  send(Reply{status, "text/plain", std::string(text), {}});
}

void Session::handle() {
  enter(State::kRunning);
  // Once: a request that waits for room is handled again.
  if (std::exchange(read_in_parts_, false)) began_ns_ = context_.clock.steady_ns();
  HttpRequest& request = head_.request;
  const auto& body = parser_->get().body();
  request.body = body;
  request.request_id = view(request_id_);
  request.source_address = source_address_;
  request.from_loopback = from_loopback_;
  request.sink = &context_.sink;
  request.json = &context_.json;
  request.connection = this;

  if (request.method == "OPTIONS" && !request.origin.empty())
    return send(preflight_reply(request, context_.routes));
  Handler* const handler = context_.routes.find(request.method, request.path, request.parameters);
  if (handler == nullptr) return send(not_found(request.method));
  if (auto refusal = refuse_origin(request, *handler, context_.routes)) return send(std::move(*refusal));
  handler->run(request, ReplyTo(weak_from_this(), request_number_));
  if (state_ != State::kWaiting) release_body();
}

void Session::reply(std::uint64_t number, Reply reply) {
  if (state_ == State::kClosed) return;
  CHECK(state_ == State::kRunning && number == request_number_);  // a ReplyTo is called once
  send(std::move(reply));
}

bool Session::take_room(const ReplyRoom& room) {
  CHECK(state_ == State::kRunning);
  if (room.bytes == 0 || reply_room_ > 0) return true;
  if (!room.set_aside && context_.replies.has_slack(room.bytes)) return true;
  if (room.set_aside && context_.replies.take(room.bytes)) {
    reply_room_ = room.bytes;
    return true;
  }
  wait_for(For::kReply, room.bytes);
  return false;
}

// The context outlives every connection, and every completion that its thread runs.
TakenBody Session::take_body() {
  CHECK(state_ == State::kRunning);
  return {std::move(parser_->get().body()), [&bodies = context_.bodies, room = std::exchange(body_room_, 0)] {
            if (room > 0) bodies.give(room);
          }};
}

std::string_view Session::header(std::string_view name) const {
  const auto& message = parser_->get();
  std::size_t left = head_.field_count;
  for (auto field = message.begin(); left > 0; ++field, --left) {
    if (beast::iequals(field->name_string(), beast::string_view(name.data(), name.size()))) {
      return {field->value().data(), field->value().size()};
    }
  }
  return {};
}

void Session::each_header(const HeaderVisitor& visit) const {
  const auto& message = parser_->get();
  std::size_t left = head_.field_count;
  for (auto field = message.begin(); left > 0; ++field, --left) {
    visit({field->name_string().data(), field->name_string().size()},
          {field->value().data(), field->value().size()});
  }
}

void Session::send(Reply reply) {
  enter(State::kWriting);
  if (reply.outcome != kNotCounted) {
    context_.requests.record(reply.operation, reply.outcome, entered_ns_ - began_ns_);
  }
  keep_alive_ = keep_alive_ && !context_.stopping;
  if (!head_.request.origin.empty()) add_cors_headers(reply);
  compress_body(reply);
  reply_head_.clear();
  append_reply_head(reply_head_, reply,
                    {view(request_id_), context_.date.at(context_.clock.now_ms()), keep_alive_});
  reply_body_ = std::move(reply.body);
  if (reply_room_ > 0) context_.replies.give(std::exchange(reply_room_, 0));
  if (reply_body_.size() > limits::kHttpFreeReplyBytes) {
    reply_held_ = reply_body_.size();
    context_.replies.overdraw(reply_held_);
  }
  stream_.write(reply_head_, reply_body_,
                [self = shared_from_this()](ErrorCode error, std::size_t) { self->on_written(error); });
}

// What is small gains nothing, and what is large would hold the thread.
void Session::compress_body(Reply& reply) {
  const std::size_t bytes = reply.body.size();
  if (bytes <= limits::kHttpCompressBytesMin || bytes > limits::kHttpCompressBytesMax) return;
  const ContentCoding coding = reply_coding(head_.request.accept_encoding);
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
  release_body();
  spare_body_ = std::move(parser_->get().body());
  if (spare_body_.capacity() > limits::kHttpKeptBytesMax) spare_body_ = {};
  parser_.reset();
  release_reply();
  if (buffer_.size() == 0 && buffer_.capacity() > limits::kHttpKeptBytesMax) buffer_.shrink_to_fit();
  enter(State::kIdle);
}

// The body is nobody's any more: a handler copies what it needs beyond run().
void Session::release_body() {
  if (body_room_ == 0) return;
  parser_->get().body() = {};
  head_.request.body = {};
  context_.bodies.give(std::exchange(body_room_, 0));
}

void Session::release_reply() {
  reply_body_ = {};
  if (reply_room_ > 0) context_.replies.give(std::exchange(reply_room_, 0));
  if (reply_held_ > 0) context_.replies.give(std::exchange(reply_held_, 0));
}

void Session::linger() {
  enter(State::kLingering);
  release_body();
  release_reply();
  buffer_.clear();
  stream_.end_sending([self = shared_from_this()](ErrorCode) {
    if (!self->closed()) self->read();
  });
}

}  // namespace gyre::http
