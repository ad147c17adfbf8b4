// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "core/process/spawn.h"

namespace gyre::process {

/// What the system says of a process.
struct ProcessFacts {
  pid_t parent = 0;
  std::uint64_t age_ms = 0;
  std::string program;  ///< its file; empty: it is not known
};

/// nullopt if there is no such process, or if it has ended and only waits for its parent.
std::optional<ProcessFacts> process_facts(pid_t pid);

/// A process that somebody else started, held so that its number cannot come to mean another one. Check
/// after opening it that it is the one that was meant.
class OtherProcess {
 public:
  /// nullopt if there is no such process.
  static std::optional<OtherProcess> open(pid_t pid);
  /// False if it has ended, or if it is not ours to signal: errno says which.
  bool signal(int number) const;
  /// Waits up to `timeout_ms` for its end; whether it has ended.
  bool wait(int timeout_ms) const;

 private:
  explicit OtherProcess(Descriptor pidfd) : pidfd_(std::move(pidfd)) {}
  Descriptor pidfd_;
};

}  // namespace gyre::process
