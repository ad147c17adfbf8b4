// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>

#include "core/base/error.h"

namespace gyre {

/// Counts what a piece of work costs, and bounds it. A unit is about a nanosecond of an ordinary machine:
/// about a byte that is searched or copied; fixed prices for rows, elements and parts of expressions are in
/// limits.h. It is counted, not timed, so that the same work always stops at the same place. One thread.
class Work {
 public:
  /// Without a bound.
  Work() = default;
  explicit Work(std::uint64_t units_max) : units_max_(units_max) {}

  void add(std::uint64_t units) { units_ += units; }
  std::uint64_t units() const { return units_; }
  /// Stays so.
  bool used_up() const { return units_ > units_max_; }

 private:
  std::uint64_t units_ = 0;
  std::uint64_t units_max_ = std::numeric_limits<std::uint64_t>::max();
};

/// For what was not finished because its work was used up.
inline Error too_much_work() {
  return {ErrorCode::kIncomplete, "more work than may be done at once"};
}

}  // namespace gyre
