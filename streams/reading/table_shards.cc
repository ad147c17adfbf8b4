// SPDX-License-Identifier: Apache-2.0
#include "streams/reading/table_shards.h"

#include "core/base/check.h"

namespace gyre::streams {
namespace {

constexpr std::uint64_t kListPauseNs = 1'000'000'000;

}  // namespace

void TableShards::tick(std::uint64_t now_ns) {
  if (listing_ || !lineage_.idle() || now_ns < list_due_ns_) return;
  listing_ = true;
  events_.emplace_back(List{});
}

void TableShards::listed(const Opened& table, std::uint64_t now_ns) {
  CHECK(std::exchange(listing_, false));
  // Of a table that comes later everything is new.
  const bool from_now = options_.from_now && !found_ && !missing_;
  missing_ = false;
  std::vector<ShardInfo> shards;
  for (const ShardInfo& info : table.shards) {
    closed_[info.shard] = info.closed;
    if (!from_now || !info.closed) shards.push_back(info);
  }
  if (!std::exchange(found_, true)) events_.emplace_back(Found{table});
  const std::vector<ShardId> ready = lineage_.add(shards);
  if (ready.empty()) list_due_ns_ = now_ns + kListPauseNs;
  read(ready, from_now);
}

void TableShards::not_listed(RefusedReason reason, const std::string& message, std::uint64_t now_ns) {
  CHECK(std::exchange(listing_, false));
  list_due_ns_ = now_ns + kListPauseNs;
  const bool none = reason == RefusedReason::kNoSuchTable;
  if (none && std::exchange(missing_, true)) return;
  events_.emplace_back(Missing{reason, message});
}

void TableShards::finished(ShardId shard, const std::vector<ShardId>& children) {
  closed_.erase(shard);
  read(lineage_.finished(shard, children), /*latest=*/false);
}

void TableShards::gone(ShardId shard, std::uint64_t now_ns) {
  closed_.erase(shard);
  list_due_ns_ = now_ns + kListPauseNs;
  read(lineage_.gone(shard), /*latest=*/false);
}

void TableShards::read(const std::vector<ShardId>& shards, bool latest) {
  for (const ShardId shard : shards) {
    const auto closed = closed_.find(shard);
    events_.emplace_back(Read{shard, closed != closed_.end() && closed->second, latest});
  }
}

}  // namespace gyre::streams
