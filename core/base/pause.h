// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace gyre {

/// A while to wait, by a clock that may jump back, as wall time does: that ends it, since nobody knows how
/// much of it is left. A value; by default it is over.
class Pause {
 public:
  Pause() = default;
  Pause(std::uint64_t now_ms, std::uint64_t length_ms) : begin_ms_(now_ms), length_ms_(length_ms) {}

  bool is_over(std::uint64_t now_ms) const { return now_ms < begin_ms_ || now_ms - begin_ms_ >= length_ms_; }

 private:
  std::uint64_t begin_ms_ = 0;
  std::uint64_t length_ms_ = 0;
};

}  // namespace gyre
