// SPDX-License-Identifier: Apache-2.0
#include "core/engine/engine.h"

#include <iterator>

namespace gyre::storage {

void Batch::put(Family family, std::string key, std::string value) {
  size_bytes_ += key.size() + value.size();
  changes_.push_back({ChangeOfRows::kPut, family, std::move(key), std::move(value)});
}

void Batch::erase(Family family, std::string key) {
  size_bytes_ += key.size();
  changes_.push_back({ChangeOfRows::kErase, family, std::move(key), {}});
}

void Batch::erase_range(Family family, std::string first, std::string end) {
  size_bytes_ += first.size() + end.size();
  changes_.push_back({ChangeOfRows::kEraseRange, family, std::move(first), std::move(end)});
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

std::vector<RowChange> Batch::rows() const {
  std::vector<RowChange> rows;
  rows.reserve(changes_.size());
  for (const Change& change : changes_) {
    rows.push_back({change.kind, change.family, {change.key}, {change.value}});
  }
  return rows;
}

}  // namespace gyre::storage
