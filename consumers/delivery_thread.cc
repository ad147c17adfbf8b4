// SPDX-License-Identifier: Apache-2.0
#include "consumers/delivery_thread.h"

#include <utility>

namespace gyre::consumers {

DeliveryThread::DeliveryThread(Factory factory, std::function<void()> wake)
    : wake_(std::move(wake)), thread_([this, factory = std::move(factory)] { run(factory); }) {}

DeliveryThread::~DeliveryThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void DeliveryThread::post(std::uint64_t token, Delivery delivery) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back({token, std::move(delivery)});
  }
  changed_.notify_one();
}

std::vector<DeliveryThread::Done> DeliveryThread::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(done_, {});
}

std::optional<Error> DeliveryThread::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void DeliveryThread::run(const Factory& factory) {
  Result<std::unique_ptr<BatchConsumer>> consumer = factory();
  std::unique_lock lock(mutex_);
  if (!consumer.ok()) {
    failure_ = consumer.error();
    lock.unlock();
    return wake_();
  }
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) break;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    Result<Outcome> outcome = (*consumer)->deliver(job.delivery);
    lock.lock();
    done_.push_back({job.token, std::move(job.delivery), std::move(outcome)});
    wake_();
  }
  lock.unlock();  // destroying the consumer may take its time
}

}  // namespace gyre::consumers
