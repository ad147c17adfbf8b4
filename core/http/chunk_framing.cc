// SPDX-License-Identifier: Apache-2.0
#include "core/http/chunk_framing.h"

#include <cstddef>

namespace gyre::http {

bool has_open_quote(std::string_view framing) {
  constexpr std::string_view kLineBreak = "\r\n";
  if (framing.starts_with(kLineBreak)) framing.remove_prefix(kLineBreak.size());
  const std::size_t end = framing.find(kLineBreak);
  if (end == std::string_view::npos) return false;
  bool quoted = false;
  for (std::size_t i = 0; i < end; ++i) {
    if (framing[i] == '"') quoted = !quoted;
    if (framing[i] == '\\' && quoted) ++i;
  }
  return quoted;
}

}  // namespace gyre::http
