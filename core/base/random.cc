// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.h"

namespace gyre {

std::uint64_t entropy() {
  std::random_device device;
  const std::uint64_t value = (static_cast<std::uint64_t>(device()) << 32) | device();
  return value == 0 ? 1 : value;
}

}  // namespace gyre
