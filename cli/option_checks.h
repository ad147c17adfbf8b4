// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace gyre::cli {

// What options of several commands are checked with. For main.cc and its like alone: CLI11 is slow to
// compile.

inline CLI::Validator begins_with(std::vector<std::string> starts) {
  return CLI::Validator(
      [starts](std::string& text) {
        std::string known;
        for (const std::string& start : starts) {
          if (text.starts_with(start) && text.size() > start.size()) return std::string();
          known += (known.empty() ? "" : " or ") + start;
        }
        return fmt::format("'{}' must begin with {}", text, known);
      },
      "");
}

inline CLI::Validator not_empty() {
  return CLI::Validator([](std::string& text) { return text.empty() ? "it is empty" : std::string(); }, "");
}

}  // namespace gyre::cli
