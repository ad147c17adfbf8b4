// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/log/log.h"
#include "core/storage/change_record.h"
#include "core/storage/record_list.h"

namespace gyre::storage {

using LogCursor = log::Cursor;
std::string encode_log_cursor(const LogCursor& cursor);
Result<LogCursor> decode_log_cursor(std::string_view bytes);

/// One record as it lies in the log.
struct LogEntry {
  SequenceNumber sequence;
  Ordinal ordinal;
  std::string_view bytes;      ///< decode_change_record reads it
  std::uint64_t checksum = 0;  ///< of the bytes: what a cursor remembers
};

/// What was read of a shard, oldest first, and the memory that the records lie in: good for as long as one
/// holds that.
struct LogSlice {
  std::vector<LogEntry> entries;
  std::vector<RecordList::Memory> memory;

  std::size_t size() const { return entries.size(); }
  bool empty() const { return entries.empty(); }
  const LogEntry& operator[](std::size_t index) const { return entries[index]; }
  const LogEntry& back() const { return entries.back(); }
  auto begin() const { return entries.begin(); }
  auto end() const { return entries.end(); }
};

/// Reads shards by cursor: those of tables in the log, their ends from memory; the catalog's, which is kept
/// for ever, in the engine. Any thread; keeps no state of its own.
class ChangeLog {
 public:
  ChangeLog(const Engine& engine, const log::Log& log, Epoch epoch)
      : engine_(engine), log_(log), epoch_(epoch) {}

  /// The records after `cursor`, oldest first, up to `records_max` and `bytes_max`, and at least one if there
  /// is one; it may be fewer than there are. Only what is durable. Checks the epoch (0 = any), and that the
  /// cursor's record, if it is still there, is unchanged: kWrongEpoch, kTrimmed, kAheadOfHead,
  /// kRecordDiffers, kCorruption.
  Result<LogSlice> read(const LogCursor& cursor, std::size_t records_max, std::size_t bytes_max,
                        ReadTier tier) const;
  /// The same, if nothing but memory has to be looked at for it: never waits, and is cheap.
  std::optional<LogSlice> read_recent(const LogCursor& cursor, std::size_t records_max,
                                      std::size_t bytes_max) const;
  /// A cursor just before the first record with a sequence >= `sequence`.
  Result<LogCursor> seek(ShardId shard, SequenceNumber sequence, ReadTier tier) const;
  /// A cursor behind the newest record.
  Result<LogCursor> seek_to_end(ShardId shard, ReadTier tier) const;
  Epoch epoch() const { return epoch_; }

  /// The cursor after `entry`.
  LogCursor after(ShardId shard, const LogEntry& entry) const;

 private:
  const Engine& engine_;
  const log::Log& log_;
  Epoch epoch_;
};

}  // namespace gyre::storage
