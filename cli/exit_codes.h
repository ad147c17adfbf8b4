// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

namespace gyre::cli {

// How a command ends. One more, by which a child asks not to be started again, is in
// core/process/exit_code.h.
inline constexpr int kExitDone = 0;
inline constexpr int kExitFinding = 1;  ///< it worked, and the answer is no
inline constexpr int kExitError = 2;    ///< also a wrong command line

struct ExitCode {
  int code;
  const char* meaning;
};

/// Every exit code of `gyre`, ascending.
std::span<const ExitCode> exit_codes();

/// Those as --help shows them: one line each, indented.
std::string exit_code_lines();

}  // namespace gyre::cli
