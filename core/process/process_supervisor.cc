// SPDX-License-Identifier: Apache-2.0
#include "core/process/process_supervisor.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fmt/core.h>

#include "core/base/duration.h"
#include "core/base/limits.h"
#include "core/process/exit_code.h"
#include "core/process/spawn.h"

namespace gyre::process {

namespace {

std::string describe_end(int status) {
  if (WIFSIGNALED(status))
    return fmt::format("signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  return fmt::format("exit code {}", WEXITSTATUS(status));
}

}  // namespace

struct ProcessSupervisor::Child {
  ProcessSpec spec;
  ProcessStatus status;
  SpawnedProcess process;
  std::string partial_line[2];  // of standard output and error
  std::uint64_t started_ns = 0;
  std::uint64_t pause_ms = limits::kRestartPauseMsMin;
  std::uint64_t due_ns = 0;  // waiting: when to start; stopping: when to kill
  bool killed = false;

  bool alive() const { return status.pid != 0; }
};

ProcessSupervisor::ProcessSupervisor(const Clock& clock, SupervisorCallbacks callbacks)
    : clock_(clock), callbacks_(std::move(callbacks)) {}

ProcessSupervisor::~ProcessSupervisor() {
  stop_all();
}

Result<ProcessSupervisor::Child*> ProcessSupervisor::find(const std::string& name) const {
  const auto found = children_.find(name);
  if (found == children_.end()) return Error::resource_not_found(fmt::format("there is no process {}", name));
  return found->second.get();
}

Status ProcessSupervisor::add(ProcessSpec spec) {
  if (children_.contains(spec.name)) {
    return Error(ErrorCode::kResourceInUse, fmt::format("there is a process {} already", spec.name));
  }
  auto child = std::make_unique<Child>();
  child->status.name = spec.name;
  child->spec = std::move(spec);
  RETURN_IF_ERROR(launch(*child));
  children_.emplace(child->status.name, std::move(child));
  return {};
}

Status ProcessSupervisor::launch(Child& child) {
  ASSIGN_OR_RETURN(child.process, spawn_process(child.spec.argv, child.spec.env));
  child.status.pid = child.process.pid;
  child.status.reason.clear();
  child.started_ns = clock_.steady_ns();
  child.killed = false;
  set_state(child, ProcessState::kRunning);
  return {};
}

Status ProcessSupervisor::start(const std::string& name) {
  ASSIGN_OR_RETURN(Child* const child, find(name));
  if (child->alive()) {
    return Error(ErrorCode::kResourceInUse,
                 fmt::format("process {} runs, as process {}", name, child->status.pid));
  }
  child->pause_ms = limits::kRestartPauseMsMin;
  return launch(*child);
}

Status ProcessSupervisor::stop(const std::string& name) {
  ASSIGN_OR_RETURN(Child* const child, find(name));
  if (!child->alive()) {
    if (child->status.state == ProcessState::kWaiting) set_state(*child, ProcessState::kDown);
    return {};
  }
  if (child->status.state == ProcessState::kStopping) return {};
  ::kill(child->status.pid, SIGTERM);
  child->due_ns = clock_.steady_ns() + child->spec.grace_ms * kNanosecondsPerMs;
  set_state(*child, ProcessState::kStopping);
  return {};
}

Status ProcessSupervisor::kill(const std::string& name) {
  ASSIGN_OR_RETURN(Child* const child, find(name));
  RETURN_IF_ERROR(stop(name));
  child->due_ns = 0;
  tick(*child);
  return {};
}

void ProcessSupervisor::poll(int timeout_ms) {
  std::vector<pollfd> waits;
  std::vector<std::pair<Child*, int>> meanings;  // 0, 1: a pipe; 2: the process
  for (const auto& [name, child] : children_) {
    if (!child->alive()) continue;
    const std::array<int, 3> descriptors = {child->process.output.get(), child->process.error.get(),
                                            child->process.pidfd.get()};
    for (int i = 0; i < 3; ++i) {
      if (descriptors[i] < 0) continue;
      waits.push_back({descriptors[i], POLLIN, 0});
      meanings.emplace_back(child.get(), i);
    }
  }
  ::poll(waits.data(), waits.size(), next_wait_ms(timeout_ms));  // an interrupted one is like one in time
  // Lines first: a child's last words come before its end.
  for (std::size_t i = 0; i < waits.size(); ++i) {
    const auto [child, meaning] = meanings[i];
    if (waits[i].revents != 0 && meaning < 2) read_lines(*child, meaning == 1);
  }
  for (std::size_t i = 0; i < waits.size(); ++i) {
    const auto [child, meaning] = meanings[i];
    if (waits[i].revents != 0 && meaning == 2) finish(*child);
  }
  for (const auto& [name, child] : children_) tick(*child);
}

int ProcessSupervisor::next_wait_ms(int timeout_ms) const {
  const std::uint64_t now = clock_.steady_ns();
  std::uint64_t wait_ms = static_cast<std::uint64_t>(std::max(timeout_ms, 0));
  for (const auto& [name, child] : children_) {
    const bool due = child->status.state == ProcessState::kWaiting ||
                     (child->status.state == ProcessState::kStopping && !child->killed);
    if (!due) continue;
    const std::uint64_t left_ns = child->due_ns > now ? child->due_ns - now : 0;
    wait_ms = std::min(wait_ms, left_ns / kNanosecondsPerMs + (left_ns == 0 ? 0 : 1));
  }
  return static_cast<int>(wait_ms);
}

// One read of what is there: poll() comes back for the rest. Lines longer than the limit are passed on in
// parts.
void ProcessSupervisor::read_lines(Child& child, bool is_error) {
  Descriptor& pipe = is_error ? child.process.error : child.process.output;
  std::string& partial = child.partial_line[is_error ? 1 : 0];
  std::array<char, 16 * 1024> buffer;
  const ssize_t count = ::read(pipe.get(), buffer.data(), buffer.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    pipe.reset();
    if (!partial.empty() && callbacks_.on_line) callbacks_.on_line(child.spec.name, partial, is_error);
    partial.clear();
    return;
  }
  partial.append(buffer.data(), static_cast<std::size_t>(count));
  std::size_t start = 0;
  for (std::size_t end; (end = partial.find('\n', start)) != std::string::npos; start = end + 1) {
    if (callbacks_.on_line) {
      callbacks_.on_line(child.spec.name, std::string_view(partial).substr(start, end - start), is_error);
    }
  }
  partial.erase(0, start);
  if (partial.size() > limits::kChildLineBytesMax) {
    if (callbacks_.on_line) callbacks_.on_line(child.spec.name, partial, is_error);
    partial.clear();
  }
}

// The process has ended: takes its last lines and its status, and decides what comes next.
void ProcessSupervisor::finish(Child& child) {
  int status = 0;
  // Whatever it started itself and left behind ends with it. Its group is still ours to name, as long as
  // nobody waited for it.
  ::kill(-child.status.pid, SIGKILL);
  if (::waitpid(child.status.pid, &status, WNOHANG) != child.status.pid) return;
  for (const bool is_error : {false, true}) {
    Descriptor& pipe = is_error ? child.process.error : child.process.output;
    // A grandchild may hold the pipe open: read what is there, and wait for no more.
    for (pollfd ready{pipe.get(), POLLIN, 0}; pipe.get() >= 0 && ::poll(&ready, 1, 0) > 0;)
      read_lines(child, is_error);
    std::string& partial = child.partial_line[is_error ? 1 : 0];
    if (!partial.empty() && callbacks_.on_line) callbacks_.on_line(child.spec.name, partial, is_error);
    partial.clear();
  }
  child.process = SpawnedProcess();
  child.status.pid = 0;
  child.status.reason = describe_end(status);
  const bool asked = child.status.state == ProcessState::kStopping;
  if (asked || (WIFEXITED(status) && WEXITSTATUS(status) == kExitStayDown)) {
    return set_state(child, ProcessState::kDown);
  }
  const std::uint64_t now = clock_.steady_ns();
  // Pauses grow for what fails at its start; one that ran for a while comes back at once.
  if (now - child.started_ns >= limits::kSteadyRunMs * kNanosecondsPerMs)
    child.pause_ms = limits::kRestartPauseMsMin;
  child.due_ns = now + child.pause_ms * kNanosecondsPerMs;
  child.pause_ms = std::min(child.pause_ms * 2, limits::kRestartPauseMsMax);
  set_state(child, ProcessState::kWaiting);
}

// Does what has become due.
void ProcessSupervisor::tick(Child& child) {
  const std::uint64_t now = clock_.steady_ns();
  if (now < child.due_ns) return;
  if (child.status.state == ProcessState::kStopping && !child.killed) {
    ::kill(-child.status.pid, SIGKILL);
    child.killed = true;
  }
  if (child.status.state == ProcessState::kWaiting) {
    ++child.status.restarts;
    if (!launch(child).ok()) child.due_ns = now + child.pause_ms * kNanosecondsPerMs;
  }
}

void ProcessSupervisor::set_state(Child& child, ProcessState state) {
  child.status.state = state;
  if (callbacks_.on_status) callbacks_.on_status(child.status);
}

void ProcessSupervisor::stop_all() {
  for (const auto& [name, child] : children_) (void)stop(name);
  const auto any_alive = [this] {
    return std::any_of(children_.begin(), children_.end(),
                       [](const auto& entry) { return entry.second->alive(); });
  };
  while (any_alive()) poll(100);
}

std::optional<ProcessStatus> ProcessSupervisor::status(const std::string& name) const {
  const auto found = children_.find(name);
  if (found == children_.end()) return std::nullopt;
  return found->second->status;
}

std::vector<ProcessStatus> ProcessSupervisor::statuses() const {
  std::vector<ProcessStatus> all;
  for (const auto& [name, child] : children_) all.push_back(child->status);
  return all;
}

}  // namespace gyre::process
