// SPDX-License-Identifier: Apache-2.0
#include "consumers/consumer_progress.h"

#include <algorithm>

namespace gyre::consumers {

void ConsumerProgress::loaded(const std::string& consumer, ShardId shard, Ordinal accepted) {
  const std::lock_guard lock(mutex_);
  put(find(consumer), shard, accepted);
}

void ConsumerProgress::committed(const std::string& consumer, ShardId shard, Ordinal accepted, bool done) {
  const std::lock_guard lock(mutex_);
  Tracked& tracked = find(consumer);
  ++tracked.commits;
  if (done) {
    tracked.accepted.erase(shard);
  } else {
    put(tracked, shard, accepted);
  }
}

void ConsumerProgress::refused(const std::string& consumer) {
  const std::lock_guard lock(mutex_);
  ++find(consumer).refused;
}

std::vector<ConsumerStatus> ConsumerProgress::read(const NewestRecord& newest) {
  std::map<std::string, Tracked> consumers;
  {
    const std::lock_guard lock(mutex_);
    consumers = consumers_;
  }
  std::vector<ConsumerStatus> statuses;
  std::vector<std::pair<std::string, ShardId>> gone;
  for (const auto& [name, tracked] : consumers) {
    ConsumerStatus& status = statuses.emplace_back(ConsumerStatus{name, tracked.commits, tracked.refused});
    for (const auto& [shard, accepted] : tracked.accepted) {
      const std::optional<Ordinal> last = newest(shard);
      if (!last) {
        gone.emplace_back(name, shard);
      } else if (*last > accepted) {
        status.lag_records += last->value() - accepted.value();
      }
    }
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [name, shard] : gone) {
    const auto found = consumers_.find(name);
    if (found != consumers_.end()) found->second.accepted.erase(shard);
  }
  return statuses;
}

// The one that was not heard of for longest makes room.
ConsumerProgress::Tracked& ConsumerProgress::find(const std::string& consumer) {
  if (consumers_.size() >= kConsumersMax && !consumers_.contains(consumer)) {
    consumers_.erase(std::min_element(consumers_.begin(), consumers_.end(), [](const auto& a, const auto& b) {
      return a.second.heard < b.second.heard;
    }));
  }
  Tracked& tracked = consumers_[consumer];
  tracked.heard = ++heard_;
  return tracked;
}

void ConsumerProgress::put(Tracked& tracked, ShardId shard, Ordinal accepted) {
  if (tracked.accepted.size() >= kShardsMax && !tracked.accepted.contains(shard)) return;
  tracked.accepted[shard] = accepted;
}

}  // namespace gyre::consumers
