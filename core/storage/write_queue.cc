// SPDX-License-Identifier: Apache-2.0
#include "core/storage/write_queue.h"

#include "core/base/limits.h"

namespace gyre::storage {
namespace {

constexpr std::array<std::int64_t, 3> kWeights = {
    limits::kWriterClientWeight, limits::kWriterReplicationWeight, limits::kWriterMaintenanceWeight};
constexpr std::size_t kRequestOverheadBytes =
    256;  // of an object with its completion, whatever it says of itself

}  // namespace

bool WriteQueue::push(std::unique_ptr<WriteRequest>& request) {
  Class& to = classes_[static_cast<std::size_t>(request->write_class())];
  const std::size_t bytes = request->size_bytes() + kRequestOverheadBytes;
  if (!to.waiting.empty() && to.bytes + bytes > bytes_max_) {
    ++to.refused;
    return false;
  }
  to.waiting.push_back({std::move(request), bytes});
  to.bytes += bytes;
  ++count_;
  return true;
}

std::unique_ptr<WriteRequest> WriteQueue::pop() {
  if (count_ == 0) return nullptr;
  while (classes_[turn_].waiting.empty() || classes_[turn_].deficit <= 0) next_class();
  Class& from = classes_[turn_];
  Waiting taken = std::move(from.waiting.front());
  from.waiting.pop_front();
  from.bytes -= taken.bytes;
  from.deficit -= static_cast<std::int64_t>(taken.bytes);
  --count_;
  return std::move(taken.request);
}

void WriteQueue::next_class() {
  // An idle class saves nothing up.
  if (classes_[turn_].waiting.empty()) classes_[turn_].deficit = 0;
  turn_ = (turn_ + 1) % classes_.size();
  classes_[turn_].deficit += kWeights[turn_] * limits::kWriterQuantumBytes;
}

std::array<WriterStatus::Queue, 3> WriteQueue::status() const {
  std::array<WriterStatus::Queue, 3> status;
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    status[i] = {classes_[i].waiting.size(), classes_[i].bytes, classes_[i].refused};
  }
  return status;
}

}  // namespace gyre::storage
