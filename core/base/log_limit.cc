// SPDX-License-Identifier: Apache-2.0
#include "core/base/log_limit.h"

#include "core/base/clock.h"
#include "core/base/duration.h"

namespace gyre {
namespace {

constexpr int kCountBits = 24;
constexpr std::uint64_t kCountMask = (1ULL << kCountBits) - 1;

}  // namespace

std::optional<std::uint64_t> LogLimit::admit(std::uint64_t now_ns) {
  // The first second is 1, so that the zero of a new limit belongs to none.
  const std::uint64_t second = now_ns / kNanosecondsPerSecond + 1;
  std::uint64_t seen = window_.load(std::memory_order_relaxed);
  for (;;) {
    // A thread that read its clock a little earlier counts in the newer second.
    const bool is_new = seen >> kCountBits < second;
    const std::uint64_t written = is_new ? 0 : seen & kCountMask;
    if (written >= lines_per_second_max_) {
      left_out_.fetch_add(1, std::memory_order_relaxed);
      return std::nullopt;
    }
    const std::uint64_t next = is_new ? (second << kCountBits) + 1 : seen + 1;
    if (window_.compare_exchange_weak(seen, next, std::memory_order_relaxed)) break;
  }
  return left_out_.exchange(0, std::memory_order_relaxed);
}

std::optional<std::uint64_t> LogLimit::admit() {
  return admit(SystemClock().steady_ns());
}

void write_log(LogLevel level, std::string_view line, std::uint64_t left_out) {
  if (left_out == 0) return write_log(level, line);
  write_log(level, fmt::format("{} ({} lines like this one were left out)", line, left_out));
}

}  // namespace gyre
