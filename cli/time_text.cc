// SPDX-License-Identifier: Apache-2.0
#include "cli/time_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

namespace gyre::cli {
namespace {

/// Takes a number of `digits_min` to `digits_max` digits off the front.
std::optional<std::uint64_t> take_number(std::string_view& text, std::size_t digits_min,
                                         std::size_t digits_max) {
  std::size_t digits = 0;
  while (digits < text.size() && digits < digits_max && text[digits] >= '0' && text[digits] <= '9') ++digits;
  if (digits < digits_min) return std::nullopt;
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + digits, value);
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(wanted.size());
  return true;
}

/// "90 seconds ago"
std::optional<std::uint64_t> parse_ago(std::string_view text, std::uint64_t now_ms) {
  const auto count = take_number(text, 1, 9);
  if (!count || !take(text, " ")) return std::nullopt;
  const std::pair<std::string_view, std::uint64_t> units[] = {
      {"second", 1000}, {"minute", 60'000}, {"hour", 3'600'000}, {"day", 86'400'000}};
  for (const auto& [name, ms] : units) {
    std::string_view rest = text;
    if (!take(rest, name)) continue;
    take(rest, "s");
    if (rest != " ago") return std::nullopt;
    return now_ms - std::min(now_ms, *count * ms);
  }
  return std::nullopt;
}

/// "2026-01-31", "2026-01-31T12:00:00.5Z"
std::optional<std::uint64_t> parse_iso(std::string_view text) {
  const auto year = take_number(text, 4, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *year < 1970) return std::nullopt;
  const auto midnight = std::chrono::sys_days(date).time_since_epoch();
  std::uint64_t ms = static_cast<std::uint64_t>(std::chrono::milliseconds(midnight).count());
  if (text.empty()) return ms;
  if (!take(text, "T") && !take(text, " ")) return std::nullopt;
  struct Part {
    std::uint64_t limit;
    std::uint64_t ms;
    std::string_view separator;
  };
  for (const Part& part : {Part{24, 3'600'000, ":"}, Part{60, 60'000, ":"}, Part{60, 1000, ""}}) {
    const auto value = take_number(text, 2, 2);
    if (!value || *value >= part.limit || !take(text, part.separator)) return std::nullopt;
    ms += *value * part.ms;
  }
  if (take(text, ".")) {
    std::uint64_t scale = 100;
    bool any = false;
    while (const auto digit = take_number(text, 1, 1)) {
      ms += *digit * scale;
      scale /= 10;
      any = true;
    }
    if (!any) return std::nullopt;
  }
  take(text, "Z");
  return text.empty() ? std::optional(ms) : std::nullopt;
}

}  // namespace

Result<std::uint64_t> parse_time(std::string_view text, std::uint64_t now_ms) {
  if (text == "now") return now_ms;
  if (const auto ago = parse_ago(text, now_ms)) return *ago;
  if (const auto iso = parse_iso(text)) return *iso;
  std::string_view rest = text;
  const auto number = take_number(rest, 1, 18);
  if (number && rest.empty()) return *number;
  return Error::validation(fmt::format(
      "'{}' is no time: write now, '2 hours ago', 2026-01-31T12:00:00Z, or milliseconds since 1970", text));
}

std::string duration_text(std::uint64_t duration_ms) {
  const std::uint64_t seconds = duration_ms / 1000;
  const std::uint64_t minutes = seconds / 60;
  const std::uint64_t hours = minutes / 60;
  const std::uint64_t days = hours / 24;
  if (days > 0) return fmt::format("{}d {}h", days, hours % 24);
  if (hours > 0) return fmt::format("{}h {}m", hours, minutes % 60);
  if (minutes > 0) return fmt::format("{}m {}s", minutes, seconds % 60);
  return fmt::format("{}s", seconds);
}

}  // namespace gyre::cli
