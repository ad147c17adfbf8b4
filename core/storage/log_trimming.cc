// SPDX-License-Identifier: Apache-2.0
#include "core/storage/log_trimming.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "core/base/log.h"
#include "core/storage/applied_frames.h"

namespace gyre::storage {
namespace {

using Heads = std::vector<std::pair<ShardId, log::ShardHead>>;
// Of one commit.
constexpr std::size_t kHeadsAtOnce = 1000;

class LogTrimming final : public UpkeepJob {
 public:
  LogTrimming(Store& store, LogTrimmingOptions options) : store_(store), options_(options) {}

  Result<UpkeepPlan> plan() override {
    ASSIGN_OR_RETURN(const log::FrameNumber flushed, flushed_through(store_.engine()));
    const log::TrimPlan due = store_.log().log().plan_trim(policy(flushed));
    warn_of_cap();
    UpkeepPlan plan;
    if (due.through != log::SegmentNumber()) {
      plan.more = true;
      plan.steps.push_back({"trim the log", [this, due] { return trim(due); }});
    } else if (waits_for_flush()) {
      store_.request_flush();
    }
    return plan;
  }
  std::chrono::milliseconds pause() const override { return std::chrono::milliseconds(options_.pause_ms); }

 private:
  log::TrimPolicy policy(log::FrameNumber flushed) const {
    const std::uint64_t now_ms = store_.clock().now_ms();
    return {.keep_from_ms = now_ms - std::min(now_ms, options_.retention_ms),
            .bytes_max = options_.log_bytes_max,
            .flushed_through = flushed};
  }

  bool waits_for_flush() const {
    const log::FrameNumber all(std::numeric_limits<std::uint64_t>::max());
    return store_.log().log().plan_trim(policy(all)).through != log::SegmentNumber();
  }

  // Where shards had come to is durable before their last records go.
  Status trim(const log::TrimPlan& due) {
    for (std::size_t from = 0; from < due.leaving.size(); from += kHeadsAtOnce) {
      const std::size_t end = std::min(from + kHeadsAtOnce, due.leaving.size());
      const Heads heads(due.leaving.begin() + static_cast<std::ptrdiff_t>(from),
                        due.leaving.begin() + static_cast<std::ptrdiff_t>(end));
      RETURN_IF_ERROR(submit_upkeep(store_, [heads](WriteTransaction& transaction) {
        for (const auto& [shard, head] : heads) transaction.catalog().keep_head(shard, head);
        return Status();
      }));
    }
    return store_.while_synced([&] { return store_.log().trim(due.through); });
  }

  // One alarm each time that the log grows over its cap, not one a round.
  void warn_of_cap() {
    const std::uint64_t bytes = store_.log().log().bytes();
    const bool over = bytes > options_.log_bytes_max;
    if (over && !warned_) {
      log_warning(
          "the change log takes {} bytes, more than its cap of {}: its oldest records are trimmed early, "
          "readers may miss them",
          bytes, options_.log_bytes_max);
    }
    warned_ = over;
  }

  Store& store_;
  const LogTrimmingOptions options_;
  bool warned_ = false;
};

}  // namespace

std::unique_ptr<UpkeepJob> make_log_trimming(Store& store, LogTrimmingOptions options) {
  return std::make_unique<LogTrimming>(store, options);
}

}  // namespace gyre::storage
