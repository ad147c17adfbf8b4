// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace gyre {

/// Keeps what was asked for last by its text: a bounded number of values, of about a bounded size in all.
/// Values are immutable and shared with all who found them, so that one that is dropped lives on where it is
/// in use. For one thread.
template <class Value>
class BoundedCache {
 public:
  BoundedCache(std::size_t entries_max, std::size_t bytes_max)
      : entries_max_(entries_max), bytes_max_(bytes_max) {}

  /// nullptr if it is not kept.
  std::shared_ptr<const Value> find(std::string_view key) {
    const auto place = places_.find(key);
    if (place == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, place->second);
    return place->second->value;
  }

  /// In the place of what was kept by this key. `bytes`: about what the value holds beside its key; one that
  /// is too large for all of the cache is not kept.
  void put(std::string key, std::shared_ptr<const Value> value, std::size_t bytes) {
    erase(key);
    bytes += sizeof(Entry) + key.size();
    if (bytes > bytes_max_) return;
    entries_.push_front({std::move(key), std::move(value), bytes});
    places_.emplace(entries_.front().key, entries_.begin());
    bytes_ += bytes;
    while (entries_.size() > entries_max_ || bytes_ > bytes_max_) drop(std::prev(entries_.end()));
  }

  /// Answers what was kept by the key, so that it can be freed elsewhere; nullptr if nothing was.
  std::shared_ptr<const Value> erase(std::string_view key) {
    const auto place = places_.find(key);
    if (place == places_.end()) return nullptr;
    std::shared_ptr<const Value> value = std::move(place->second->value);
    drop(place->second);
    return value;
  }

  std::size_t size() const { return entries_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const Value> value;
    std::size_t bytes = 0;
  };
  using Place = typename std::list<Entry>::iterator;

  void drop(Place entry) {
    bytes_ -= entry->bytes;
    places_.erase(entry->key);
    entries_.erase(entry);
  }

  const std::size_t entries_max_;
  const std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::list<Entry> entries_;                            // what was asked for last in front
  std::unordered_map<std::string_view, Place> places_;  // by the keys of entries_
};

}  // namespace gyre
