// SPDX-License-Identifier: Apache-2.0
#include "cli/signals.h"

#include <pthread.h>

#include <ctime>

namespace gyre::cli {

SignalGuard::SignalGuard() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

void SignalGuard::wait() const {
  int signal = 0;
  sigwait(&signals_, &signal);
}

bool SignalGuard::wait_for(int timeout_ms) {
  const timespec timeout{timeout_ms / 1000, (timeout_ms % 1000) * 1'000'000L};
  arrived_ = arrived_ || sigtimedwait(&signals_, nullptr, &timeout) > 0;
  return arrived_;
}

}  // namespace gyre::cli
