// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "core/files/folder.h"
#include "core/log/log_state.h"

namespace gyre::log {

/// What may leave the log.
struct TrimPolicy {
  std::uint64_t keep_from_ms = 0;        ///< segments whose last commit is older may go
  std::uint64_t bytes_max = UINT64_MAX;  ///< beyond it the oldest may go too, however young
  FrameNumber flushed_through{};         ///< what a flushed engine has applied
  /// Asked of each segment that would go: true if it is archived, where that is wanted.
  std::function<bool(const Segment&)> may_go = [](const Segment&) { return true; };
};

/// What is about to leave.
struct TrimPlan {
  SegmentNumber through{};  ///< segments up to this one; 0: none
  /// The shards that lose their last record, with their heads; sorted.
  std::vector<std::pair<ShardId, ShardHead>> leaving;
};

/// Decides; changes nothing. The newest closed segment stays, and so does every one whose successor is not
/// sealed: the log's position and its chain of hashes continue from them.
TrimPlan plan_trim(const LogState& state, const TrimPolicy& policy);

/// Removes the segments up to `through`, which a plan named, oldest first, each durably before the next.
/// Their files stay readable for whoever holds them. One thread at a time, not beside who prepares segments.
Status trim_log(files::Folder& folder, LogState& state, SegmentNumber through, std::size_t spares_max);

}  // namespace gyre::log
