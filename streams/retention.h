// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/storage/catalog.h"
#include "core/storage/store.h"

namespace gyre::streams {

struct RetentionOptions {
  std::uint64_t shard_roll_ms = limits::kShardRollMs;
  std::uint64_t retention_ms = limits::kStreamRetentionMs;
  std::uint64_t log_bytes_max = limits::kChangeLogBytesMax;
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

/// Decides: a living table rolls when an open shard is older than `shard_roll_ms`; a shard is trimmed when it
/// has been closed for longer than `retention_ms`, and if the log takes more than its cap, the oldest closed
/// one as well: one at a time, since how much that frees shows only afterwards. The catalog shard is neither
/// rolled nor trimmed.
RetentionPlan plan_retention(const storage::CatalogSnapshot& catalog, std::uint64_t log_bytes,
                             std::uint64_t now_ms, const RetentionOptions& options);

/// Carries the plan out through the writer, every so often, on a thread of its own. Owned by main; goes
/// before the store.
class Maintenance {
 public:
  static std::unique_ptr<Maintenance> make(storage::Store& store, RetentionOptions options);
  virtual ~Maintenance() = default;
  virtual void start() = 0;
  /// Waits for what is under way. Idempotent.
  virtual void stop() = 0;
  /// One round, on the caller's thread: waits for the writer.
  virtual void tick() = 0;
};

}  // namespace gyre::streams
