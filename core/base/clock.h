// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "core/base/duration.h"

namespace gyre {

/// Time, as a parameter. Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Milliseconds since the Unix epoch; may jump.
  virtual std::uint64_t now_ms() const = 0;
  /// Nanoseconds from an unknown start; never goes back. For time-outs and durations.
  virtual std::uint64_t steady_ns() const = 0;
};

/// The machine's clock, shifted by a fixed offset (0, or a region's configured skew) on wall time only.
class SystemClock final : public Clock {
 public:
  explicit SystemClock(std::int64_t offset_ms = 0) : offset_ms_(offset_ms) {}
  std::uint64_t now_ms() const override;
  std::uint64_t steady_ns() const override;

 private:
  std::int64_t offset_ms_;
};

/// A clock that tests and the simulator turn by hand.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(std::uint64_t now_ms) : now_ms_(now_ms) {}
  std::uint64_t now_ms() const override { return now_ms_; }
  std::uint64_t steady_ns() const override { return steady_ns_; }
  void advance_ms(std::uint64_t by) {
    now_ms_ += by;
    steady_ns_ += by * kNanosecondsPerMs;
  }
  /// Moves wall time alone, forwards or back.
  void jump_to_ms(std::uint64_t now_ms) { now_ms_ = now_ms; }

 private:
  std::atomic<std::uint64_t> now_ms_;
  std::atomic<std::uint64_t> steady_ns_ = 0;
};

}  // namespace gyre
