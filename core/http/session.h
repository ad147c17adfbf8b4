// SPDX-License-Identifier: Apache-2.0
#pragma once

// Inside core/http only: shows Asio and Beast.
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/http/byte_budget.h"
#include "core/http/handler.h"
#include "core/http/peer_stream.h"
#include "core/http/raw_request.h"
#include "core/http/reply.h"
#include "core/http/request_counts.h"
#include "core/http/request_id.h"
#include "core/http/routes.h"
#include "core/http/server.h"

namespace gyre::http {

class Session;

/// What all sessions of one I/O thread share; the thread owns it, and it outlives them.
struct SessionContext {
  const ServerOptions& options;
  const Clock& clock;
  TlsContext* tls;  ///< null: plain connections
  const Routes& routes;
  CompletionSink& sink;
  ByteBudget bodies;   ///< of requests, from when they are read until they are run
  ByteBudget replies;  ///< from when they are made until their peers took them
  json::Parser json;
  SeededRandom random;
  HttpDate date;
  RequestCounts requests;
  std::function<void(Session&)> on_closed;  ///< the thread's list lets go of it
  bool stopping = false;                    ///< every reply is the last of its connection
};

/// One connection: reads a request, has it answered, writes the reply, again. Pipelined requests wait in the
/// buffer. All on its I/O thread. The thread's list owns it, and so does each read or write under way; a
/// ReplyTo only knows it weakly, so that a late answer to a dead connection does nothing.
///
/// What it holds in memory beyond a small allowance is taken from the thread's budgets. Where there is none,
/// it stops: it reads no further from its peer before a large body, and does not run a request whose reply
/// may be large.
class Session final : public Connection, public std::enable_shared_from_this<Session> {
 public:
  Session(SessionContext& context, Socket socket);

  void start();
  /// Closes the connection if its peer has kept it waiting for too long. Called now and then.
  void check_deadline(std::uint64_t now_ns);
  /// Closes the connection if no request is under way.
  void close_if_idle();
  void close();

  void reply(std::uint64_t number, Reply reply) override;
  bool take_room(const ReplyRoom& room) override;
  TakenBody take_body() override;
  std::string_view header(std::string_view name) const override;
  void each_header(const HeaderVisitor& visit) const override;

  bool closed() const { return state_ == State::kClosed; }

 private:
  enum class State {
    kHandshaking,  // TLS is agreed upon
    kIdle,         // between requests
    kReading,      // part of a request has come
    kWaiting,      // for its share of a budget; nothing is read meanwhile
    kRunning,      // the operation will answer
    kWriting,
    kLingering,  // said all; waits for the peer to close, so that it surely gets to read the reply
    kClosed,
  };
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  enum class For { kBody, kReply };
  using ErrorCode = boost::system::error_code;

  void enter(State state);
  void handshake();
  void read();
  void on_read(ErrorCode error, std::size_t count);
  void begin_request();
  void parse();
  /// False: the connection does something else now.
  bool parse_some();
  bool take_head();
  bool take_body_room();
  void continue_reading();
  void refuse_unreadable(ErrorCode error);
  void refuse(int status);

  void wait_for(For purpose, std::size_t bytes);
  bool resume(For purpose, std::size_t bytes);
  void stop_waiting();
  void refuse_waiting();

  void handle();
  void send(Reply reply);
  void compress_body(Reply& reply);
  void on_written(ErrorCode error);
  void finish_request();
  void release_body();
  void release_reply();
  void linger();

  SessionContext& context_;
  PeerStream stream_;
  bool from_loopback_ = false;
  std::string source_address_;
  State state_ = State::kIdle;
  std::uint64_t entered_ns_ = 0;  // its state, if that has a deadline
  std::uint64_t deadline_ns_ = 0;

  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;  // of the request under way
  std::string spare_body_;        // the last request's body string, for its memory

  // Of the request under way.
  std::uint64_t request_number_ = 0;
  RequestId request_id_{};
  RequestHead head_;
  std::uint64_t began_ns_ = 0;  // when it was all there; with its first bytes, if it came in one piece
  bool read_in_parts_ = false;
  bool head_taken_ = false;
  bool keep_alive_ = true;
  bool continue_sent_ = false;
  std::size_t body_room_ = 0;   // taken of the budgets
  std::size_t reply_room_ = 0;  // set aside for a reply that is being made
  std::size_t reply_held_ = 0;  // of the reply itself
  ByteBudget* waiting_at_ = nullptr;
  ByteBudget::Ticket ticket_ = 0;

  std::string reply_head_;
  std::string reply_body_;
};

}  // namespace gyre::http
