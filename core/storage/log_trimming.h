// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "core/base/limits.h"
#include "core/storage/store.h"
#include "core/storage/upkeep.h"

namespace gyre::storage {

struct LogTrimmingOptions {
  std::uint64_t retention_ms = limits::kStreamRetentionMs;
  std::uint64_t log_bytes_max = limits::kChangeLogBytesMax;  ///< beyond it the oldest go before their time
  std::uint64_t pause_ms = limits::kUpkeepPauseMs;           ///< between looks at what is due

  /// Which segments an archive has: those up to this one. Others stay beyond their time, until it has them.
  /// Empty: there is no archive.
  std::function<log::SegmentNumber()> archived_through{};
  /// Writes go on when the archive cannot be reached: the oldest go without having been archived if the log
  /// takes more than this, or if less than `free_bytes_min` are free on the disk. That is an alarm.
  std::uint64_t unarchived_bytes_max = limits::kChangeLogBytesMax;
  std::uint64_t free_bytes_min = 2 * limits::kDiskFloorBytes;
};

/// Trims the log by whole segments: those whose records are all past retention, or too many, and that the
/// engine has flushed, and the archive has if there is one. Readers that had not come so far are told
/// kTrimmed.
std::unique_ptr<UpkeepJob> make_log_trimming(Store& store, LogTrimmingOptions options);

}  // namespace gyre::storage
