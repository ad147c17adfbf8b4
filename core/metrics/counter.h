// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace gyre::metrics {

/// A number that one thread changes and any thread reads. Where several threads change it, they do so one at
/// a time, under a lock that they hold anyway. A change costs a load and a store, and no bus lock.
class Counter {
 public:
  void add(std::uint64_t by = 1) { set(value() + by); }
  void subtract(std::uint64_t by) { set(value() - by); }
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

}  // namespace gyre::metrics
