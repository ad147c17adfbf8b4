// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace gyre {

/// Does the rounds of something again and again on a thread of its own. Made, started and stopped by one
/// owner; what the rounds use outlives it.
class BackgroundLoop {
 public:
  /// Answers whether the next round is due at once; else it comes after `pause`, or a wake().
  using Round = std::function<bool()>;
  BackgroundLoop(Round round, std::chrono::milliseconds pause) : round_(std::move(round)), pause_(pause) {}
  ~BackgroundLoop() { stop(); }
  BackgroundLoop(const BackgroundLoop&) = delete;
  BackgroundLoop& operator=(const BackgroundLoop&) = delete;

  void start();
  /// Any thread: what happened before this call, a round sees soon.
  void wake();
  /// Waits for the round that is under way. Idempotent.
  void stop();
  /// Any thread: a long round asks between its steps whether it should end.
  bool stopping() const { return stopping_; }

 private:
  void run();

  const Round round_;
  const std::chrono::milliseconds pause_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool woken_ = false;
  std::atomic<bool> stopping_ = false;  // written under the mutex
  std::thread thread_;
};

}  // namespace gyre
