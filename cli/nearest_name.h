// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gyre::cli {

/// The name that was meant by `word`: the one that fewest slips of the hand lead to (a letter too many, too
/// few, wrong, or two swapped). Empty if none is near: at most one slip for each three letters.
std::string nearest_name(std::string_view word, std::span<const std::string> names);

}  // namespace gyre::cli
