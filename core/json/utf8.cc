// SPDX-License-Identifier: Apache-2.0
#include "core/json/utf8.h"

#include <simdjson.h>

#include <algorithm>

namespace gyre::json {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::size_t kCharacterBytesMax = 4;

// The bytes of the character that `text` begins with; 0 if it begins with none.
std::size_t character_bytes(std::string_view text) {
  const std::size_t longest = std::min(text.size(), kCharacterBytesMax);
  for (std::size_t count = 1; count <= longest; ++count) {
    if (is_utf8(text.substr(0, count))) return count;
  }
  return 0;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  return simdjson::validate_utf8(bytes.data(), bytes.size());
}

std::string to_utf8(std::string_view bytes) {
  if (is_utf8(bytes)) return std::string(bytes);
  std::string out;
  while (!bytes.empty()) {
    const std::size_t count = character_bytes(bytes);
    out.append(count == 0 ? kReplacement : bytes.substr(0, count));
    bytes.remove_prefix(std::max<std::size_t>(count, 1));
  }
  return out;
}

}  // namespace gyre::json
