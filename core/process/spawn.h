// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace gyre::process {

/// A file descriptor that is closed with its owner. -1 = none.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  ~Descriptor() { reset(); }
  int get() const { return number_; }
  void reset() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_;
};

/// A child process. Its maker waits for it.
struct SpawnedProcess {
  pid_t pid = 0;
  Descriptor output;  ///< what it prints, to be read without blocking
  Descriptor error;
  Descriptor pidfd;  ///< becomes readable when it ends
};

/// Starts a program in a process group of its own (a terminal's Ctrl-C reaches only us, who then end it in
/// order), with standard input from /dev/null, and SIGKILL when the calling thread ends. `env` entries
/// "NAME=value" replace ours. kInternal if there can be no process; a program that cannot be executed exits
/// with kExitStayDown (exit_code.h) and says so on its standard error.
Result<SpawnedProcess> spawn_process(const std::vector<std::string>& argv,
                                     const std::vector<std::string>& env);

}  // namespace gyre::process
