// SPDX-License-Identifier: Apache-2.0
#pragma once

// Read before every file that clang compiles. Cap'n Proto 0.9 leaves it to C++20 to turn `StringPtr == text`
// around, which newer clangs no longer do for a type that has an operator!= as well.
#include <kj/string.h>

namespace kj {

inline bool operator==(const char* a, const StringPtr& b) {
  return b == StringPtr(a);
}
inline bool operator!=(const char* a, const StringPtr& b) {
  return b != StringPtr(a);
}

}  // namespace kj
