// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "consumers/replay.h"
#include "core/base/clock.h"
#include "core/base/result.h"

namespace gyre::consumers {

struct TailOptions {
  std::string endpoint = {};  ///< of the region's stream server
  std::string table = {};
  bool from_start = false;      ///< from the oldest record kept; else from now
  bool wait_for_table = false;  ///< else a missing table is kResourceNotFound
  std::string key = {};         ///< empty = all; else as RecordFilter::set_key takes it
  std::uint64_t connect_timeout_ms = 10'000;
  std::function<void()> on_missing_table = {};  ///< told once, with wait_for_table; may be empty
};

/// Writes change records as they come, as one JSON line each (streams::write_full_record), until `stop` or
/// until the sink wants no more. Ordered within a shard, so for each item. Follows rolls and splits, and
/// survives the region's restart. A table that was waited for is shown from its first record. kUnavailable if
/// no region answers at first, or if it refuses; kTrimmed if records went before they were read.
Status tail(const TailOptions& options, const LineSink& sink, const std::atomic<bool>& stop,
            const Clock& clock);

}  // namespace gyre::consumers
