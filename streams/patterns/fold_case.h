// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace gyre::streams {

// Comparing text without regard to case: character by character, each in its simple lower-case form. Known
// are the Latin (with its extensions), Greek, Cyrillic, Armenian and full-width letters; others are equal to
// themselves. No locale has a say. Bytes that are no UTF-8 are characters of their own.

bool equal_ignoring_case(std::string_view a, std::string_view b);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
bool ends_with_ignoring_case(std::string_view text, std::string_view suffix);

/// The simple lower-case form of a character.
char32_t fold_case(char32_t character);

}  // namespace gyre::streams
