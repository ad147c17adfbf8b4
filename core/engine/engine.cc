// SPDX-License-Identifier: Apache-2.0
#include "core/engine/engine.h"

#include <future>
#include <iterator>

namespace gyre::storage {

void Batch::put(Family family, std::string key, std::string value) {
  size_bytes_ += key.size() + value.size();
  changes_.push_back({Change::Kind::kPut, family, std::move(key), std::move(value)});
}

void Batch::erase(Family family, std::string key) {
  size_bytes_ += key.size();
  changes_.push_back({Change::Kind::kErase, family, std::move(key), {}});
}

void Batch::erase_range(Family family, std::string first, std::string end) {
  size_bytes_ += first.size() + end.size();
  changes_.push_back({Change::Kind::kEraseRange, family, std::move(first), std::move(end)});
}

void Batch::append(Batch&& other) {
  size_bytes_ += other.size_bytes_;
  changes_.insert(changes_.end(), std::make_move_iterator(other.changes_.begin()),
                  std::make_move_iterator(other.changes_.end()));
  other.clear();
}

void Batch::clear() {
  changes_.clear();
  size_bytes_ = 0;
}

CommitResult commit_and_wait(Engine& engine, const Batch& batch, Durability durability) {
  // Shared with the answer, which may still be leaving set_value() when the wait is over.
  const auto answered = std::make_shared<std::promise<CommitResult>>();
  engine.commit(batch, durability, [answered](CommitOutcome outcome, const std::string& reason) {
    answered->set_value({outcome, reason});
  });
  return answered->get_future().get();
}

}  // namespace gyre::storage
