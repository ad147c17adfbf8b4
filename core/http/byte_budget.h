// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>

#include "core/metrics/counter.h"

namespace gyre::http {

/// Bytes that the connections of one I/O thread may hold together, of one kind (bodies, replies). One that
/// does not get its share waits in line: first come, first served, so that a large one is not overtaken for
/// ever. One always fits, however large, when nothing else is held. A machine: the I/O thread owns it and
/// turns it; all calls on that thread, but for the numbers at the end.
class ByteBudget {
 public:
  using Ticket = std::uint64_t;
  /// Called when the bytes are there and taken. False: they are not wanted any more, and go back.
  using Granted = std::function<bool()>;

  /// `wake` is called when serve() has something to do, once until serve() is called. It must not call
  /// serve() itself: its caller is in the middle of something.
  ByteBudget(std::size_t bytes_max, std::function<void()> wake);

  /// Whether `bytes` fit now and nobody waits for any.
  bool has_room(std::size_t bytes) const { return waiting_.empty() && fits(bytes); }
  /// Whether `bytes` would fit into a second budget of this size. For what is small and may go beyond the
  /// bound, and beyond those in line, so that a few large ones do not hold everybody up.
  bool has_slack(std::size_t bytes) const { return held() + bytes <= 2 * bytes_max_; }
  /// Takes them if there is room.
  bool take(std::size_t bytes);
  /// Takes what is in memory already, and cannot wait.
  void overdraw(std::size_t bytes) { held_.add(bytes); }
  void give(std::size_t bytes);

  Ticket wait(std::size_t bytes, Granted granted);
  void cancel(Ticket ticket);
  /// Grants to the first in line, if there is room. The next is served after another wake.
  void serve();

  // --- any thread ---
  std::size_t held() const { return held_.value(); }
  std::size_t waiting() const { return waiting_count_.value(); }
  std::size_t bytes_max() const { return bytes_max_; }

 private:
  struct Waiting {
    std::size_t bytes;
    Granted granted;
  };

  bool fits(std::size_t bytes) const { return held() == 0 || held() + bytes <= bytes_max_; }
  void wake_if_due();

  const std::size_t bytes_max_;
  const std::function<void()> wake_;
  metrics::Counter held_;
  std::map<Ticket, Waiting> waiting_;  // in the order in which they came
  metrics::Counter waiting_count_;
  Ticket next_ticket_ = 1;
  bool woken_ = false;
};

}  // namespace gyre::http
