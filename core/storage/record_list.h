// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gyre::storage {

/// Encoded change records, oldest first, and the memory that they lie in: many share a piece of it, so that
/// they go from the log to a frame, and from a frame to who reads it, without a string of their own each.
/// Copies share the memory, which nobody changes. No lock of its own.
class RecordList {
 public:
  using Memory = std::shared_ptr<const void>;
  using value_type = std::string_view;
  using const_iterator = std::vector<std::string_view>::const_iterator;

  RecordList() = default;
  explicit RecordList(std::vector<std::string> records) {
    for (std::string& record : records) add(std::move(record));
  }

  /// `record` lies in memory that keep() is given too.
  void add(std::string_view record) {
    records_.push_back(record);
    bytes_ += record.size();
  }
  void keep(Memory memory) { memory_.push_back(std::move(memory)); }
  /// A record in memory of its own.
  void add(std::string record) {
    auto owned = std::make_shared<const std::string>(std::move(record));
    add(std::string_view(*owned));
    keep(std::move(owned));
  }
  /// What the records lie in; the list is empty then.
  std::vector<Memory> take_memory() && {
    records_.clear();
    bytes_ = 0;
    return std::move(memory_);
  }
  /// Forgets the oldest ones; their memory stays as long as the list.
  void erase_first(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) bytes_ -= records_[i].size();
    records_.erase(records_.begin(), records_.begin() + static_cast<std::ptrdiff_t>(count));
  }

  std::size_t size() const { return records_.size(); }
  bool empty() const { return records_.empty(); }
  /// Of all records together.
  std::size_t bytes() const { return bytes_; }
  std::string_view operator[](std::size_t index) const { return records_[index]; }
  const_iterator begin() const { return records_.begin(); }
  const_iterator end() const { return records_.end(); }

 private:
  std::vector<std::string_view> records_;
  std::vector<Memory> memory_;
  std::size_t bytes_ = 0;
};

}  // namespace gyre::storage
