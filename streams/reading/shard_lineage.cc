// SPDX-License-Identifier: Apache-2.0
#include "streams/reading/shard_lineage.h"

namespace gyre::streams {

std::vector<ShardId> ShardLineage::add(const std::vector<ShardInfo>& shards, bool last) {
  std::set<ShardId> listed;
  for (const ShardInfo& info : shards) listed.insert(info.shard);
  std::erase_if(finished_, [&](ShardId shard) { return !listed.contains(shard); });
  listed_again_ = !last;
  for (const ShardInfo& info : shards) {
    if (reading_.contains(info.shard) || finished_.contains(info.shard)) continue;
    waiting_.emplace(info.shard, info.parent.value_or(ShardId()));
  }
  return release();
}

std::vector<ShardId> ShardLineage::finished(ShardId shard, const std::vector<ShardId>& children) {
  reading_.erase(shard);
  if (listed_again_) finished_.insert(shard);
  for (const ShardId child : children) {
    if (child != shard && !reading_.contains(child) && !finished_.contains(child))
      waiting_.emplace(child, shard);
  }
  return release();
}

std::vector<ShardId> ShardLineage::gone(ShardId shard) {
  reading_.erase(shard);
  return release();
}

std::vector<ShardId> ShardLineage::release() {
  std::vector<ShardId> ready;
  for (const auto& [shard, parent] : waiting_) {
    if (!waiting_.contains(parent) && !reading_.contains(parent)) ready.push_back(shard);
  }
  for (const ShardId shard : ready) {
    waiting_.erase(shard);
    reading_.insert(shard);
  }
  return ready;
}

}  // namespace gyre::streams
