// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/storage/change_record.h"
#include "core/storage/engine.h"

namespace gyre::storage {

/// A position in a shard: after the record (sequence, ordinal), whose bytes had this checksum. All zero:
/// before the oldest record that is kept.
struct LogCursor {
  Epoch epoch;
  ShardId shard;
  SequenceNumber sequence;
  Ordinal ordinal;
  std::uint64_t checksum = 0;
  bool operator==(const LogCursor&) const = default;
};
std::string encode_log_cursor(const LogCursor& cursor);
Result<LogCursor> decode_log_cursor(std::string_view bytes);

/// One record as it lies in the log.
struct LogEntry {
  SequenceNumber sequence;
  Ordinal ordinal;
  std::string bytes;  ///< decode_change_record reads it
};

/// Reads shards by cursor. Any thread; keeps no state.
class ChangeLog {
 public:
  ChangeLog(const Engine& engine, Epoch epoch) : engine_(engine), epoch_(epoch) {}

  /// The records after `cursor`, oldest first, up to `records_max` and `bytes_max` (always at least one if
  /// there is one). Checks the epoch (0 = any), that the cursor's record is still there and unchanged, and
  /// that ordinals have no gap: kWrongEpoch, kTrimmed, kAheadOfHead, kRecordDiffers, kCorruption.
  Result<std::vector<LogEntry>> read(const LogCursor& cursor, std::size_t records_max, std::size_t bytes_max,
                                     ReadTier tier) const;
  /// A cursor that stands just before the first record with a sequence >= `sequence`.
  Result<LogCursor> seek(ShardId shard, SequenceNumber sequence, ReadTier tier) const;
  /// A cursor behind the newest record.
  Result<LogCursor> seek_to_end(ShardId shard, ReadTier tier) const;
  Epoch epoch() const { return epoch_; }

  /// The cursor after `entry`.
  LogCursor after(ShardId shard, const LogEntry& entry) const;

 private:
  const Engine& engine_;
  Epoch epoch_;
};

}  // namespace gyre::storage
