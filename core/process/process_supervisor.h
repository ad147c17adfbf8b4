// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace gyre::process {

/// One program to keep running.
struct ProcessSpec {
  std::string name = {};               ///< unique in its supervisor
  std::vector<std::string> argv = {};  ///< argv[0]: path of the program, or a name to find in PATH
  std::vector<std::string> env = {};   ///< "NAME=value", beside or instead of what this process has
  std::uint64_t grace_ms = 10'000;     ///< from SIGTERM to SIGKILL
};

enum class ProcessState {
  kRunning,
  kWaiting,   ///< it ended by itself and is started again after a pause that grows with each quick end
  kStopping,  ///< asked to end
  kDown,      ///< stays so until start()
};

struct ProcessStatus {
  std::string name;
  ProcessState state = ProcessState::kDown;
  pid_t pid = 0;               ///< while it runs or is stopping
  std::uint64_t restarts = 0;  ///< by itself, after an end that nobody asked for
  std::string reason;          ///< of kWaiting and kDown: how it ended, "exit code 3", "signal 11"
};

struct SupervisorCallbacks {
  /// Each whole line of a child's standard output or error, without its newline; called within poll().
  std::function<void(const std::string& name, std::string_view line, bool is_error)> on_line = {};
  /// Each change of state; called within the call that brought it about.
  std::function<void(const ProcessStatus& status)> on_status = {};
};

/// Keeps child processes running: starts them, passes on what they print, starts them again when they end by
/// themselves, and ends them. Children die with the *thread* that started them (PR_SET_PDEATHSIG), so there
/// are no orphans even after a crash; so call it all on one thread that lives as long as the supervisor. No
/// call blocks but poll() and stop_all(). No zombies: poll() waits for what ended.
class ProcessSupervisor {
 public:
  ProcessSupervisor(const Clock& clock, SupervisorCallbacks callbacks);
  /// Does what stop_all() does.
  ~ProcessSupervisor();
  ProcessSupervisor(const ProcessSupervisor&) = delete;
  ProcessSupervisor& operator=(const ProcessSupervisor&) = delete;

  /// Starts it. kResourceInUse if the name is taken; kInternal if no process can be made. That a program
  /// cannot be executed shows as its end, with kExitStayDown.
  Status add(ProcessSpec spec);
  /// Starts what is down or waiting. kResourceNotFound for an unknown name; kResourceInUse while it runs or
  /// is stopping.
  Status start(const std::string& name);
  /// Ends it with SIGTERM, then SIGKILL after its grace; it stays down. Does not wait.
  Status stop(const std::string& name);
  /// Ends it with SIGKILL at once; it stays down.
  Status kill(const std::string& name);

  /// Waits up to `timeout_ms` for news of any child and deals with them: lines, ends, restarts that are due.
  void poll(int timeout_ms);
  /// Ends all children and waits until they have.
  void stop_all();

  std::optional<ProcessStatus> status(const std::string& name) const;
  std::vector<ProcessStatus> statuses() const;  ///< by name

 private:
  struct Child;

  Result<Child*> find(const std::string& name) const;
  Status launch(Child& child);
  void read_lines(Child& child, bool is_error);
  void finish(Child& child);
  void tick(Child& child);
  void set_state(Child& child, ProcessState state);
  int next_wait_ms(int timeout_ms) const;

  const Clock& clock_;
  const SupervisorCallbacks callbacks_;
  std::map<std::string, std::unique_ptr<Child>> children_;
};

}  // namespace gyre::process
