// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace gyre::streams {

/// A frame as it arrived. Movable; the view holds as long as this lives.
class Frame {
 public:
  Frame(std::string peer, std::shared_ptr<const void> holder, std::string_view body)
      : peer_(std::move(peer)), holder_(std::move(holder)), body_(body) {}
  /// Of a ROUTER: who sent it.
  const std::string& peer() const { return peer_; }
  std::string_view body() const { return body_; }
  /// Keeps the body alive.
  const std::shared_ptr<const void>& holder() const { return holder_; }

 private:
  std::string peer_;
  std::shared_ptr<const void> holder_;  // shared, since the type of what holds the bytes is libzmq's own
  std::string_view body_;
};

/// One ROUTER or DEALER with its own context and an eventfd beside it: everything of libzmq that Gyre uses.
/// Never blocks but in wait(), and never throws. All calls on one thread, but for wake().
///
/// What bites in libzmq, and is settled here: ROUTER_MANDATORY with DONTWAIT, so that nothing is dropped
/// silently and nothing blocks; heartbeats stay off (4.3.4 can abort when a stalled reader misses one);
/// finite linger; MAXMSGSIZE; IMMEDIATE, so that nothing queues for a region that is not there; EINTR is no
/// error; zmq_poll looks at ZMQ_EVENTS itself, so that the edge-triggered descriptor is nobody else's
/// business; a message of several body frames is dropped whole.
class FrameSocket {
 public:
  static Result<std::unique_ptr<FrameSocket>> bind_router(const std::string& endpoint);
  static Result<std::unique_ptr<FrameSocket>> make_dealer();
  ~FrameSocket();
  FrameSocket(const FrameSocket&) = delete;
  FrameSocket& operator=(const FrameSocket&) = delete;

  /// Of a DEALER: drops the connection, with everything under way, and makes a new one. kValidation if the
  /// endpoint is none.
  Status connect(const std::string& endpoint);
  /// Of a ROUTER: its real address.
  std::string endpoint() const;

  /// Of a DEALER: there is a connection, and room in its queue.
  bool takes_frames() const;
  /// False if it was not taken: the queue is full, or the peer is gone. `peer` is empty for a DEALER.
  bool send(const std::string& peer, std::string frame);
  /// The next frame, or nullopt if there is none now.
  std::optional<Frame> receive();

  /// Waits until a frame arrives, wake() was called, or `timeout_ms` went by.
  void wait(int timeout_ms);
  /// Any thread.
  void wake();
  /// True once after wake().
  bool take_wake();

 private:
  struct State;
  explicit FrameSocket(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gyre::streams
