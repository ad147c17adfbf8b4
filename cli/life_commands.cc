// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "cli/admin.h"
#include "cli/archive_report.h"
#include "cli/exit_codes.h"
#include "cli/region_report.h"
#include "cli/running.h"
#include "cli/time_text.h"
#include "core/json/json_writer.h"
#include "core/process/other_process.h"

namespace gyre::cli {
namespace {

int say_that_nothing_runs(const AdminOptions& options) {
  fmt::print(stderr, "gyre: nothing runs on '{}'; `gyre up TOPOLOGY.toml --detach` starts a topology\n",
             options.data);
  return kExitFinding;
}

// nullopt: it keeps none, or does not answer.
std::optional<ArchiveReportLine> archive_of(const RegionReport& report) {
  if (!report.running() || report.entry.settings.archive.empty()) return std::nullopt;
  const auto asked = ask_archive(report.entry);
  return asked.ok() ? *asked : std::nullopt;
}

void print_json(const RegionReport& report, pid_t supervisor) {
  std::string line;
  json::Writer writer(line);
  writer.begin_object();
  write_report(writer, report);
  writer.key("up_ms").integer(static_cast<std::int64_t>(report.up_ms));
  if (const auto archive = archive_of(report)) writer.key("archive").raw(archive->json);
  writer.key("supervisor_pid").integer(supervisor).end_object();
  fmt::print("{}\n", line);
}

void print_text(const RegionReport& report) {
  fmt::print("{:<16} {:<9} {:<24} {}{}{}\n", report.entry.region.name(), report.state,
             report.entry.http_url(), report.entry.stream,
             report.pid ? "  up " + duration_text(report.up_ms) : "", report_end(report));
  if (const auto archive = archive_of(report)) fmt::print("{}\n", archive->text);
}

Error not_ours(pid_t pid) {
  return Error::validation(fmt::format("cannot stop `gyre up` (pid {}): {}", pid, std::strerror(errno)));
}

// The process that has the lock, held so that no signal can reach another one.
std::optional<process::OtherProcess> hold_supervisor(const RunningFiles& files, pid_t pid) {
  auto process = process::OtherProcess::open(pid);
  if (process && files.supervisor() != pid) process.reset();
  return process;
}

void print_stopped(const std::vector<RegionReport>& reports, pid_t supervisor) {
  for (const RegionReport& report : reports) {
    if (report.pid) fmt::print("{} (pid {}) stopped\n", report.entry.region.name(), *report.pid);
  }
  fmt::print("`gyre up` (pid {}) stopped\n", supervisor);
}

}  // namespace

int run_status(const AdminOptions& options) {
  const RunningFiles files(options.data);
  const auto supervisor = files.supervisor();
  if (!supervisor) return say_that_nothing_runs(options);
  const auto topology = files.topology();
  const auto reports = topology.ok() ? region_reports(files, *topology) : std::vector<RegionReport>();
  bool all_run = !reports.empty();
  for (const RegionReport& report : reports) {
    all_run = all_run && report.running();
    options.json ? print_json(report, *supervisor) : print_text(report);
  }
  if (!options.json) {
    const auto facts = process::process_facts(*supervisor);
    fmt::print("{}`gyre up` on '{}': pid {}{}\n", reports.empty() ? "starting: " : "", options.data,
               *supervisor, facts ? ", up " + duration_text(facts->age_ms) : "");
  }
  return all_run ? kExitDone : kExitFinding;
}

int run_down(const AdminOptions& options, const DownCommand& command) {
  const RunningFiles files(options.data);
  const auto supervisor = files.supervisor();
  if (!supervisor) return say_that_nothing_runs(options);
  if (*supervisor == 0) {
    return fail(Error::validation(fmt::format(
        "what runs on '{}' is not known: its process is in another container or machine", options.data)));
  }
  const auto process = hold_supervisor(files, *supervisor);
  if (!process) return say_that_nothing_runs(options);
  const auto topology = files.topology();
  const auto reports = topology.ok() ? region_reports(files, *topology) : std::vector<RegionReport>();
  if (!process->signal(SIGTERM) && errno != ESRCH) return fail(not_ours(*supervisor));
  if (!process->wait(command.wait_s * 1000)) {
    return fail(Error::validation(
        fmt::format("`gyre up` (pid {}) has not stopped within {} s", *supervisor, command.wait_s)));
  }
  print_stopped(reports, *supervisor);
  return kExitDone;
}

}  // namespace gyre::cli
