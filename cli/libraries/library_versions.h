// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace gyre::cli {

struct LibraryVersion {
  std::string name;
  std::string version;
  bool loaded;  ///< the version that runs; else the one that was compiled against, since the library does not
                ///< tell
};

/// Every library that the program uses.
std::vector<LibraryVersion> library_versions();

}  // namespace gyre::cli
