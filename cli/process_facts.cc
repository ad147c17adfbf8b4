// SPDX-License-Identifier: Apache-2.0
#include "cli/process_facts.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace gyre::cli {
namespace {

// proc(5): the fields of /proc/self/stat behind the program's name, which may hold anything but its last ')'.
constexpr std::size_t kUserTicks = 11;
constexpr std::size_t kSystemTicks = 12;
constexpr std::size_t kThreads = 17;
constexpr std::size_t kStartTicks = 19;
constexpr std::size_t kVirtualBytes = 20;
constexpr std::size_t kResidentPages = 21;

std::vector<std::string> stat_fields() {
  std::ifstream file("/proc/self/stat");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  text.erase(0, text.rfind(')') + 1);  // npos + 1 is 0
  std::istringstream words(text);
  return {std::istream_iterator<std::string>(words), std::istream_iterator<std::string>()};
}

// Unlike the time of boot that /proc/stat tells, this costs nothing on machines with many processors.
double boot_seconds() {
  timespec now{};
  timespec since_boot{};
  clock_gettime(CLOCK_REALTIME, &now);
  clock_gettime(CLOCK_BOOTTIME, &since_boot);
  const auto seconds = [](const timespec& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  };
  return seconds(now) - seconds(since_boot);
}

std::uint64_t count_open_files() {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir("/proc/self/fd"), &::closedir);
  if (directory == nullptr) return 0;
  std::uint64_t entries = 0;
  while (::readdir(directory.get()) != nullptr) ++entries;
  return entries > 3 ? entries - 3 : 0;  // ".", ".." and the directory itself
}

}  // namespace

ProcessFacts read_process_facts() {
  ProcessFacts facts;
  const std::vector<std::string> fields = stat_fields();
  const auto number = [&](std::size_t field) {
    return field < fields.size() ? std::strtoull(fields[field].c_str(), nullptr, 10) : 0;
  };
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  facts.cpu_seconds = static_cast<double>(number(kUserTicks) + number(kSystemTicks)) / ticks;
  facts.start_seconds = boot_seconds() + static_cast<double>(number(kStartTicks)) / ticks;
  facts.resident_bytes = number(kResidentPages) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  facts.virtual_bytes = number(kVirtualBytes);
  facts.threads = number(kThreads);
  facts.open_files = count_open_files();
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) facts.open_files_max = files.rlim_cur;
  return facts;
}

}  // namespace gyre::cli
