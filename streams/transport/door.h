// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "core/base/result.h"

namespace gyre::streams {

/// The way in from the network: a listening TCP socket of our own, from which libzmq accepts (ZMQ_USE_FD).
/// libzmq accepts without bound, so the bound is at the socket:
/// - a connection that has sent nothing stays in the kernel (TCP_DEFER_ACCEPT) and costs no descriptor; of a
///   crowd of them the kernel lets some in all the same, until their greeting is overdue;
/// - while `connections_max` are open, the socket drops requests for more. Their kernels ask again each
///   second or so, and get in once there is room.
/// Connections are counted from libzmq's own events, on a thread of this class. What libzmq accepts while an
/// event is under way comes on top, a handful in practice.
///
/// Owned by the ROUTER's owner, and used on its thread.
class Door {
 public:
  /// `endpoint`: "tcp://HOST:PORT" with an IPv4 address or a name, or "*"; port 0 or "*" is any free one.
  /// kValidation if there can be no such socket.
  static Result<std::unique_ptr<Door>> listen(const std::string& endpoint, std::size_t connections_max);
  ~Door();
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  /// Has the ROUTER `socket` of `context` accept here. Once. kInternal without a descriptor.
  Status open(void* context, void* socket);
  /// Ends the counting, before the ROUTER is closed.
  void close();
  /// Any thread.
  std::size_t connections() const;

 private:
  struct State;
  explicit Door(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gyre::streams
