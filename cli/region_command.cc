// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <signal.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/admin.h"
#include "cli/files.h"
#include "cli/running.h"

namespace gyre::cli {
namespace {

Status list_regions(const AdminOptions& options, const RunningFiles& files, const Topology& topology) {
  for (const RegionEntry& entry : topology.regions) {
    const auto pid = files.pid(entry.region);
    const bool stopped = std::filesystem::exists(files.stopped_file(entry.region));
    const std::string state = pid ? "running" : stopped ? "stopped" : "starting";
    if (options.json) {
      fmt::print("{{\"region\":\"{}\",\"state\":\"{}\",\"pid\":{},\"http\":\"{}\",\"stream\":\"{}\"}}\n",
                 entry.region.name(), state, pid.value_or(0), entry.http_url(), entry.stream);
    } else {
      fmt::print("{:<16} {:<9} {:<24} {}{}\n", entry.region.name(), state, entry.http_url(), entry.stream,
                 pid ? fmt::format("  pid {}", *pid) : "");
    }
  }
  return {};
}

/// kill -9, and the mark that keeps the supervisor from starting it again.
Status kill_region(const RunningFiles& files, const RegionId& region) {
  const auto pid = files.pid(region);
  RETURN_IF_ERROR(write_file(files.stopped_file(region), "stopped by `gyre region kill`\n"));
  if (!pid) return Error::validation(fmt::format("{} does not run", region.name()));
  if (::kill(*pid, SIGKILL) != 0) {
    return Error::validation(
        fmt::format("cannot kill {} (pid {}): {}", region.name(), *pid, std::strerror(errno)));
  }
  fmt::print("{} (pid {}) killed; `gyre region restart {}` brings it back\n", region.name(), *pid,
             region.name());
  return {};
}

Status restart_region(const RunningFiles& files, const RegionId& region) {
  std::error_code error;
  if (!std::filesystem::remove(files.stopped_file(region), error)) {
    if (const auto pid = files.pid(region)) {
      return Error::validation(fmt::format("{} runs already (pid {})", region.name(), *pid));
    }
  }
  fmt::print("{} starts again\n", region.name());
  return {};
}

Status act(const AdminOptions& options, const RegionCommand& command) {
  const RunningFiles files(options.data);
  ASSIGN_OR_RETURN(const Topology topology, files.topology());
  if (command.action == "list") return list_regions(options, files, topology);
  ASSIGN_OR_RETURN(const RegionEntry entry, named_region(topology, command.region));
  return command.action == "kill" ? kill_region(files, entry.region) : restart_region(files, entry.region);
}

}  // namespace

int run_region(const AdminOptions& options, const RegionCommand& command) {
  const Status status = act(options, command);
  return status.ok() ? 0 : fail(status.error());
}

}  // namespace gyre::cli
