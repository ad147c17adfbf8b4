// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace gyre::cli {

/// Keeps SIGINT, SIGTERM and SIGHUP from ending the process, so that a command can stop cleanly. Made at the
/// start of main's work, before any thread.
class SignalGuard {
 public:
  SignalGuard();
  /// Blocks until one of them arrives.
  void wait() const;
  /// Waits up to `timeout_ms`; true if one of them has arrived, now or before.
  bool wait_for(int timeout_ms);

 private:
  sigset_t signals_;
  bool arrived_ = false;
};

}  // namespace gyre::cli
