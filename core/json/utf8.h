// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace gyre::json {

bool is_utf8(std::string_view bytes);

/// `bytes`, with U+FFFD in place of each byte that belongs to no character. For text of outsiders that did
/// not come as JSON, such as a header that a message quotes: the writer takes UTF-8 only.
std::string to_utf8(std::string_view bytes);

}  // namespace gyre::json
