// SPDX-License-Identifier: Apache-2.0
#include "streams/retention.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/base/background_loop.h"
#include "core/base/log.h"

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

}  // namespace

RetentionPlan plan_retention(const storage::CatalogSnapshot& catalog, std::uint64_t log_bytes,
                             std::uint64_t now_ms, const RetentionOptions& options) {
  RetentionPlan plan;
  std::vector<std::pair<std::uint64_t, ShardId>> closed;  // by time of closing
  for (const auto& [id, table] : catalog.tables()) {
    if (due_to_roll(*table, now_ms, options.shard_roll_ms)) {
      const StreamDescriptor* stream = table->schema.enabled_stream();
      plan.rolls.push_back({id, stream != nullptr ? stream->label : ""});
    }
    for (const storage::ShardDescriptor& shard : table->shards) {
      if (!shard.open() && shard.id != storage::kCatalogShard)
        closed.emplace_back(*shard.closed_ms, shard.id);
    }
  }
  std::sort(closed.begin(), closed.end());
  for (const auto& [closed_ms, shard] : closed) {
    if (age_ms(closed_ms, now_ms) > options.retention_ms) plan.trims.push_back(shard);
  }
  if (log_bytes > options.log_bytes_max && plan.trims.empty() && !closed.empty()) {
    plan.trims.push_back(closed.front().second);
    plan.over_cap = true;
  }
  return plan;
}

namespace {

class MaintenanceThread final : public Maintenance {
 public:
  MaintenanceThread(storage::Store& store, RetentionOptions options)
      : store_(store),
        options_(options),
        loop_([this] { return tick(), false; }, std::chrono::milliseconds(limits::kMaintenanceMs)) {}

  void start() override { loop_.start(); }
  void stop() override { loop_.stop(); }

  void tick() override {
    const std::uint64_t log_bytes = store_.engine().size_bytes(storage::Family::kChanges);
    const auto catalog = store_.catalog().snapshot();
    const RetentionPlan plan = plan_retention(*catalog, log_bytes, store_.clock().now_ms(), options_);
    warn_of_cap(plan, log_bytes);
    for (const RetentionPlan::Roll& roll : plan.rolls) {
      submit("roll a table's shards", [&roll](storage::WriteTransaction& transaction) {
        // The stream may have been enabled or disabled since the plan.
        const storage::TablePointer table = transaction.catalog().find(roll.table);
        if (!table || table->schema.deleted_ms) return Status();
        const StreamDescriptor* stream = table->schema.enabled_stream();
        return transaction.roll_shards(roll.table, stream != nullptr ? stream->label : "");
      });
    }
    for (const ShardId shard : plan.trims) {
      submit("trim a shard",
             [shard](storage::WriteTransaction& transaction) { return transaction.trim_shard(shard); });
    }
  }

 private:
  void submit(const char* what, std::function<Status(storage::WriteTransaction&)> evaluate) {
    const Status status =
        storage::submit_and_wait(store_.writer(), storage::WriteClass::kMaintenance, std::move(evaluate));
    // The next round tries again.
    if (!status.ok()) log_warning("could not {}: {}", what, status.error().message);
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
  BackgroundLoop loop_;
};

}  // namespace

std::unique_ptr<Maintenance> Maintenance::make(storage::Store& store, RetentionOptions options) {
  return std::make_unique<MaintenanceThread>(store, options);
}

}  // namespace gyre::streams
