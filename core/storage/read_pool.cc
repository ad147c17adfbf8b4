// SPDX-License-Identifier: Apache-2.0
#include "core/storage/read_pool.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "core/base/limits.h"

namespace gyre::storage {

struct ReadPool::State {
  using Task = std::function<void()>;

  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Task> short_tasks;
  std::deque<Task> long_tasks;
  std::size_t long_running = 0;
  bool long_is_next = false;
  bool stopping = false;
  bool inline_only = false;
  std::vector<std::thread> threads;

  bool may_run_long() const {
    const std::size_t most = threads.size() > 1 ? threads.size() - 1 : 1;
    return !long_tasks.empty() && long_running < most;
  }
  bool has_work() const { return !short_tasks.empty() || may_run_long(); }

  /// With the lock held, which is let go while the task runs.
  void run_one(std::unique_lock<std::mutex>& lock) {
    const bool is_long = may_run_long() && (short_tasks.empty() || long_is_next);
    long_is_next = !is_long;
    std::deque<Task>& lane = is_long ? long_tasks : short_tasks;
    const Task task = std::move(lane.front());
    lane.pop_front();
    if (is_long) ++long_running;
    lock.unlock();
    task();
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
  const bool is_long = lane == ReadLane::kLong;
  std::deque<State::Task>& tasks = is_long ? state_->long_tasks : state_->short_tasks;
  const std::size_t most = is_long ? limits::kLongReadsMax : limits::kReadPoolTasksMax;
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
