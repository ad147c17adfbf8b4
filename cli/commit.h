// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace gyre::cli {

/// The commit that the program was built from.
struct Commit {
  const char* id;    ///< "c757bb9a1b2c", "c757bb9a1b2c-dirty" with changes, or "unknown"
  const char* date;  ///< 2026-01-31, or empty
};

/// Defined in the one file that is made anew for each commit: cmake/commit.cmake writes it.
Commit built_commit();

}  // namespace gyre::cli
