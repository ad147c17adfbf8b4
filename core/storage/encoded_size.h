// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/result.h"

namespace gyre::storage {

/// dynamodb_size() of an encoded item, without building it. Walks all of it: kCorruption if it is no
/// canonical encoding.
Result<std::uint64_t> encoded_dynamodb_size(std::string_view image);

}  // namespace gyre::storage
