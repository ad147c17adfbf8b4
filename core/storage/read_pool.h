// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

namespace gyre::storage {

/// Who waits for whom in a ReadPool. Long reads are done in slices, each of which goes to the end of its lane
/// again; if there are several threads, one takes short reads alone. Requests with large bodies are parsed
/// and begun in one go, which may take half a second, so they have a thread of their own.
enum class ReadLane { kShort, kLong, kBodies };

/// A few threads for reads that must wait for the disk, and for whatever takes too long for a connection's
/// thread. Tasks of a lane are run in order of arrival, and short and long reads take turns. Each lane has a
/// bound (limits.h): post() answers false when the lane is full (the caller answers kThrottled) or the pool
/// is stopped. Stops and joins on destruction, after what is queued. A task is destroyed by the thread that
/// ran it, which holds no lock of the pool. With 0 threads (the simulator) tasks run at once, on the
/// caller's.
class ReadPool {
 public:
  /// `threads`: for reads; one more takes bodies.
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
