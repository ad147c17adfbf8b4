// SPDX-License-Identifier: Apache-2.0
#include "core/storage/log_trimming.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/log.h"
#include "core/storage/applied_frames.h"

namespace gyre::storage {
namespace {

using Heads = std::vector<std::pair<ShardId, log::ShardHead>>;
// Of one commit.
constexpr std::size_t kHeadsAtOnce = 1000;

/// Whether segments may leave although an archive is wanted, asked from the oldest on.
class ArchiveGate {
 public:
  ArchiveGate(const LogTrimmingOptions& options, std::uint64_t log_bytes,
              std::optional<std::uint64_t> free_bytes)
      : options_(options), log_bytes_(log_bytes), free_bytes_(free_bytes) {
    if (options.archived_through) archived_ = options.archived_through();
  }

  bool may_go(const log::Segment& segment) {
    if (!options_.archived_through) return true;
    const bool archived = segment.number() <= archived_;
    const bool short_of_space = free_bytes_ && *free_bytes_ < options_.free_bytes_min;
    if (!archived && log_bytes_ <= options_.unarchived_bytes_max && !short_of_space) return false;
    if (!archived) lost_.push_back(segment.number());
    const std::uint64_t bytes = segment.is_sealed() ? segment.trailer->file_bytes : 0;
    log_bytes_ -= std::min(log_bytes_, bytes);
    if (free_bytes_) *free_bytes_ += bytes;
    return true;
  }
  /// Those that may go and are not archived.
  const std::vector<log::SegmentNumber>& lost() const { return lost_; }

 private:
  const LogTrimmingOptions& options_;
  log::SegmentNumber archived_{};
  std::uint64_t log_bytes_;
  std::optional<std::uint64_t> free_bytes_;
  std::vector<log::SegmentNumber> lost_;
};

class LogTrimming final : public UpkeepJob {
 public:
  LogTrimming(Store& store, LogTrimmingOptions options) : store_(store), options_(std::move(options)) {}

  Result<UpkeepPlan> plan() override {
    ASSIGN_OR_RETURN(const log::FrameNumber flushed, flushed_through(store_.engine()));
    ArchiveGate gate = make_gate();
    const log::TrimPlan due = store_.log().log().plan_trim(policy(flushed, gate));
    warn_of_cap();
    UpkeepPlan plan;
    if (due.through != log::SegmentNumber()) {
      plan.more = true;
      plan.steps.push_back({"trim the log", [this, due, lost = gate.lost()] {
                              for (const log::SegmentNumber number : lost) warn_of_loss(number);
                              return trim(due);
                            }});
    } else if (waits_for_flush()) {
      store_.request_flush();
    }
    return plan;
  }
  std::chrono::milliseconds pause() const override { return std::chrono::milliseconds(options_.pause_ms); }

 private:
  // `gate` outlives it.
  log::TrimPolicy policy(log::FrameNumber flushed, ArchiveGate& gate) const {
    const std::uint64_t now_ms = store_.clock().now_ms();
    return {.keep_from_ms = now_ms - std::min(now_ms, options_.retention_ms),
            .bytes_max = options_.log_bytes_max,
            .flushed_through = flushed,
            .may_go = [&gate](const log::Segment& segment) { return gate.may_go(segment); }};
  }
  ArchiveGate make_gate() const {
    const Disk* const disk = store_.engine().disk();
    return {options_, store_.log().log().bytes(),
            disk == nullptr ? std::nullopt : std::optional(disk->free_bytes())};
  }

  bool waits_for_flush() const {
    const log::FrameNumber all(std::numeric_limits<std::uint64_t>::max());
    ArchiveGate gate = make_gate();
    return store_.log().log().plan_trim(policy(all, gate)).through != log::SegmentNumber();
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
    const log::SegmentList closed = store_.log().log().closed_segments();
    const bool waits = over && options_.archived_through && !closed->empty() &&
                       closed->front()->number() > options_.archived_through();
    if (waits && !warned_) {
      log_warning(
          "the change log takes {} bytes, more than its cap of {}: its oldest records are due to leave, and "
          "wait "
          "for the archive until it takes {}",
          bytes, options_.log_bytes_max, options_.unarchived_bytes_max);
    } else if (over && !warned_) {
      log_warning(
          "the change log takes {} bytes, more than its cap of {}: its oldest records are trimmed early, "
          "readers may miss them",
          bytes, options_.log_bytes_max);
    }
    warned_ = over;
  }

  static void warn_of_loss(log::SegmentNumber number) {
    log_error(
        "segment {} of the change log leaves without having been archived: the archive cannot be reached, "
        "and "
        "the log takes too much space; the archive has a gap from here on",
        number.value());
  }

  Store& store_;
  const LogTrimmingOptions options_;
  bool warned_ = false;
};

}  // namespace

std::unique_ptr<UpkeepJob> make_log_trimming(Store& store, LogTrimmingOptions options) {
  return std::make_unique<LogTrimming>(store, std::move(options));
}

}  // namespace gyre::storage
