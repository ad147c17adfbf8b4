// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

namespace gyre::storage {

/// A few threads for reads that must wait for the disk. Tasks are run in order of arrival; the queue is
/// bounded: post() answers false when it is full (the caller answers kThrottled) or stopped. Stops and joins
/// on destruction, after what is queued. With 0 threads (the simulator) tasks run at once, on the caller's.
class ReadPool {
 public:
  explicit ReadPool(int threads);
  ~ReadPool();
  ReadPool(const ReadPool&) = delete;
  ReadPool& operator=(const ReadPool&) = delete;

  bool post(std::function<void()> task);
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gyre::storage
