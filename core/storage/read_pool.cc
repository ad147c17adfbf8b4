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
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::function<void()>> tasks;
  bool stopping = false;
  bool inline_only = false;
  std::vector<std::thread> threads;

  void run() {
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [this] { return stopping || !tasks.empty(); });
      if (tasks.empty()) return;
      const std::function<void()> task = std::move(tasks.front());
      tasks.pop_front();
      lock.unlock();
      task();
      lock.lock();
    }
  }
};

ReadPool::ReadPool(int threads) : state_(std::make_unique<State>()) {
  state_->inline_only = threads == 0;
  for (int i = 0; i < threads; ++i) state_->threads.emplace_back([state = state_.get()] { state->run(); });
}

ReadPool::~ReadPool() {
  stop();
}

bool ReadPool::post(std::function<void()> task) {
  std::unique_lock lock(state_->mutex);
  if (state_->stopping || state_->tasks.size() >= limits::kReadPoolTasksMax) return false;
  if (state_->inline_only) {
    lock.unlock();
    task();
    return true;
  }
  state_->tasks.push_back(std::move(task));
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
