// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace gyre::http {

/// Whether a chunk's size line is complete, but a quoted value among its extensions is not: it can never
/// end, since a quoted string has no line break (RFC 9112, section 7.1.1; RFC 9110, section 5.6.4). `framing`
/// begins with the line, or with the line break that ends the chunk before it.
bool has_open_quote(std::string_view framing);

}  // namespace gyre::http
