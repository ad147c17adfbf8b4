// SPDX-License-Identifier: Apache-2.0
#include "core/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "core/base/log_line.h"

namespace gyre {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

void start_log(std::string_view prefix, LogLevel least) {
  auto logger = spdlog::stderr_logger_mt(std::string("gyre"));
  const std::string mark = prefix.empty() ? "" : fmt::format("[{}] ", prefix);
  logger->set_pattern("%H:%M:%S.%e " + mark + "%l: %v");
  logger->set_level(spdlog_level(least));
  logger->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(std::move(logger));
}

void write_log(LogLevel level, std::string_view line) {
  spdlog::log(spdlog_level(level), "{}", log_line(line));
}

bool log_enabled(LogLevel level) {
  return spdlog::default_logger_raw()->should_log(spdlog_level(level));
}

}  // namespace gyre
