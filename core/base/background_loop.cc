// SPDX-License-Identifier: Apache-2.0
#include "core/base/background_loop.h"

namespace gyre {

void BackgroundLoop::start() {
  thread_ = std::thread([this] { run(); });
}

void BackgroundLoop::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

void BackgroundLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void BackgroundLoop::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    const bool more = round_();
    lock.lock();
    if (!more) changed_.wait_for(lock, pause_, [this] { return stopping_ || woken_; });
  }
}

}  // namespace gyre
