// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "cli/topology.h"

namespace gyre::cli {

/// Options that the commands on running regions share.
struct AdminOptions {
  std::string data;
  std::string endpoint;   ///< names one region by URL instead of `data`
  std::string ca_bundle;  ///< roots to trust at an https:// endpoint; empty: the system's
  bool json = false;
};

struct LinkCommand {
  std::string action;  ///< list, cut, heal, set
  std::string from;
  std::string to;
  std::int64_t latency_ms = -1;  ///< set: negative = leave
  std::int64_t jitter_ms = -1;
  double loss = -1;
  bool one_way = false;
};

struct VerifyCommand {
  std::string table;
  int wait_s = 10;  ///< differing keys are looked at again until then
};

struct ConflictsCommand {
  std::string table;
  std::string region;
  int limit = 100;
};

struct DownCommand {
  int wait_s = 60;  ///< for all to have ended
};

struct RegionCommand {
  std::string action;  ///< list, kill, restart
  std::string region;
};

// Each prints what it did or found and answers the process's exit code (exit_codes.h).
int run_link(const AdminOptions& options, const LinkCommand& command);
int run_verify(const AdminOptions& options, const VerifyCommand& command);
int run_conflicts(const AdminOptions& options, const ConflictsCommand& command);
int run_region(const AdminOptions& options, const RegionCommand& command);
int run_status(const AdminOptions& options);
int run_down(const AdminOptions& options, const DownCommand& command);

/// Prints an Error as `gyre: message` and answers kExitError.
int fail(const Error& error);

}  // namespace gyre::cli
