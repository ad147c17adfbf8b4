// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/base/log_limit.h"
#include "core/base/random.h"
#include "streams/transport/client_session.h"
#include "streams/transport/stream_client.h"
#include "streams/transport/stream_message.h"

namespace gyre::streams {

/// What the reader's protocol machine needs of the world. Called on the machine's thread.
class ClientPort {
 public:
  virtual ~ClientPort() = default;
  /// False: not taken; the machine tries again on a later turn.
  virtual bool send(std::string frame) = 0;
  /// Drops the connection with everything under way, and makes a new one.
  virtual void reconnect() = 0;
};

/// A reader's side of the stream protocol without I/O: takes frames and the time, calls session handlers and
/// its port. All of the protocol's reader rules are here and in ClientSession. One thread; handlers may call
/// it.
class ClientMachine {
 public:
  using SessionNumber = StreamClient::SessionNumber;

  ClientMachine(std::string reader_id, ClientPort& port, Random& random)
      : reader_id_(std::move(reader_id)), port_(port), random_(random) {}

  SessionNumber open(SessionOptions options, SessionHandler* handler);
  void close(SessionNumber session);
  void consumed(SessionNumber session, std::uint64_t records, std::uint64_t bytes);
  void ack(SessionNumber session, ConsumerAck ack);

  /// A frame of the region; it may be anything. `memory` keeps it alive (stream_message.h). True if it was
  /// news.
  bool receive(std::string_view frame, storage::RecordList::Memory memory, std::uint64_t now_ns);
  /// Time passes: connects, says again what was not answered, ticks. Call it at next_turn_ns() at the latest.
  void turn(std::uint64_t now_ns);
  std::uint64_t next_turn_ns() const { return next_turn_ns_; }
  /// Says goodbye.
  void stop();

  bool connected() const { return state_ == State::kConnected; }
  std::uint64_t heard_ns() const { return heard_ns_; }
  const std::string& region() const { return region_; }

 private:
  enum class State { kPausing, kHello, kConnected };

  void on(const wire::Welcome& message);
  void on(const wire::Opened& message);
  void on(const wire::Refused& message);
  void on(wire::Batch& message);
  void on(const wire::Tick& message);
  void on(const wire::ShardEnd& message);
  void on(const wire::Acked& message);
  void on(const wire::Bye& message);
  template <class Other>
  void on(const Other&) {}  // for regions, not for readers

  ClientSession* find(SessionNumber session);
  // `pause`: the region is there and sent us away, so it must not be asked again at once.
  void disconnect(bool pause = true);
  // The region does not keep to the protocol: nothing of it can be trusted.
  void broken(std::string_view what);
  void reopen(ClientSession& session);
  void send_open(ClientSession& session);
  bool send_credit(ClientSession& session);
  void send_next_ack(SessionNumber number);
  void send_tick();
  bool send(const wire::Message& message) { return port_.send(wire::encode_message(message)); }

  const std::string reader_id_;
  ClientPort& port_;
  Random& random_;
  State state_ = State::kPausing;
  std::string region_;
  std::map<SessionNumber, ClientSession> sessions_;
  SessionNumber last_session_ = 0;

  LogLimit region_lines_;
  std::uint64_t now_ns_ = 0;
  std::uint64_t next_turn_ns_ = 0;
  std::uint64_t heard_ns_ = 0;
  std::uint64_t hello_ns_ = 0;  // next HELLO
  std::uint64_t next_tick_ns_ = 0;
  std::uint64_t next_connect_ns_ = 0;
  std::uint64_t pause_ms_ = 0;  // before the next connection; grows, and starts anew with each WELCOME
};

}  // namespace gyre::streams
