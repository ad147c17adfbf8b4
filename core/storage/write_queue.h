// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>

#include "core/storage/writer.h"
#include "core/storage/writer_status.h"

namespace gyre::storage {

/// Requests that wait for the writer, by class. Classes share the writer by weight and bytes (a deficit round
/// robin), so that none starves and a first copy hardly slows clients; within a class, order of arrival. Each
/// class is bounded by itself: a flood of one cannot refuse another. Not thread-safe.
class WriteQueue {
 public:
  explicit WriteQueue(std::size_t bytes_max_per_class) : bytes_max_(bytes_max_per_class) {}

  /// Takes the request; if its class is full, leaves it where it is and answers false. An empty class takes
  /// any size.
  bool push(std::unique_ptr<WriteRequest>& request);
  /// The next one in turn; nullptr if there is none.
  std::unique_ptr<WriteRequest> pop();
  bool empty() const { return count_ == 0; }
  /// By WriteClass.
  std::array<WriterStatus::Queue, 3> status() const;

 private:
  struct Waiting {
    std::unique_ptr<WriteRequest> request;
    std::size_t bytes;
  };
  struct Class {
    std::deque<Waiting> waiting;
    std::size_t bytes = 0;
    std::uint64_t refused = 0;
    std::int64_t deficit = 0;  // bytes that it may still take in this round
  };

  void next_class();

  const std::size_t bytes_max_;
  std::array<Class, 3> classes_;  // by WriteClass
  std::size_t turn_ = 0;
  std::size_t count_ = 0;
};

}  // namespace gyre::storage
