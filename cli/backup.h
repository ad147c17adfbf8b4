// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/admin.h"

namespace gyre::cli {

struct BackupCommand {
  std::string directory;  ///< where the copy goes: not there, or empty
  std::string region;     ///< empty: the only one
};

/// Has a running region make a copy of its store, and moves that to where it was asked for. The exit code of
/// the process.
int run_backup(const AdminOptions& options, const BackupCommand& command);

}  // namespace gyre::cli
