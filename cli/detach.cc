// SPDX-License-Identifier: Apache-2.0
#include "cli/detach.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "cli/admin.h"
#include "cli/line_file.h"
#include "cli/signals.h"

namespace gyre::cli {
namespace {

constexpr int kReportPollMs = 100;

int fail_to(const char* what) {
  return fail(Error::internal(fmt::format("cannot {}: {}", what, std::strerror(errno))));
}

// Leaves the terminal, and prints to the log from here on.
void move_output(int log) {
  ::setsid();
  std::signal(SIGPIPE, SIG_IGN);  // who waits for the report may go before it comes
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(null, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::close(null);
}

// All that comes, until the other end is closed.
std::string read_report(int pipe, pid_t child) {
  SignalGuard signals;
  std::string report;
  std::array<char, 4096> buffer;
  for (bool passed_on = false;;) {
    if (!passed_on && signals.wait_for(0)) {
      ::kill(child, SIGTERM);  // ours, and nobody has waited for it: the number is its own
      passed_on = true;
    }
    pollfd ready{pipe, POLLIN, 0};
    if (::poll(&ready, 1, kReportPollMs) <= 0) continue;
    const ssize_t size = ::read(pipe, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return report;
    report.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

int show(const std::string& report, const std::string& log_file) {
  if (report.starts_with('+')) {
    fmt::print("{}", report.substr(1));
    return 0;
  }
  if (report.starts_with('-')) return fail(Error::validation(report.substr(1)));
  return fail(Error::internal(
      fmt::format("it ended before all regions were ready; its last words are in {}", log_file)));
}

}  // namespace

void StartReport::send(char kind, const std::string& text) {
  if (pipe_.get() < 0) return;
  const std::string report = kind + text;
  for (std::size_t sent = 0; sent < report.size();) {
    const ssize_t size = ::write(pipe_.get(), report.data() + sent, report.size() - sent);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) break;  // nobody waits any more
    sent += static_cast<std::size_t>(size);
  }
  pipe_.reset();
}

int run_detached(const std::string& log_file, const std::function<int(StartReport&)>& run) {
  LineFile log(log_file);
  if (log.descriptor() < 0) return fail_to(("write " + log_file).c_str());
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail_to("make a pipe");
  Descriptor read_end(ends[0]);
  Descriptor write_end(ends[1]);
  std::fflush(nullptr);  // else both processes print what waits
  const pid_t child = ::fork();
  if (child < 0) return fail_to("start a process");
  if (child == 0) {
    read_end.reset();
    move_output(log.descriptor());
    StartReport report(std::move(write_end));
    return run(report);
  }
  write_end.reset();
  return show(read_report(read_end.get(), child), log_file);
}

}  // namespace gyre::cli
