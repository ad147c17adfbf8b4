// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/running.h"

namespace gyre::cli {

struct UpOptions {
  std::string topology_file;
  std::string data = kDefaultData;
  bool detach = false;
};

/// Runs every region and plugin of a topology as child processes until SIGINT or SIGTERM, and restarts what
/// dies by itself, with back-off. Prints the endpoints and `ready` once all regions serve. The exit code of
/// the process. Detached, it returns then, or once it is known that some region cannot start, and the regions
/// run on under a process of their own, which logs to files in the data directory.
int run_up(const UpOptions& options);

}  // namespace gyre::cli
