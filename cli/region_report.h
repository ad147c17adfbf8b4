// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/running.h"
#include "cli/topology.h"
#include "core/json/json_writer.h"

namespace gyre::cli {

/// How a region of a running topology is.
struct RegionReport {
  RegionEntry entry;
  std::string state;  ///< running, starting, stopped
  std::optional<pid_t> pid;
  std::uint64_t up_ms = 0;  ///< since its process was started
  std::string reason;       ///< why it is stopped

  bool running() const { return state == "running"; }
};

/// In the order of the topology.
std::vector<RegionReport> region_reports(const RunningFiles& files, const Topology& topology);

/// The members of a report, into an object that is begun.
void write_report(json::Writer& writer, const RegionReport& report);

/// "  pid 12  (cannot start: ...)": what there is of both.
std::string report_end(const RegionReport& report);

}  // namespace gyre::cli
