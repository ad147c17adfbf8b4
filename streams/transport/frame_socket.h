// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "streams/transport/frame_budget.h"

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

/// What became of a frame.
enum class SendOutcome {
  kTaken,
  kFull,  ///< no room in the queue or in the budget for frames; nothing was sent
  kGone,  ///< there is no such connection any more; nothing was sent
};

/// Bounds of a ROUTER.
struct RouterOptions {
  std::size_t connections_max = limits::kStreamConnectionsMax;
  std::size_t frames_bytes_max = limits::kStreamFramesBytesMax;  ///< of all readers
  int stalled_ms = limits::kStreamStalledMs;  ///< a reader that takes nothing for so long is cut off
};

/// One ROUTER or DEALER with its own context and an eventfd beside it: everything of libzmq that Gyre uses.
/// Never blocks but in wait(), and never throws. All calls on one thread, but for wake().
///
/// What bites in libzmq, and is settled here: ROUTER_MANDATORY with DONTWAIT, so that nothing is dropped
/// silently and nothing blocks; heartbeats stay off (4.3.4 can abort when a stalled reader misses one);
/// finite linger; MAXMSGSIZE; IMMEDIATE, so that nothing queues for a region that is not there; EINTR is no
/// error; a ROUTER's frames are bounded by bytes (FrameBudget) and its connections by Door, since libzmq
/// knows neither bound; a reader that takes nothing for kStreamStalledMs is cut off by the kernel; zmq_poll
/// looks at ZMQ_EVENTS itself, so that the edge-triggered descriptor is nobody else's business; a message of
/// several body frames is dropped whole.
class FrameSocket {
 public:
  static Result<std::unique_ptr<FrameSocket>> bind_router(const std::string& endpoint,
                                                          const RouterOptions& options = {});
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
  /// `peer` is empty for a DEALER.
  SendOutcome send(const std::string& peer, std::string frame);
  /// Of a ROUTER: what readers make it hold. wake() is called when there is room again.
  FrameBudget& budget();
  /// Of a ROUTER: how many connections are open.
  std::size_t connections() const;
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
