// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
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
  bool operator==(const RetentionPlan&) const = default;
};

/// Decides: a living table rolls when an open shard is older than `shard_roll_ms`. A shard is trimmed when it
/// has been closed for longer than `retention_ms`, or once all records that it had have left the log
/// (`is_in_log` knows). The catalog shard is neither rolled nor trimmed.
RetentionPlan plan_retention(const storage::CatalogSnapshot& catalog, std::uint64_t now_ms,
                             const RetentionOptions& options, const std::function<bool(ShardId)>& is_in_log);

/// Carries such plans out through the writer. The records themselves leave with the log's segments
/// (core/storage/log_trimming.h).
std::unique_ptr<storage::UpkeepJob> make_retention(storage::Store& store, RetentionOptions options);

}  // namespace gyre::streams
