// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "core/base/ids.h"
#include "core/base/limits.h"
#include "core/base/random.h"
#include "core/log/layout.h"
#include "core/model/version.h"

namespace gyre::log {

struct LogOptions {
  LogIncarnation incarnation{};
  Epoch epoch{};
  Term term{};  ///< greater than that of every life before
  std::uint64_t segment_bytes = limits::kLogSegmentBytes;
  std::size_t recent_bytes_max = limits::kRecentRecordsBytesMax;
  std::size_t spare_files_max = limits::kLogSpareFilesMax;
  /// Any thread: a segment is to be prepared or to be sealed. Returns at once.
  std::function<void()> upkeep_due = [] {};
  /// Lets the disk rest while space is made, so that commits do not wait for it. By default not at all.
  /// False: the space is not wanted any more.
  std::function<bool(std::chrono::nanoseconds)> rest = [](std::chrono::nanoseconds) { return true; };
  /// Draws salts; never 0.
  std::function<std::uint64_t()> draw_salt = [] { return entropy(); };
};

/// Where a frame lies, and what the log had come to with it: what the engine keeps as `applied`.
struct FramePosition {
  FrameNumber frame{};  ///< 0: before the first
  SegmentNumber segment{};
  std::uint64_t offset = 0;
  SequenceNumber sequence{};
  HybridTime stamp = 0;
  bool operator==(const FramePosition&) const = default;
};

/// A shard's last record.
struct ShardHead {
  SequenceNumber sequence{};
  Ordinal ordinal{};
  std::uint64_t cumulative_bytes = 0;
  std::uint64_t checksum = 0;
  HybridTime time = 0;
  bool operator==(const ShardHead&) const = default;
};

/// What memory holds of a shard that has records in the log.
struct ShardEnds {
  Ordinal first_ordinal{};          ///< of the oldest record that is kept
  SequenceNumber first_sequence{};  ///< no record that is kept has a smaller one
  ShardHead head;
  bool operator==(const ShardEnds&) const = default;
};

}  // namespace gyre::log
