// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "core/base/descriptor.h"

namespace gyre::cli {

/// How a detached process reports how its start went, to the process that a person waits for. The first
/// report counts; if none comes, the start failed.
class StartReport {
 public:
  explicit StartReport(Descriptor pipe) : pipe_(std::move(pipe)) {}
  void ready(const std::string& text) { send('+', text); }
  void failed(const std::string& reason) { send('-', reason); }

 private:
  void send(char kind, const std::string& text);
  Descriptor pipe_;  // none once it was used
};

/// Runs `run` in a process and session of its own, which outlives this one and prints to `log_file`. Waits
/// for its report; prints what is ready to standard output, or why it is not to standard error. A SIGINT,
/// SIGTERM or SIGHUP meanwhile, which the caller has blocked, is passed on. Answers the exit code, in both
/// processes. The process has no other threads.
int run_detached(const std::string& log_file, const std::function<int(StartReport&)>& run);

}  // namespace gyre::cli
