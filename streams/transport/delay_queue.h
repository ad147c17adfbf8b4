// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <utility>

namespace gyre::streams {

/// Things on their way, each with the time it may go on: first in, first out, so a slow one holds up those
/// behind it. Its owner bounds it. One thread.
template <class T>
class DelayQueue {
 public:
  void push(T thing, std::uint64_t release_ns) {
    last_release_ns_ = std::max(last_release_ns_, release_ns);
    queue_.emplace_back(last_release_ns_, std::move(thing));
  }
  bool empty() const { return queue_.empty(); }
  std::size_t size() const { return queue_.size(); }
  bool ready(std::uint64_t now_ns) const { return !queue_.empty() && queue_.front().first <= now_ns; }
  T& front() { return queue_.front().second; }
  T pop() {
    T thing = std::move(queue_.front().second);
    queue_.pop_front();
    return thing;
  }
  /// When the next may go on; the end of time if there is none.
  std::uint64_t next_ns() const {
    return queue_.empty() ? std::numeric_limits<std::uint64_t>::max() : queue_.front().first;
  }
  void clear() { queue_.clear(), last_release_ns_ = 0; }

 private:
  std::deque<std::pair<std::uint64_t, T>> queue_;
  std::uint64_t last_release_ns_ = 0;
};

}  // namespace gyre::streams
