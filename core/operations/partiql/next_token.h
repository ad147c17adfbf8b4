// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace gyre::operations {

/// Where a SELECT goes on: behind a row of one of its reads.
struct SelectPosition {
  std::size_t read = 0;
  std::string row;
};

/// `NextToken`: opaque to clients, and good for the statement and parameters of `binding` alone.
std::string encode_next_token(std::uint64_t binding, const SelectPosition& position);
/// kValidation, with AWS's messages, for what is no token, and for one of another request.
Result<SelectPosition> decode_next_token(std::string_view token, std::uint64_t binding);

}  // namespace gyre::operations
