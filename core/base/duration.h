// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace gyre {

inline constexpr std::uint64_t kNanosecondsPerMs = 1'000'000;
inline constexpr std::uint64_t kNanosecondsPerSecond = 1000 * kNanosecondsPerMs;

}  // namespace gyre
