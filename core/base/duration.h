// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace gyre {

inline constexpr std::uint64_t kNanosecondsPerMs = 1'000'000;

}  // namespace gyre
