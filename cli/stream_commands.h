// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/admin.h"
#include "cli/replay_history.h"

namespace gyre::cli {

struct TailCommand {
  std::string table;
  std::string region;
  bool from_start = false;
};

struct ReplayCommand {
  std::string table;
  std::string region;
  std::string from;  ///< a time; empty = from the oldest
  std::string to;    ///< a time; empty = to the newest
  std::string key;   ///< empty = all
  /// All that only files can tell: whatever is not its default here has them read, in place of the stream.
  HistoryReplay history;
};

struct ConsumeCommand {
  std::string library;
  std::string name;
  std::string region;
  std::string stream;
  std::string table;
  bool unsupervised = false;
};

// The commands that read change streams. Each runs until it is through or stopped by a signal; the process's
// exit code: 0, 1 for a key without a change, 2 for an error.
int run_tail(const AdminOptions& options, const TailCommand& command);
int run_replay(const AdminOptions& options, const ReplayCommand& command);
int run_consume(const AdminOptions& options, const ConsumeCommand& command);

}  // namespace gyre::cli
