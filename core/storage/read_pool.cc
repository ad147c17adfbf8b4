// SPDX-License-Identifier: Apache-2.0
#include "core/storage/read_pool.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "core/base/check.h"
#include "core/base/limits.h"

namespace gyre::storage {

struct ReadPool::State {
  using Task = std::function<void()>;
  using Lane = std::deque<Task>;

  std::mutex mutex;
  std::condition_variable read_wake;
  std::condition_variable body_wake;
  Lane short_tasks;
  Lane long_tasks;
  Lane bodies;
  std::size_t long_running = 0;
  bool long_is_next = false;
  bool stopping = false;
  bool inline_only = false;
  std::vector<std::thread> readers;
  std::thread body_thread;

  Lane& lane_of(ReadLane lane) {
    switch (lane) {
      case ReadLane::kShort:
        return short_tasks;
      case ReadLane::kLong:
        return long_tasks;
      case ReadLane::kBodies:
        return bodies;
    }
    fatal("a lane that is none");
  }

  bool may_run_long() const {
    const std::size_t most = readers.size() > 1 ? readers.size() - 1 : 1;
    return !long_tasks.empty() && long_running < most;
  }
  bool has_reads() const { return !short_tasks.empty() || may_run_long(); }

  /// With the lock held, which is let go while the task runs and ends.
  static void run_first_of(Lane& lane, std::unique_lock<std::mutex>& lock) {
    Task task = std::move(lane.front());
    lane.pop_front();
    lock.unlock();
    task();
    task = nullptr;  // what it held may take locks, or come back here
    lock.lock();
  }

  void run_reads() {
    std::unique_lock lock(mutex);
    while (true) {
      read_wake.wait(lock, [this] { return stopping || has_reads(); });
      // What is left then belongs to those who run long tasks now.
      if (!has_reads()) return;
      const bool is_long = may_run_long() && (short_tasks.empty() || long_is_next);
      long_is_next = !is_long;
      if (is_long) ++long_running;
      run_first_of(is_long ? long_tasks : short_tasks, lock);
      if (is_long) --long_running;
    }
  }

  void run_bodies() {
    std::unique_lock lock(mutex);
    while (true) {
      body_wake.wait(lock, [this] { return stopping || !bodies.empty(); });
      if (bodies.empty()) return;
      run_first_of(bodies, lock);
    }
  }
};

ReadPool::ReadPool(int threads) : state_(std::make_unique<State>()) {
  state_->inline_only = threads == 0;
  if (state_->inline_only) return;
  const std::lock_guard lock(state_->mutex);  // a thread counts them all
  State* const state = state_.get();
  for (int i = 0; i < threads; ++i) state->readers.emplace_back([state] { state->run_reads(); });
  state->body_thread = std::thread([state] { state->run_bodies(); });
}

ReadPool::~ReadPool() {
  stop();
}

bool ReadPool::post(std::function<void()> task, ReadLane lane) {
  std::unique_lock lock(state_->mutex);
  State::Lane& tasks = state_->lane_of(lane);
  const std::size_t most = lane == ReadLane::kLong ? limits::kLongReadsMax : limits::kReadPoolTasksMax;
  if (state_->stopping || tasks.size() >= most) return false;
  if (state_->inline_only) {
    lock.unlock();
    task();
    return true;
  }
  tasks.push_back(std::move(task));
  lock.unlock();
  (lane == ReadLane::kBodies ? state_->body_wake : state_->read_wake).notify_one();
  return true;
}

void ReadPool::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->read_wake.notify_all();
  state_->body_wake.notify_all();
  for (std::thread& thread : state_->readers) {
    if (thread.joinable()) thread.join();
  }
  if (state_->body_thread.joinable()) state_->body_thread.join();
}

}  // namespace gyre::storage
