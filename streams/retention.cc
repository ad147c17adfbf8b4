// SPDX-License-Identifier: Apache-2.0
#include "streams/retention.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace gyre::streams {
namespace {

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

// In the order in which they go.
struct ClosedShard {
  std::uint64_t closed_ms;
  ShardId shard;
  bool is_empty;  // it had records, and none is left
  auto operator<=>(const ClosedShard&) const = default;
};

}  // namespace

RetentionPlan plan_retention(const storage::CatalogSnapshot& catalog, std::uint64_t now_ms,
                             const RetentionOptions& options, const std::function<bool(ShardId)>& is_in_log) {
  RetentionPlan plan;
  std::vector<ClosedShard> closed;
  for (const auto& [id, table] : catalog.tables()) {
    if (due_to_roll(*table, now_ms, options.shard_roll_ms)) {
      const StreamDescriptor* stream = table->schema.enabled_stream();
      plan.rolls.push_back({id, stream != nullptr ? stream->label : ""});
    }
    for (const storage::ShardDescriptor& shard : table->shards) {
      if (shard.open() || shard.id == storage::kCatalogShard) continue;
      const bool had_records = shard.last_ordinal != Ordinal();
      closed.push_back({*shard.closed_ms, shard.id, had_records && !is_in_log(shard.id)});
    }
  }
  std::sort(closed.begin(), closed.end());
  for (const ClosedShard& shard : closed) {
    if (shard.is_empty || age_ms(shard.closed_ms, now_ms) > options.retention_ms) {
      plan.trims.push_back(shard.shard);
    }
  }
  return plan;
}

namespace {

class Retention final : public storage::UpkeepJob {
 public:
  Retention(storage::Store& store, RetentionOptions options) : store_(store), options_(options) {}

  Result<storage::UpkeepPlan> plan() override {
    const auto catalog = store_.catalog().snapshot();
    const RetentionPlan due =
        plan_retention(*catalog, store_.clock().now_ms(), options_,
                       [this](ShardId shard) { return store_.log().log().ends(shard).has_value(); });
    storage::UpkeepPlan plan;
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

  storage::Store& store_;
  const RetentionOptions options_;
};

}  // namespace

std::unique_ptr<storage::UpkeepJob> make_retention(storage::Store& store, RetentionOptions options) {
  return std::make_unique<Retention>(store, options);
}

}  // namespace gyre::streams
