// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gyre {

inline constexpr std::size_t kLogLineBytesMax = 4096;

/// `text` as one line of the log: control characters are escaped as in C, so that no text of an outsider
/// (a key, a name) begins a line of its own, and what is longer than kLogLineBytesMax ends in "...".
std::string log_line(std::string_view text);

}  // namespace gyre
