// SPDX-License-Identifier: Apache-2.0
#include "core/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace gyre {

void fatal(std::string_view reason) {
  std::fprintf(stderr, "fatal: %.*s\n", static_cast<int>(reason.size()), reason.data());
  std::fflush(stderr);
  std::abort();
}

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, condition);
  std::fflush(stderr);
  std::abort();
}

}  // namespace gyre
