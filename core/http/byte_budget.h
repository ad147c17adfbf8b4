// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>

namespace gyre::http {

/// Bytes that the connections of one I/O thread may hold together, of one kind (bodies, replies). Whoever
/// does not get its share waits in line: first come, first served, so that a large one is not overtaken for
/// ever. One always fits, however large, when nothing else is held. A machine: the I/O thread owns it and
/// turns it; all calls on that thread.
class ByteBudget {
 public:
  using Ticket = std::uint64_t;
  /// Called when the bytes are there and taken. False: they are not wanted any more, and go back.
  using Granted = std::function<bool()>;

  /// `wake` is called when serve() has something to do, once until serve() is called. It must not call
  /// serve() itself: who gives back is in the middle of something.
  ByteBudget(std::size_t bytes_max, std::function<void()> wake);

  /// Whether `bytes` fit now and nobody waits for any.
  bool has_room(std::size_t bytes) const { return waiting_.empty() && fits(bytes); }
  /// Whether `bytes` would fit into a second budget of this size. For what is small and may go beyond the
  /// bound, and beyond those in line, so that a few large ones do not hold everybody up.
  bool has_slack(std::size_t bytes) const { return held_ + bytes <= 2 * bytes_max_; }
  /// Takes them if there is room.
  bool take(std::size_t bytes);
  /// Takes what is in memory already, and cannot wait.
  void overdraw(std::size_t bytes) { held_ += bytes; }
  void give(std::size_t bytes);

  Ticket wait(std::size_t bytes, Granted granted);
  void cancel(Ticket ticket);
  /// Grants to the first in line, if there is room. The next is served after another wake.
  void serve();

  std::size_t held() const { return held_; }
  std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Waiting {
    std::size_t bytes;
    Granted granted;
  };

  bool fits(std::size_t bytes) const { return held_ == 0 || held_ + bytes <= bytes_max_; }
  void wake_if_due();

  const std::size_t bytes_max_;
  const std::function<void()> wake_;
  std::size_t held_ = 0;
  std::map<Ticket, Waiting> waiting_;  // in the order in which they came
  Ticket next_ticket_ = 1;
  bool woken_ = false;
};

}  // namespace gyre::http
