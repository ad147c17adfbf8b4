// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace gyre {

/// XXH3, 64 bits. The same on every machine and in every version: partition hashes and checksums on disk rest
/// on it.
std::uint64_t hash64(std::string_view bytes);

}  // namespace gyre
