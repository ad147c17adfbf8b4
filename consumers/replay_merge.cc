// SPDX-License-Identifier: Apache-2.0
#include "consumers/replay_merge.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"

namespace gyre::consumers {

void ReplayMerge::add_shard(ShardId shard, bool closed) {
  sources_[shard].closed = closed;
}

void ReplayMerge::add_watermark(HybridTime watermark) {
  if (!cut_) cut_ = watermark;
}

bool ReplayMerge::add_record(Entry entry) {
  Source& source = sources_.at(entry.shard);
  if (source.complete) return false;
  if (cut_ && entry.record.commit_time > *cut_) {
    source.complete = true;
    return false;
  }
  CHECK(source.entries.empty() || source.entries.back().record.sequence < entry.record.sequence);
  source.entries.push_back(std::move(entry));
  return true;
}

void ReplayMerge::caught_up(ShardId shard, HybridTime watermark) {
  Source& source = sources_.at(shard);
  if (cut_ && watermark >= *cut_ && !source.closed) source.complete = true;
}

void ReplayMerge::complete(ShardId shard) {
  sources_.at(shard).complete = true;
}

std::optional<ReplayMerge::Entry> ReplayMerge::next() {
  Source* earliest = nullptr;
  for (auto& [shard, source] : sources_) {
    if (source.entries.empty()) {
      if (!source.complete) return std::nullopt;
      continue;
    }
    if (!earliest || source.entries.front().record.sequence < earliest->entries.front().record.sequence) {
      earliest = &source;
    }
  }
  if (!earliest) return std::nullopt;
  Entry entry = std::move(earliest->entries.front());
  earliest->entries.pop_front();
  return entry;
}

bool ReplayMerge::finished() const {
  return !sources_.empty() && std::all_of(sources_.begin(), sources_.end(), [](const auto& entry) {
    return entry.second.complete && entry.second.entries.empty();
  });
}

}  // namespace gyre::consumers
