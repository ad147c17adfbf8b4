// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace gyre {

/// What each fuzzer of this folder defines: uses outside bytes, which may be anything, in every way that the
/// program does, and CHECKs what must hold whatever they are. Keeps nothing from one call to the next.
void fuzz(std::string_view bytes);

}  // namespace gyre
