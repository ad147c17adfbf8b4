// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

namespace gyre::storage {

/// Who waits for whom in a ReadPool. Long reads are done in slices, each of which goes to the end of its lane
/// again; one thread, if there are several, never takes them.
enum class ReadLane { kShort, kLong };

/// A few threads for reads that must wait for the disk, or that take long. Tasks of a lane are run in order
/// of arrival, and the lanes take turns; each has a bound (limits.h): post() answers false when the lane is
/// full (the caller answers kThrottled) or the pool is stopped. Stops and joins on destruction, after what is
/// queued. With 0 threads (the simulator) tasks run at once, on the caller's.
class ReadPool {
 public:
  explicit ReadPool(int threads);
  ~ReadPool();
  ReadPool(const ReadPool&) = delete;
  ReadPool& operator=(const ReadPool&) = delete;

  bool post(std::function<void()> task, ReadLane lane = ReadLane::kShort);
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gyre::storage
