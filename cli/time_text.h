// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace gyre::cli {

/// Milliseconds since the Unix epoch of a time as people write it: "now", "90 seconds ago", "2 hours ago",
/// "2026-01-31", "2026-01-31T12:00:00Z" (UTC, fractions allowed), or the milliseconds themselves. kValidation
/// on anything else.
Result<std::uint64_t> parse_time(std::string_view text, std::uint64_t now_ms);

/// "12s", "3m 12s", "5h 3m", "2d 5h".
std::string duration_text(std::uint64_t duration_ms);

}  // namespace gyre::cli
