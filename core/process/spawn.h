// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "core/base/descriptor.h"
#include "core/base/result.h"

namespace gyre::process {

/// A child process. Its maker waits for it.
struct SpawnedProcess {
  pid_t pid = 0;
  Descriptor output;  ///< what it prints, to be read without blocking
  Descriptor error;
  Descriptor pidfd;  ///< becomes readable when it ends
};

/// Starts a program in a process group of its own (a terminal's Ctrl-C reaches only us, who then end it in
/// order), with standard input from /dev/null, and SIGKILL when the calling thread ends. `env` entries
/// "NAME=value" replace ours. kInternal if there can be no process; a program that cannot be executed exits
/// with kExitStayDown (exit_code.h) and says so on its standard error.
Result<SpawnedProcess> spawn_process(const std::vector<std::string>& argv,
                                     const std::vector<std::string>& env);

}  // namespace gyre::process
