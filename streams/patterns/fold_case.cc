// SPDX-License-Identifier: Apache-2.0
#include "streams/patterns/fold_case.h"

#include <cstddef>
#include <cstdint>

namespace gyre::streams {
namespace {

// Letters whose lower case is `shift` behind them; with `step` 2, only every second character from `first` on
// is upper case.
struct CaseRange {
  char32_t first;
  char32_t last;
  std::int32_t shift;
  std::uint32_t step;
};

constexpr CaseRange kCaseRanges[] = {
    {0x41, 0x5A, 32, 1},    {0xC0, 0xD6, 32, 1},    {0xD8, 0xDE, 32, 1},     {0x100, 0x12E, 1, 2},
    {0x132, 0x136, 1, 2},   {0x139, 0x147, 1, 2},   {0x14A, 0x176, 1, 2},    {0x178, 0x178, -121, 1},
    {0x179, 0x17D, 1, 2},   {0x386, 0x386, 38, 1},  {0x388, 0x38A, 37, 1},   {0x38C, 0x38C, 64, 1},
    {0x38E, 0x38F, 63, 1},  {0x391, 0x3A1, 32, 1},  {0x3A3, 0x3AB, 32, 1},   {0x3D8, 0x3EE, 1, 2},
    {0x400, 0x40F, 80, 1},  {0x410, 0x42F, 32, 1},  {0x460, 0x480, 1, 2},    {0x48A, 0x4BE, 1, 2},
    {0x4C0, 0x4C0, 15, 1},  {0x4C1, 0x4CD, 1, 2},   {0x4D0, 0x52E, 1, 2},    {0x531, 0x556, 48, 1},
    {0x1E00, 0x1E94, 1, 2}, {0x1EA0, 0x1EFE, 1, 2}, {0xFF21, 0xFF3A, 32, 1},
};

constexpr bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// How many bytes a character has that begins with this one; 1 if none does.
std::size_t sequence_length(unsigned char lead) {
  if (lead >= 0xF0 && lead < 0xF8) return 4;
  if (lead >= 0xE0) return lead < 0xF0 ? 3 : 1;
  return lead >= 0xC0 ? 2 : 1;
}

// A byte that belongs to no character stands for a value that no character has.
char32_t stray(char byte) {
  return 0x110000 + static_cast<unsigned char>(byte);
}

// The character of `length` bytes at the front, whose form was checked.
char32_t decode(std::string_view bytes, std::size_t length) {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  if (length == 1) return lead < 0x80 ? char32_t{lead} : stray(bytes[0]);
  char32_t character = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    character = (character << 6) | (static_cast<unsigned char>(bytes[i]) & 0x3FU);
  }
  return character;
}

bool is_sequence(std::string_view bytes, std::size_t length) {
  if (bytes.size() < length) return false;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(bytes[i])) return false;
  }
  return true;
}

char32_t take_first(std::string_view& text) {
  std::size_t length = sequence_length(static_cast<unsigned char>(text[0]));
  if (!is_sequence(text, length)) length = 1;
  const char32_t character = decode(text, length);
  text.remove_prefix(length);
  return character;
}

char32_t take_last(std::string_view& text) {
  std::size_t length = 1;
  while (length < 4 && length < text.size() && is_continuation(text[text.size() - length])) ++length;
  std::string_view last = text.substr(text.size() - length);
  if (sequence_length(static_cast<unsigned char>(last[0])) != length) {
    last = text.substr(text.size() - 1);
  }
  text.remove_suffix(last.size());
  return decode(last, last.size());
}

}  // namespace

char32_t fold_case(char32_t character) {
  for (const CaseRange& range : kCaseRanges) {
    if (character < range.first) return character;
    if (character > range.last) continue;
    if ((character - range.first) % range.step != 0) return character;
    return static_cast<char32_t>(static_cast<std::int32_t>(character) + range.shift);
  }
  return character;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  while (!prefix.empty()) {
    if (text.empty() || fold_case(take_first(text)) != fold_case(take_first(prefix))) return false;
  }
  return true;
}

bool ends_with_ignoring_case(std::string_view text, std::string_view suffix) {
  while (!suffix.empty()) {
    if (text.empty() || fold_case(take_last(text)) != fold_case(take_last(suffix))) return false;
  }
  return true;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (fold_case(take_first(a)) != fold_case(take_first(b))) return false;
  }
  return a.empty() && b.empty();
}

}  // namespace gyre::streams
