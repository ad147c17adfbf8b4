// SPDX-License-Identifier: Apache-2.0
// The door by which clang's libFuzzer comes in.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // With no bytes `data` may be null, which no real caller hands on.
  gyre::fuzz(size == 0 ? std::string_view("") : std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
