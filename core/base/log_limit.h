// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "core/base/limits.h"
#include "core/base/log.h"

namespace gyre {

/// Bounds the lines of one place in the code whose cause is an outsider: without it a peer that sends garbage
/// fills the disk with log. Lines beyond the bound are counted instead of written, and the next line that is
/// written says how many those were. One per place: a member, or a `static` beside the line. Any thread.
class LogLimit {
 public:
  constexpr explicit LogLimit(std::uint32_t lines_per_second_max = limits::kLogLinesPerSecondMax)
      : lines_per_second_max_(lines_per_second_max) {}

  /// Whether a line may be written at `now_ns` (of a clock that never goes back): how many were left out
  /// before it, or nullopt if this one is left out too.
  std::optional<std::uint64_t> admit(std::uint64_t now_ns);
  /// The same, now.
  std::optional<std::uint64_t> admit();

 private:
  const std::uint32_t lines_per_second_max_;
  std::atomic<std::uint64_t> window_ = 0;  // the second, and in the low bits the lines written in it
  std::atomic<std::uint64_t> left_out_ = 0;
};

/// Writes one line, and behind it how many like it were left out. Any thread.
void write_log(LogLevel level, std::string_view line, std::uint64_t left_out);

// As those of log.h, within `limit`. A line that is left out is not even formatted.
template <class... Args>
void log_info(LogLimit& limit, fmt::format_string<Args...> format, Args&&... args) {
  if (!log_enabled(LogLevel::kInfo)) return;
  if (const auto left_out = limit.admit())
    write_log(LogLevel::kInfo, fmt::format(format, std::forward<Args>(args)...), *left_out);
}
template <class... Args>
void log_warning(LogLimit& limit, fmt::format_string<Args...> format, Args&&... args) {
  if (!log_enabled(LogLevel::kWarning)) return;
  if (const auto left_out = limit.admit())
    write_log(LogLevel::kWarning, fmt::format(format, std::forward<Args>(args)...), *left_out);
}
template <class... Args>
void log_error(LogLimit& limit, fmt::format_string<Args...> format, Args&&... args) {
  if (!log_enabled(LogLevel::kError)) return;
  if (const auto left_out = limit.admit())
    write_log(LogLevel::kError, fmt::format(format, std::forward<Args>(args)...), *left_out);
}

}  // namespace gyre
