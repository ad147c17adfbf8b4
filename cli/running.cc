// SPDX-License-Identifier: Apache-2.0
#include "cli/running.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "cli/files.h"
#include "core/base/descriptor.h"
#include "core/process/other_process.h"

namespace gyre::cli {

namespace {

// Of the process, so that it ends with it, and that the system says whose it is.
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
  if (::fcntl(descriptor, F_SETLK, &wanted) != 0) {
    const bool is_held = errno == EAGAIN || errno == EACCES;
    const std::string reason = std::strerror(errno);
    ::close(descriptor);
    if (!is_held) return Error::validation(fmt::format("cannot lock {}: {}", lock_file(), reason));
    return Error::validation(fmt::format(
        "another `gyre up`{} runs on this directory: `gyre status --data {}` shows it, and `gyre down "
        "--data {}` stops it",
        supervisor().value_or(0) > 0 ? fmt::format(" (pid {})", *supervisor()) : "", data_, data_));
  }
  return {};  // the descriptor stays open as long as the process lives
}

std::optional<pid_t> RunningFiles::supervisor() const {
  const Descriptor descriptor(::open(lock_file().c_str(), O_RDONLY | O_CLOEXEC));
  struct flock wanted = whole_file();
  if (descriptor.get() < 0 || ::fcntl(descriptor.get(), F_GETLK, &wanted) != 0 || wanted.l_type == F_UNLCK) {
    return std::nullopt;
  }
  return std::max(wanted.l_pid, 0);
}

Result<Topology> RunningFiles::topology() const {
  if (!supervisor() || !std::filesystem::exists(topology_file())) {
    return Error::validation(fmt::format(
        "no topology runs on '{}': start one with `gyre up TOPOLOGY.toml --data {}`", data_, data_));
  }
  return read_topology(topology_file());
}

std::optional<pid_t> RunningFiles::pid(const RegionId& region) const {
  const auto pid = noted_pid(region);
  const auto facts = pid ? process::process_facts(*pid) : std::nullopt;
  return facts && facts->parent == supervisor() ? pid : std::nullopt;
}

std::optional<pid_t> RunningFiles::noted_pid(const RegionId& region) const {
  const auto text = read_file(pid_file(region));
  pid_t pid = 0;
  if (!text.ok()) return std::nullopt;
  std::from_chars(text->data(), text->data() + text->size(), pid);
  return pid > 0 ? std::optional(pid) : std::nullopt;
}

Status check_region_name(const RegionId& region) {
  const std::string& name = region.name();
  const bool is_plain =
      !name.empty() && !name.starts_with('.') && std::all_of(name.begin(), name.end(), [](char letter) {
        return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '-' || letter == '_' ||
               letter == '.';
      });
  if (is_plain) return {};
  return Error::validation(
      fmt::format("'{}' cannot name a region: letters, digits, '-', '_' and '.' can", name));
}

Result<RegionEntry> named_region(const Topology& topology, const std::string& name) {
  if (const RegionEntry* entry = topology.find(RegionId(name))) return *entry;
  return Error::validation(
      fmt::format("there is no region '{}'; there are {}", name, topology.region_names()));
}

}  // namespace gyre::cli
