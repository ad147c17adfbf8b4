// SPDX-License-Identifier: Apache-2.0
#include "core/process/spawn.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include <fmt/core.h>

#include "core/process/exit_code.h"

extern char** environ;

namespace gyre::process {

namespace {

Error system_error(std::string_view what) {
  return Error::internal(fmt::format("{}: {}", what, std::strerror(errno)));
}

std::string_view name_of(std::string_view entry) {
  return entry.substr(0, entry.find('='));
}

std::vector<std::string> merged_environment(const std::vector<std::string>& env) {
  std::vector<std::string> merged = env;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    bool replaced = false;
    for (const std::string& ours : env) replaced = replaced || name_of(ours) == name_of(*entry);
    if (!replaced) merged.emplace_back(*entry);
  }
  return merged;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return system_error("no pipe to a child process");
  Pipe pipe{Descriptor(ends[0]), Descriptor(ends[1])};
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return pipe;
}

// By its number: glibc 2.36 declares pidfd_open without C linkage.
int open_pidfd(pid_t pid) {
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

void write_text(const char* text) {
  if (::write(STDERR_FILENO, text, std::strlen(text)) < 0) return;  // nobody is left to be told
}

// In the child, between fork and exec: only what is safe among the copies of other threads' locks.
[[noreturn]] void become(char* const* argv, char** env, int output, int error, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it died before the line above
  ::setpgid(0, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGINT, SIGTERM, SIGPIPE, SIGCHLD, SIGHUP}) ::signal(number, SIG_DFL);
  const int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(error, STDERR_FILENO);
  environ = env;
  ::execvp(argv[0], argv);
  const char* const reason = std::strerror(errno);
  for (const char* text : {"cannot execute ", const_cast<const char*>(argv[0]), ": ", reason, "\n"})
    write_text(text);
  ::_exit(kExitStayDown);
}

}  // namespace

Result<SpawnedProcess> spawn_process(const std::vector<std::string>& argv,
                                     const std::vector<std::string>& env) {
  CHECK(!argv.empty());
  std::vector<std::string> arguments = argv;
  std::vector<std::string> environment = merged_environment(env);
  const std::vector<char*> argument_pointers = pointers(arguments);
  std::vector<char*> environment_pointers = pointers(environment);
  ASSIGN_OR_RETURN(Pipe output, make_pipe());
  ASSIGN_OR_RETURN(Pipe error, make_pipe());

  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return system_error("no child process");
  if (pid == 0) {
    become(argument_pointers.data(), environment_pointers.data(), output.write_end.get(),
           error.write_end.get(), parent);
  }
  ::setpgid(pid, pid);  // as the child does itself: whoever comes first
  SpawnedProcess process{pid, std::move(output.read_end), std::move(error.read_end),
                         Descriptor(open_pidfd(pid))};
  if (process.pidfd.get() < 0) {
    const Error failure = system_error("no handle of a child process");
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return failure;
  }
  return process;
}

}  // namespace gyre::process
