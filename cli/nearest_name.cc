// SPDX-License-Identifier: Apache-2.0
#include "cli/nearest_name.h"

#include <algorithm>
#include <vector>

namespace gyre::cli {
namespace {

constexpr std::size_t kWordBytesMax = 64;  // no name is near to a longer word
constexpr std::size_t kLettersPerSlip = 3;

// The optimal string alignment distance.
std::size_t slips_between(std::string_view from, std::string_view to) {
  std::vector<std::vector<std::size_t>> slips(from.size() + 1, std::vector<std::size_t>(to.size() + 1));
  for (std::size_t i = 0; i <= from.size(); ++i) slips[i][0] = i;
  for (std::size_t j = 0; j <= to.size(); ++j) slips[0][j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t wrong = from[i - 1] == to[j - 1] ? 0 : 1;
      slips[i][j] = std::min({slips[i - 1][j] + 1, slips[i][j - 1] + 1, slips[i - 1][j - 1] + wrong});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) {
        slips[i][j] = std::min(slips[i][j], slips[i - 2][j - 2] + 1);
      }
    }
  }
  return slips[from.size()][to.size()];
}

std::string_view without_dashes(std::string_view word) {
  return word.substr(std::min(word.find_first_not_of('-'), word.size()));
}

}  // namespace

std::string nearest_name(std::string_view word, std::span<const std::string> names) {
  if (word.size() > kWordBytesMax) return "";
  const std::string_view meant = without_dashes(word);
  std::string nearest;
  std::size_t fewest = std::max<std::size_t>(1, meant.size() / kLettersPerSlip) + 1;
  for (const std::string& name : names) {
    const std::string_view letters = without_dashes(name);
    const std::size_t slips = slips_between(meant, letters);
    if (slips >= fewest || slips >= letters.size()) continue;
    fewest = slips;
    nearest = name;
  }
  return nearest;
}

}  // namespace gyre::cli
