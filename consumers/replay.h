// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace gyre::consumers {

/// Takes one line, without a newline; false: no more is wanted (a closed pipe).
using LineSink = std::function<bool(std::string_view line)>;

/// Writes lines to a file, each flushed if `flush_lines`.
LineSink file_sink(std::FILE* file, bool flush_lines);

struct ReplayOptions {
  std::string endpoint = {};  ///< of the region's stream server
  std::string table = {};
  std::uint64_t from_ms = 0;                ///< commit time, included
  std::optional<std::uint64_t> to_ms = {};  ///< commit time, excluded
  std::string key = {};                     ///< empty = all; else as RecordFilter::set_key takes it
  std::uint64_t connect_timeout_ms = 10'000;
};

struct ReplaySummary {
  std::uint64_t records_read = 0;
  std::uint64_t records_written = 0;
};

/// Writes every change record of a table that is still kept, as one JSON line each
/// (streams::write_full_record), in the order of the region's commits, up to what was durable when it began.
/// Holds about a megabyte for each open shard. kUnavailable if no region answers; kResourceNotFound if there
/// is no such table; kValidation if `key` cannot be a key of the table; kTrimmed if records go before
/// they are read; kCorruption.
Result<ReplaySummary> replay(const ReplayOptions& options, const LineSink& sink,
                             const std::atomic<bool>& stop, const Clock& clock);

}  // namespace gyre::consumers
