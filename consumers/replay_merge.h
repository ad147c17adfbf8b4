// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "core/base/ids.h"
#include "core/model/version.h"
#include "core/storage/change_record.h"

namespace gyre::consumers {

/// Brings the records of one table's shards into the region's order: a record may go on once no shard can
/// still come with an earlier one. Ends at a cut, the first watermark that any shard tells: a commit time up
/// to which every record of the region was durable. Pure.
class ReplayMerge {
 public:
  struct Entry {
    ShardId shard;
    std::uint64_t bytes = 0;  ///< of the record as it came
    storage::ChangeRecord record;
  };

  /// A shard takes part. `closed`: it is complete only at its end, since children may come before the cut.
  void add_shard(ShardId shard, bool closed);
  void add_watermark(HybridTime watermark);
  /// Records in the order of their shard. Answers false from the first one behind the cut on: it is dropped,
  /// and the shard complete.
  bool add_record(Entry entry);
  /// Everything up to `watermark` was read, unless the shard was closed.
  void caught_up(ShardId shard, HybridTime watermark);
  void complete(ShardId shard);

  /// The next record in order, if it is known.
  std::optional<Entry> next();
  /// Every shard is complete and every record was taken.
  bool finished() const;

 private:
  struct Source {
    bool closed = false;
    bool complete = false;
    std::deque<Entry> entries;
  };

  std::optional<HybridTime> cut_;
  std::map<ShardId, Source> sources_;
};

}  // namespace gyre::consumers
