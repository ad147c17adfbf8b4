// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace gyre {

/// The texts of a range one after the other, with `between` between each two.
template <class Texts>
std::string join(const Texts& texts, std::string_view between) {
  std::string joined;
  bool first = true;
  for (const auto& text : texts) {
    if (!first) joined += between;
    first = false;
    joined += text;
  }
  return joined;
}

}  // namespace gyre
