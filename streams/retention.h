// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/storage/catalog.h"
#include "core/storage/store.h"
#include "core/storage/upkeep.h"

namespace gyre::streams {

struct RetentionOptions {
  std::uint64_t shard_roll_ms = limits::kShardRollMs;
  std::uint64_t retention_ms = limits::kStreamRetentionMs;
  std::uint64_t log_bytes_max = limits::kChangeLogBytesMax;
  std::uint64_t pause_ms = limits::kUpkeepPauseMs;  ///< between looks at what is due
};

/// What is due at one moment.
struct RetentionPlan {
  struct Roll {
    TableId table;
    std::string stream_label;  ///< the table's enabled stream, if it has one
    bool operator==(const Roll&) const = default;
  };
  std::vector<Roll> rolls;
  std::vector<ShardId> trims;  ///< oldest first
  bool over_cap = false;       ///< some of the trims come before their time
  bool operator==(const RetentionPlan&) const = default;
};

/// What the records that can still be read take: their own bytes, as they were encoded. What was trimmed is
/// not counted, even while the disk still holds it.
std::uint64_t log_bytes_kept(const storage::CatalogSnapshot& catalog, const storage::Writer& writer);

/// What the open shards of each table hold of them: only what is closed can be trimmed.
using OpenBytes = std::map<TableId, std::uint64_t>;
OpenBytes open_bytes_kept(const storage::CatalogSnapshot& catalog, const storage::Writer& writer);

/// Decides: a living table rolls when an open shard is older than `shard_roll_ms`, when its open shards hold
/// an eighth of the log's cap, and, the largest first, while all tables' open shards together hold half of
/// it. A shard is trimmed when it has been closed for longer than `retention_ms`, and while the log
/// (`log_bytes`, as log_bytes_kept() counts) takes more than its cap, the oldest closed ones as well. The
/// catalog shard is neither rolled nor trimmed.
RetentionPlan plan_retention(const storage::CatalogSnapshot& catalog, std::uint64_t log_bytes,
                             std::uint64_t now_ms, const RetentionOptions& options,
                             const OpenBytes& open_bytes = {});

/// Carries such plans out through the writer. Warns each time that the log grows over its cap.
std::unique_ptr<storage::UpkeepJob> make_retention(storage::Store& store, RetentionOptions options);

}  // namespace gyre::streams
