// SPDX-License-Identifier: Apache-2.0
#include "cli/running.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "cli/files.h"
#include "core/process/spawn.h"

namespace gyre::cli {

namespace {

// Of the open file, so that it ends with the process, and that asking for it takes nothing from anybody.
struct flock whole_file() {
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

Status RunningFiles::lock() const {
  const int descriptor = ::open(lock_file().c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    return Error::validation(fmt::format("cannot write {}: {}", lock_file(), std::strerror(errno)));
  }
  struct flock wanted = whole_file();
  if (::fcntl(descriptor, F_OFD_SETLK, &wanted) != 0) {
    ::close(descriptor);
    return Error::validation(
        fmt::format("another `gyre up` runs on this directory (it holds {})", lock_file()));
  }
  return {};
}

bool RunningFiles::locked() const {
  const process::Descriptor descriptor(::open(lock_file().c_str(), O_RDONLY | O_CLOEXEC));
  struct flock wanted = whole_file();
  return descriptor.get() >= 0 && ::fcntl(descriptor.get(), F_OFD_GETLK, &wanted) == 0 &&
         wanted.l_type != F_UNLCK;
}

Result<Topology> RunningFiles::topology() const {
  if (!locked() || !std::filesystem::exists(topology_file())) {
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
