// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace gyre {

/// RFC 4648 base64 with padding, as DynamoDB's B values travel in JSON.
void append_base64(std::string& out, std::string_view bytes);
std::string base64(std::string_view bytes);
/// Strict: refuses missing padding, foreign characters and white space (kSerialization).
Result<std::string> decode_base64(std::string_view text);

}  // namespace gyre
