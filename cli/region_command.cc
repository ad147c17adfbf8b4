// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <signal.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/admin.h"
#include "cli/files.h"
#include "cli/running.h"
#include "core/json/json_writer.h"

namespace gyre::cli {
namespace {

Status list_regions(const AdminOptions& options, const RunningFiles& files, const Topology& topology) {
  for (const RegionEntry& entry : topology.regions) {
    const auto pid = files.pid(entry.region);
    const bool stopped = std::filesystem::exists(files.stopped_file(entry.region));
    const bool ready = pid && std::filesystem::exists(files.ready_file(entry.region));
    const std::string state = ready ? "running" : stopped && !pid ? "stopped" : "starting";
    const auto text = read_file(files.stopped_file(entry.region));
    std::string reason = stopped && text.ok() ? *text : "";
    while (reason.ends_with('\n')) reason.pop_back();
    if (options.json) {
      std::string line;
      json::Writer writer(line);
      writer.begin_object().member("region", entry.region.name()).member("state", state);
      writer.key("pid").integer(pid.value_or(0)).member("http", entry.http_url());
      writer.member("stream", entry.stream);
      if (!reason.empty()) writer.member("reason", reason);
      writer.end_object();
      fmt::print("{}\n", line);
    } else {
      fmt::print("{:<16} {:<9} {:<24} {}{}{}\n", entry.region.name(), state, entry.http_url(), entry.stream,
                 pid ? fmt::format("  pid {}", *pid) : "",
                 reason.empty() ? "" : fmt::format("  ({})", reason));
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
