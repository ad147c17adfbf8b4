// SPDX-License-Identifier: Apache-2.0
#include "core/process/other_process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <string_view>
#include <vector>

#include "core/base/duration.h"

namespace gyre::process {

namespace {

// proc(5), /proc/PID/stat: fields behind the name, which may hold anything but is the last in parentheses.
constexpr std::size_t kState = 0;
constexpr std::size_t kParent = 1;
constexpr std::size_t kStartTicks = 19;

std::optional<std::string> read_stat(pid_t pid) {
  const Descriptor file(::open(fmt::format("/proc/{}/stat", pid).c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> buffer;
  const ssize_t size = file.get() < 0 ? -1 : ::read(file.get(), buffer.data(), buffer.size());
  if (size <= 0) return std::nullopt;
  return std::string(buffer.data(), static_cast<std::size_t>(size));
}

std::vector<std::string_view> fields_behind_name(std::string_view stat) {
  std::vector<std::string_view> fields;
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return fields;
  stat.remove_prefix(name_end + 1);
  while (!stat.empty()) {
    const std::size_t end = std::min(stat.find(' '), stat.size());
    if (end > 0) fields.push_back(stat.substr(0, end));
    stat.remove_prefix(std::min(end + 1, stat.size()));
  }
  return fields;
}

std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::uint64_t since_boot_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000 +
         static_cast<std::uint64_t>(now.tv_nsec) / kNanosecondsPerMs;
}

std::string program_of(pid_t pid) {
  std::array<char, 4096> buffer;
  const ssize_t size = ::readlink(fmt::format("/proc/{}/exe", pid).c_str(), buffer.data(), buffer.size());
  return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
}

}  // namespace

std::optional<ProcessFacts> process_facts(pid_t pid) {
  const auto stat = read_stat(pid);
  if (!stat) return std::nullopt;
  const std::vector<std::string_view> fields = fields_behind_name(*stat);
  if (fields.size() <= kStartTicks || fields[kState] == "Z" || fields[kState] == "X") return std::nullopt;
  ProcessFacts facts;
  facts.parent = static_cast<pid_t>(number_of(fields[kParent]));
  const auto ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  const std::uint64_t started_ms = number_of(fields[kStartTicks]) * 1000 / ticks_per_second;
  const std::uint64_t now_ms = since_boot_ms();
  facts.age_ms = now_ms > started_ms ? now_ms - started_ms : 0;
  facts.program = program_of(pid);
  return facts;
}

// By their numbers: glibc 2.36 declares these without C linkage.

std::optional<OtherProcess> OtherProcess::open(pid_t pid) {
  Descriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (pidfd.get() < 0) return std::nullopt;
  return OtherProcess(std::move(pidfd));
}

bool OtherProcess::signal(int number) const {
  return ::syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, 0) == 0;
}

bool OtherProcess::wait(int timeout_ms) const {
  const std::uint64_t give_up_ms = since_boot_ms() + static_cast<std::uint64_t>(std::max(timeout_ms, 0));
  for (;;) {
    const std::uint64_t now_ms = since_boot_ms();
    pollfd ended{pidfd_.get(), POLLIN, 0};
    const int left_ms = now_ms < give_up_ms ? static_cast<int>(give_up_ms - now_ms) : 0;
    const int ready = ::poll(&ended, 1, left_ms);
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace gyre::process
