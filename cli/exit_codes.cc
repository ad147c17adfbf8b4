// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_codes.h"

#include <fmt/core.h>

#include "core/process/exit_code.h"

namespace gyre::cli {

std::span<const ExitCode> exit_codes() {
  static constexpr ExitCode codes[] = {
      {kExitDone, "done"},
      {kExitFinding,
       "it worked, and the answer is no: keys differ (verify), no change of the key is kept (replay), "
       "not all regions serve (status), nothing runs (down), something is damaged (log)"},
      {kExitError, "an error, or a command line that is wrong"},
      {process::kExitStayDown,
       "a region or plugin that cannot run, and would only fail again if it were restarted"},
  };
  return codes;
}

std::string exit_code_lines() {
  std::string text;
  for (const ExitCode& code : exit_codes()) text += fmt::format("  {:<3} {}\n", code.code, code.meaning);
  return text;
}

}  // namespace gyre::cli
