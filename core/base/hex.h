// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gyre {

/// Lower-case hexadecimal digits, two a byte.
std::string hex(std::string_view bytes);
/// Digits of either case; nullopt: these are no such digits.
std::optional<std::string> from_hex(std::string_view digits);

}  // namespace gyre
