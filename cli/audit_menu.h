// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/history_source.h"

namespace CLI {
class App;
}

namespace gyre::cli {

/// Adds `gyre audit` and what it does. The code of the process goes to `exit_code`, which outlives `app`.
void add_audit(CLI::App& app, int& exit_code);
/// For commands that read a past from files.
void add_source_options(CLI::App* command, HistorySource& source);

}  // namespace gyre::cli
