// SPDX-License-Identifier: Apache-2.0
#include "cli/running.h"

#include <fmt/core.h>
#include <signal.h>

#include <charconv>
#include <filesystem>

#include "cli/files.h"

namespace gyre::cli {

Result<Topology> RunningFiles::topology() const {
  if (!std::filesystem::exists(topology_file())) {
    return Error::validation(fmt::format(
        "no topology runs on '{}': start one with `gyre up TOPOLOGY.toml --data {}`", data_, data_));
  }
  return read_topology(topology_file());
}

std::optional<pid_t> RunningFiles::pid(const RegionId& region) const {
  const auto text = read_file(pid_file(region));
  pid_t pid = 0;
  if (!text.ok()) return std::nullopt;
  std::from_chars(text->data(), text->data() + text->size(), pid);
  if (pid <= 0 || ::kill(pid, 0) != 0) return std::nullopt;
  return pid;
}

Result<RegionEntry> named_region(const Topology& topology, const std::string& name) {
  if (const RegionEntry* entry = topology.find(RegionId(name))) return *entry;
  return Error::validation(
      fmt::format("there is no region '{}'; there are {}", name, topology.region_names()));
}

}  // namespace gyre::cli
