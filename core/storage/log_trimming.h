// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/limits.h"
#include "core/storage/store.h"
#include "core/storage/upkeep.h"

namespace gyre::storage {

struct LogTrimmingOptions {
  std::uint64_t retention_ms = limits::kStreamRetentionMs;
  std::uint64_t log_bytes_max = limits::kChangeLogBytesMax;  ///< beyond it the oldest go before their time
  std::uint64_t pause_ms = limits::kUpkeepPauseMs;           ///< between looks at what is due
};

/// Trims the log by whole segments: those whose records are all past retention, or too many, and that the
/// engine has flushed. Readers that had not come so far are told kTrimmed.
std::unique_ptr<UpkeepJob> make_log_trimming(Store& store, LogTrimmingOptions options);

}  // namespace gyre::storage
