// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "core/base/ids.h"
#include "streams/transport/stream_client.h"

namespace gyre::streams {

/// Which shards of a table may be read now: those whose parent was read to its end, or is not kept. Pure;
/// each shard is handed out once. Shards come from a listing of the table, and children from the end of their
/// parent.
class ShardLineage {
 public:
  /// `finished`: what was read to its end before.
  explicit ShardLineage(std::set<ShardId> finished = {}) : finished_(std::move(finished)) {}

  /// Takes a listing; answers what became readable, oldest first. Known shards are ignored. What was finished
  /// and is not listed is forgotten. `last`: no listing follows, so nothing that is finished from now on need
  /// be remembered.
  std::vector<ShardId> add(const std::vector<ShardInfo>& shards, bool last = false);
  /// This shard is not to be read, though it may be listed.
  void leave_out(ShardId shard) { finished_.insert(shard); }
  /// The shard was read to its end; answers what became readable.
  std::vector<ShardId> finished(ShardId shard, const std::vector<ShardId>& children);
  /// The shard turned out to be gone: forgotten, so that what waits for it need not, and a later listing may
  /// bring it back.
  std::vector<ShardId> gone(ShardId shard);
  /// True if nothing is being read: time to list the table again (it may have been created anew).
  bool idle() const { return reading_.empty(); }

 private:
  std::vector<ShardId> release();

  std::map<ShardId, ShardId> waiting_;  // shard -> parent; parent 0 = none
  std::set<ShardId> reading_;
  std::set<ShardId> finished_;  // and may be listed yet
  bool listed_again_ = true;
};

}  // namespace gyre::streams
