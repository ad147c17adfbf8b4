// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <string_view>
#include <utility>

namespace gyre {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// Starts logging to standard error, one line each, prefixed `[region]` where `prefix` is not empty. Call
/// once, from main.
void start_log(std::string_view prefix, LogLevel least);

/// Writes one line. Any thread.
void write_log(LogLevel level, std::string_view line);
bool log_enabled(LogLevel level);

template <class... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(LogLevel::kDebug))
    write_log(LogLevel::kDebug, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(LogLevel::kInfo))
    write_log(LogLevel::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(LogLevel::kWarning))
    write_log(LogLevel::kWarning, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(LogLevel::kError))
    write_log(LogLevel::kError, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace gyre
