// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "cli/topology.h"

namespace gyre::cli {

inline constexpr const char* kDefaultData = "data";

/// The files through which `gyre up` and the other commands meet in its data directory:
/// `lock`, held as long as it runs; `running.toml`, the topology as it runs; `REGION/data`, a region's store;
/// `REGION/pid` and `REGION/ready`, there while it runs and while it serves; and `REGION/stopped`, which says
/// why a region is down and keeps it so until it is removed. Detached, it writes `up.log`, `consumers.log`
/// and `REGION/log`. Only the lock says who runs: of the other files, old ones may be there after a crash.
class RunningFiles {
 public:
  explicit RunningFiles(std::string data) : data_(std::move(data)) {}

  std::string topology_file() const { return data_ + "/running.toml"; }
  std::string lock_file() const { return data_ + "/lock"; }
  std::string region_directory(const RegionId& region) const { return data_ + "/" + region.name(); }
  std::string store_directory(const RegionId& region) const { return region_directory(region) + "/data"; }
  std::string pid_file(const RegionId& region) const { return region_directory(region) + "/pid"; }
  std::string ready_file(const RegionId& region) const { return region_directory(region) + "/ready"; }
  std::string stopped_file(const RegionId& region) const { return region_directory(region) + "/stopped"; }

  std::string log_file() const { return data_ + "/up.log"; }
  std::string consumers_log_file() const { return data_ + "/consumers.log"; }
  std::string region_log_file(const RegionId& region) const { return region_directory(region) + "/log"; }

  /// Taken by `gyre up` until its process ends, however it ends. kValidation if another one has it. Its
  /// process must not ask for the holder, or otherwise open the file, any more: that would give the lock
  /// back.
  Status lock() const;
  /// The process that has the lock, as the system says; nullopt if none has. 0 if the system does not say.
  std::optional<pid_t> supervisor() const;
  /// The topology that `gyre up` runs here; an Error that says how to start one if none does.
  Result<Topology> topology() const;
  /// The process of a region: a child of the one that has the lock. nullopt if it does not run.
  std::optional<pid_t> pid(const RegionId& region) const;
  /// What the pid file of a region says, which may be old: then it means nobody, or a stranger.
  std::optional<pid_t> noted_pid(const RegionId& region) const;

 private:
  std::string data_;
};

/// kValidation if it cannot name a directory.
Status check_region_name(const RegionId& region);

/// A region of `topology` by name; kValidation that lists the names if there is none.
Result<RegionEntry> named_region(const Topology& topology, const std::string& name);

}  // namespace gyre::cli
