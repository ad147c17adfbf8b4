// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "cli/admin.h"
#include "cli/files.h"
#include "cli/region_report.h"
#include "cli/running.h"
#include "core/json/json_writer.h"
#include "core/process/other_process.h"

namespace gyre::cli {
namespace {

Status list_regions(const AdminOptions& options, const RunningFiles& files, const Topology& topology) {
  for (const RegionReport& report : region_reports(files, topology)) {
    if (options.json) {
      std::string line;
      json::Writer writer(line);
      writer.begin_object();
      write_report(writer, report);
      writer.end_object();
      fmt::print("{}\n", line);
    } else {
      fmt::print("{:<16} {:<9} {:<24} {}{}\n", report.entry.region.name(), report.state,
                 report.entry.http_url(), report.entry.stream, report_end(report));
    }
  }
  return {};
}

/// kill -9, and the mark that keeps the supervisor from starting it again.
Status kill_region(const RunningFiles& files, const RegionId& region) {
  const auto pid = files.pid(region);
  const auto process = pid ? process::OtherProcess::open(*pid) : std::nullopt;
  RETURN_IF_ERROR(write_file(files.stopped_file(region), "stopped by `gyre region kill`\n"));
  // Asked again, now that its number cannot come to mean a stranger.
  if (!process || files.pid(region) != pid) {
    return Error::validation(fmt::format("{} does not run", region.name()));
  }
  if (!process->signal(SIGKILL)) {
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
