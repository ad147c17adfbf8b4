// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace gyre {

/// Ends the process: a dead end from which no correct way leads on. Writes `reason` to the log and standard
/// error first.
[[noreturn]] void fatal(std::string_view reason);

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace gyre

/// A bug if false: ends the process, in release builds too. Never on outside input. An expression, so that it
/// can stand before a comma.
#define CHECK(condition) \
  (static_cast<bool>(condition) ? static_cast<void>(0) : ::gyre::check_failed(#condition, __FILE__, __LINE__))
