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

  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Task> short_tasks;
  std::deque<Task> long_tasks;
  std::deque<Task> bodies;
  std::size_t long_running = 0;  // and bodies
  bool long_is_next = false;     // of short tasks and others
  bool body_is_next = false;     // of bodies and long tasks
  bool stopping = false;
  bool inline_only = false;
  std::vector<std::thread> threads;

  std::deque<Task>& lane_of(ReadLane lane) {
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
    const std::size_t most = threads.size() > 1 ? threads.size() - 1 : 1;
    return !(long_tasks.empty() && bodies.empty()) && long_running < most;
  }
  bool has_work() const { return !short_tasks.empty() || may_run_long(); }

  ReadLane next_lane() {
    const bool is_long = may_run_long() && (short_tasks.empty() || long_is_next);
    long_is_next = !is_long;
    if (!is_long) return ReadLane::kShort;
    const bool is_body = !bodies.empty() && (long_tasks.empty() || body_is_next);
    body_is_next = !is_body;
    return is_body ? ReadLane::kBodies : ReadLane::kLong;
  }

  /// With the lock held, which is let go while the task runs and ends.
  void run_one(std::unique_lock<std::mutex>& lock) {
    const ReadLane next = next_lane();
    std::deque<Task>& lane = lane_of(next);
    Task task = std::move(lane.front());
    lane.pop_front();
    const bool is_long = next != ReadLane::kShort;
    if (is_long) ++long_running;
    lock.unlock();
    task();
    task = nullptr;  // what it held may take locks, or come back here
    lock.lock();
    if (is_long) --long_running;
  }

  void run() {
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [this] { return stopping || has_work(); });
      // What is left then belongs to those who run long tasks now.
      if (!has_work()) return;
      run_one(lock);
    }
  }
};

ReadPool::ReadPool(int threads) : state_(std::make_unique<State>()) {
  state_->inline_only = threads == 0;
  const std::lock_guard lock(state_->mutex);  // a thread counts them all
  for (int i = 0; i < threads; ++i) state_->threads.emplace_back([state = state_.get()] { state->run(); });
}

ReadPool::~ReadPool() {
  stop();
}

bool ReadPool::post(std::function<void()> task, ReadLane lane) {
  std::unique_lock lock(state_->mutex);
  std::deque<State::Task>& tasks = state_->lane_of(lane);
  const std::size_t most = lane == ReadLane::kLong ? limits::kLongReadsMax : limits::kReadPoolTasksMax;
  if (state_->stopping || tasks.size() >= most) return false;
  if (state_->inline_only) {
    lock.unlock();
    task();
    return true;
  }
  tasks.push_back(std::move(task));
  lock.unlock();
  state_->wake.notify_one();
  return true;
}

void ReadPool::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  for (std::thread& thread : state_->threads) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace gyre::storage
