// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "consumers/delivery.h"
#include "core/base/result.h"

namespace gyre::consumers {

/// The thread that a consumer lives on: made there, called there, destroyed there. So a slow consumer keeps
/// nobody from answering the region. Holds at most one delivery for each open shard. All functions on the
/// owner's thread.
class DeliveryThread {
 public:
  using Factory = std::function<Result<std::unique_ptr<BatchConsumer>>()>;
  struct Done {
    std::uint64_t token = 0;
    Delivery delivery;  ///< as it was posted
    Result<Outcome> outcome;
  };

  /// `wake` is called on the new thread whenever take() has something.
  DeliveryThread(Factory factory, std::function<void()> wake);
  /// Waits for the call under way; drops what waits.
  ~DeliveryThread();
  DeliveryThread(const DeliveryThread&) = delete;
  DeliveryThread& operator=(const DeliveryThread&) = delete;

  void post(std::uint64_t token, Delivery delivery);
  std::vector<Done> take();
  /// Why there is no consumer, if the factory failed.
  std::optional<Error> failure() const;

 private:
  struct Job {
    std::uint64_t token = 0;
    Delivery delivery;
  };
  void run(const Factory& factory);

  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::deque<Job> jobs_;
  std::vector<Done> done_;
  std::optional<Error> failure_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace gyre::consumers
