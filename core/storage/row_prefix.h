// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <string>
#include <string_view>

namespace gyre::storage {

/// The words that begin the rows of all rooms in the catalog family, in order. A room that keeps rows of its
/// own there adds its word. core/storage/README.md says whose each is.
inline constexpr std::array<std::string_view, 5> kRowWords = {"checkpoint/", "cursor/", "index/", "link/",
                                                              "token/"};

// The store's own rows begin with one letter and '/' (catalog_rows.h), so a word has more than one.
constexpr bool row_words_hold() {
  for (const std::string_view word : kRowWords) {
    if (word.size() < 3 || word.find('/') != word.size() - 1) return false;
  }
  const auto out_of_order = std::adjacent_find(kRowWords.begin(), kRowWords.end(),
                                               [](std::string_view a, std::string_view b) { return a >= b; });
  return out_of_order == kRowWords.end();
}
static_assert(row_words_hold(), "a word is of two letters or more and ends with its only '/'; each once");

/// One of kRowWords. Made from any other text, it does not compile: so no room can reach the store's own rows
/// or another room's by accident.
class RowPrefix {
 public:
  consteval explicit RowPrefix(std::string_view word) : word_(word) {
    if (std::find(kRowWords.begin(), kRowWords.end(), word) == kRowWords.end()) throw "not in kRowWords";
  }
  constexpr std::string_view word() const { return word_; }

 private:
  std::string_view word_;
};

/// The key of a row that a room keeps in the catalog family; or what the keys of several begin with.
class RoomRow {
 public:
  RoomRow(RowPrefix prefix, std::string_view rest) : key_(prefix.word()) { key_.append(rest); }
  const std::string& key() const { return key_; }
  auto operator<=>(const RoomRow&) const = default;

 private:
  std::string key_;
};

}  // namespace gyre::storage
