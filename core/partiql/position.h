// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace gyre::partiql {

/// Where a token is in its statement, counted in characters from 1, as AWS's messages give it.
struct Position {
  int line = 1;
  int column = 1;
  int length = 0;

  /// "1:8:16"
  std::string text() const {
    return std::to_string(line) + ':' + std::to_string(column) + ':' + std::to_string(length);
  }
};

}  // namespace gyre::partiql
