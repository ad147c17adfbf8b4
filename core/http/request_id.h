// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "core/base/random.h"

namespace gyre::http {

/// The x-amzn-RequestId of one reply: 52 upper-case letters and digits, as DynamoDB's are.
using RequestId = std::array<char, 52>;

RequestId make_request_id(Random& random);

inline std::string_view view(const RequestId& id) {
  return {id.data(), id.size()};
}

}  // namespace gyre::http
