// SPDX-License-Identifier: Apache-2.0
#include "streams/retention.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/base/log.h"

namespace gyre::streams {
namespace {

// Of the log's cap, what open shards may hold: the rest is left to closed ones, which alone can be trimmed.
constexpr std::uint64_t kShareOfOneTable = 8;
constexpr std::uint64_t kShareOfAllTables = 2;

// Wall time may jump back: then nothing is due.
std::uint64_t age_ms(std::uint64_t since_ms, std::uint64_t now_ms) {
  return now_ms > since_ms ? now_ms - since_ms : 0;
}

bool due_to_roll(const storage::TableEntry& table, std::uint64_t now_ms, std::uint64_t shard_roll_ms) {
  return !table.schema.deleted_ms &&
         std::any_of(table.shards.begin(), table.shards.end(), [&](const storage::ShardDescriptor& shard) {
           return shard.open() && age_ms(shard.opened_ms, now_ms) > shard_roll_ms;
         });
}

std::set<TableId> too_large_to_stay_open(const OpenBytes& open_bytes, std::uint64_t log_bytes_max) {
  std::vector<std::pair<std::uint64_t, TableId>> sizes;
  std::uint64_t all_bytes = 0;
  for (const auto& [table, bytes] : open_bytes) {
    sizes.emplace_back(bytes, table);
    all_bytes += bytes;
  }
  std::sort(sizes.rbegin(), sizes.rend());
  std::set<TableId> large;
  for (const auto& [bytes, table] : sizes) {
    if (bytes <= log_bytes_max / kShareOfOneTable && all_bytes <= log_bytes_max / kShareOfAllTables) break;
    large.insert(table);
    all_bytes -= bytes;
  }
  return large;
}

// In the order in which they go.
struct ClosedShard {
  std::uint64_t closed_ms;
  ShardId shard;
  std::uint64_t bytes;
  auto operator<=>(const ClosedShard&) const = default;
};

}  // namespace

OpenBytes open_bytes_kept(const storage::CatalogSnapshot& catalog, const storage::Writer& writer) {
  OpenBytes bytes;
  for (const auto& [id, table] : catalog.tables()) {
    for (const storage::ShardDescriptor& shard : table->shards) {
      if (!shard.open() || table->schema.deleted_ms) continue;
      const std::optional<storage::ShardHead> head = writer.head(shard.id);
      if (head) bytes[id] += head->cumulative_bytes;
    }
  }
  return bytes;
}

std::uint64_t log_bytes_kept(const storage::CatalogSnapshot& catalog, const storage::Writer& writer) {
  const auto bytes_of = [&](ShardId shard) {
    const std::optional<storage::ShardHead> head = writer.head(shard);
    return head ? head->cumulative_bytes : 0;
  };
  std::uint64_t bytes = bytes_of(storage::kCatalogShard);
  for (const auto& [id, table] : catalog.tables()) {
    for (const storage::ShardDescriptor& shard : table->shards) {
      bytes += shard.open() ? bytes_of(shard.id) : shard.last_cumulative_bytes;
    }
  }
  return bytes;
}

RetentionPlan plan_retention(const storage::CatalogSnapshot& catalog, std::uint64_t log_bytes,
                             std::uint64_t now_ms, const RetentionOptions& options,
                             const OpenBytes& open_bytes) {
  RetentionPlan plan;
  std::vector<ClosedShard> closed;
  const std::set<TableId> large = too_large_to_stay_open(open_bytes, options.log_bytes_max);
  for (const auto& [id, table] : catalog.tables()) {
    if (large.contains(id) || due_to_roll(*table, now_ms, options.shard_roll_ms)) {
      const StreamDescriptor* stream = table->schema.enabled_stream();
      plan.rolls.push_back({id, stream != nullptr ? stream->label : ""});
    }
    for (const storage::ShardDescriptor& shard : table->shards) {
      if (!shard.open() && shard.id != storage::kCatalogShard)
        closed.push_back({*shard.closed_ms, shard.id, shard.last_cumulative_bytes});
    }
  }
  std::sort(closed.begin(), closed.end());
  for (const ClosedShard& shard : closed) {
    if (age_ms(shard.closed_ms, now_ms) <= options.retention_ms) break;
    plan.trims.push_back(shard.shard);
  }
  // These go in any case, and their bytes with them.
  std::size_t next = plan.trims.size();
  for (std::size_t i = 0; i < next; ++i) log_bytes -= std::min(log_bytes, closed[i].bytes);
  for (; next < closed.size() && log_bytes > options.log_bytes_max; ++next) {
    plan.trims.push_back(closed[next].shard);
    plan.over_cap = true;
    log_bytes -= std::min(log_bytes, closed[next].bytes);
  }
  return plan;
}

namespace {

class Retention final : public storage::UpkeepJob {
 public:
  Retention(storage::Store& store, RetentionOptions options) : store_(store), options_(options) {}

  Result<storage::UpkeepPlan> plan() override {
    const auto catalog = store_.catalog().snapshot();
    const std::uint64_t log_bytes = log_bytes_kept(*catalog, store_.writer());
    const RetentionPlan due = plan_retention(*catalog, log_bytes, store_.clock().now_ms(), options_,
                                             open_bytes_kept(*catalog, store_.writer()));
    warn_of_cap(due, log_bytes);
    storage::UpkeepPlan plan;
    plan.more = log_bytes > options_.log_bytes_max && !due.rolls.empty();  // what they close can be trimmed
    for (const RetentionPlan::Roll& roll : due.rolls) {
      plan.steps.push_back(
          {"roll a table's shards", [this, table = roll.table] { return roll_table(table); }});
    }
    for (const ShardId shard : due.trims) {
      plan.steps.push_back({"trim a shard", [this, shard] {
                              return storage::submit_upkeep(store_,
                                                            [shard](storage::WriteTransaction& transaction) {
                                                              return transaction.catalog().trim_shard(shard);
                                                            });
                            }});
    }
    return plan;
  }

  std::chrono::milliseconds pause() const override { return std::chrono::milliseconds(options_.pause_ms); }

 private:
  Status roll_table(TableId id) {
    return storage::submit_upkeep(store_, [id](storage::WriteTransaction& transaction) {
      // The stream may have been enabled or disabled since the plan.
      const storage::TablePointer table = transaction.catalog().find(id);
      if (!table || table->schema.deleted_ms) return Status();
      const StreamDescriptor* stream = table->schema.enabled_stream();
      return transaction.catalog().roll_shards(id, stream != nullptr ? stream->label : "");
    });
  }

  // One alarm each time that the log grows over its cap, not one a round.
  void warn_of_cap(const RetentionPlan& plan, std::uint64_t log_bytes) {
    const bool over = log_bytes > options_.log_bytes_max;
    if (over && !warned_) {
      log_warning(
          "the change log takes {} bytes, more than its cap of {}: {}", log_bytes, options_.log_bytes_max,
          plan.trims.empty() ? "no shard is closed, so nothing can be trimmed yet"
                             : "its oldest shards are trimmed before their time, readers may miss them");
    }
    warned_ = over;
  }

  storage::Store& store_;
  const RetentionOptions options_;
  bool warned_ = false;
};

}  // namespace

std::unique_ptr<storage::UpkeepJob> make_retention(storage::Store& store, RetentionOptions options) {
  return std::make_unique<Retention>(store, options);
}

}  // namespace gyre::streams
