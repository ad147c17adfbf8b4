// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/storage/change_log.h"

namespace gyre::global_tables {

/// A place in the order of all commits of a peer.
struct LogPin {
  Epoch epoch;  ///< of the peer's store
  SequenceNumber sequence;
  bool operator==(const LogPin&) const = default;
};

/// How far this region has taken over one table of one peer. Kept in rows of the catalog family
/// (progress_rows.h) and changed in the same batch as the items, so that each remote write takes effect
/// exactly once. A value.
struct TableProgress {
  struct Shard {
    storage::LogCursor cursor;
    std::optional<std::uint64_t> done_ms;  ///< closed, and read to its end, at this time
    bool operator==(const Shard&) const = default;
  };

  IncarnationId peer_incarnation;  ///< the life of the peer's table that this is about
  std::uint64_t attempt = 0;  ///< grows with every reset: steps that were decided before it count no more
  bool copied = false;        ///< no first copy is (or is any longer) needed
  /// With a copy: every record of the peer up to here was in its table before the copy began to read there,
  /// so the log need not bring it again (nor bring back, for a moment, what was deleted since). Of one life
  /// of the peer's store: in another, the same numbers are other records.
  LogPin pinned;
  std::string scan_position;  ///< of the first copy: everything up to here is taken over
  /// Every shard that the peer listed or named as a child, until it is finished and long over.
  std::map<ShardId, Shard> shards;
  bool operator==(const TableProgress&) const = default;
};

/// One step of progress. Pure data: what a batch of records, once applied, lets us forget.
struct ProgressStep {
  enum class Kind {
    kNone,       ///< part of a scan's batch: nothing to remember yet
    kShard,      ///< `shard` is read through `to`
    kListed,     ///< the peer has `shards`: from now on none of them can come and go unnoticed
    kShardDone,  ///< `shard` is closed and read to its end; its children are `shards`; `forgotten` go
    kScan,       ///< the copy came to `scan_position`; `scan_end`: it is complete
    kReset,      ///< start anew with this incarnation; `copy`: with a copy of the whole table
  };
  Kind kind = Kind::kNone;
  std::uint64_t attempt = 0;  ///< the attempt that this belongs to; of kReset: the one that it begins
  ShardId shard;
  storage::LogCursor from;  ///< of kShard: where the stored cursor must stand; all zero = none stored
  storage::LogCursor to;
  std::vector<ShardId> shards;
  std::vector<ShardId> forgotten;  ///< long_finished(), so that nothing else of them need be read to know it
  std::string scan_position;
  bool scan_end = false;
  IncarnationId peer_incarnation;
  bool copy = false;
  std::optional<LogPin> pinned;  ///< of kListed, before a copy reads anything
};

/// Takes the step, or refuses it (kInternal) if it does not follow on what is stored: then two appliers are
/// at work, or one that skipped records.
Status advance(TableProgress& progress, const ProgressStep& step, std::uint64_t now_ms);

/// The shards that were finished so long ago that no listing names them any more.
std::vector<ShardId> long_finished(const TableProgress& progress, std::uint64_t now_ms);

}  // namespace gyre::global_tables
