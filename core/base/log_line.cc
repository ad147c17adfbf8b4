// SPDX-License-Identifier: Apache-2.0
#include "core/base/log_line.h"

#include <fmt/core.h>

namespace gyre {
namespace {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// As much of the text as a line may have, in whole UTF-8 characters.
std::string_view beginning(std::string_view text) {
  std::size_t end = kLogLineBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

std::string log_line(std::string_view text) {
  const bool is_whole = text.size() <= kLogLineBytesMax;
  std::string line;
  for (const char c : is_whole ? text : beginning(text)) {
    if (c == '\n') {
      line += "\\n";
    } else if (is_control(c)) {
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      line += c;
    }
  }
  if (!is_whole) line += "...";
  return line;
}

}  // namespace gyre
