// SPDX-License-Identifier: Apache-2.0
#include "cli/region_report.h"

#include <fmt/core.h>

#include <filesystem>

#include "cli/files.h"
#include "core/process/other_process.h"

namespace gyre::cli {

std::vector<RegionReport> region_reports(const RunningFiles& files, const Topology& topology) {
  std::vector<RegionReport> reports;
  for (const RegionEntry& entry : topology.regions) {
    RegionReport report;
    report.entry = entry;
    report.pid = files.pid(entry.region);
    const auto facts = report.pid ? process::process_facts(*report.pid) : std::nullopt;
    if (facts) report.up_ms = facts->age_ms;
    const bool stopped = std::filesystem::exists(files.stopped_file(entry.region));
    const bool ready = report.pid && std::filesystem::exists(files.ready_file(entry.region));
    report.state = ready ? "running" : stopped && !report.pid ? "stopped" : "starting";
    const auto text = read_file(files.stopped_file(entry.region));
    if (stopped && text.ok()) report.reason = *text;
    while (report.reason.ends_with('\n')) report.reason.pop_back();
    reports.push_back(std::move(report));
  }
  return reports;
}

void write_report(json::Writer& writer, const RegionReport& report) {
  writer.member("region", report.entry.region.name()).member("state", report.state);
  writer.key("pid").integer(report.pid.value_or(0)).member("http", report.entry.http_url());
  writer.member("stream", report.entry.stream);
  if (!report.reason.empty()) writer.member("reason", report.reason);
}

std::string report_end(const RegionReport& report) {
  return (report.pid ? fmt::format("  pid {}", *report.pid) : "") +
         (report.reason.empty() ? "" : fmt::format("  ({})", report.reason));
}

}  // namespace gyre::cli
