// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/log/log_state.h"
#include "core/log/record_reader.h"

namespace gyre::log {

/// A position in a shard: after the record (sequence, ordinal), whose stored bytes had this checksum. Without
/// an ordinal: before the oldest record that is kept.
struct Cursor {
  Epoch epoch{};  ///< 0: any
  ShardId shard{};
  SequenceNumber sequence{};
  Ordinal ordinal{};
  std::uint64_t checksum = 0;
  bool operator==(const Cursor&) const = default;
};

/// Whether a look may wait for the disk.
enum class LookInto { kMemory, kFiles };

/// Reads shards by cursor. Any thread; keeps no state of its own.
class LogReader {
 public:
  LogReader(const LogState& state, Epoch epoch) : state_(state), epoch_(epoch) {}

  /// The records after `cursor`, oldest first, up to `records_max` and `bytes_max`, and always at least one
  /// if there is one; it may be fewer than there are. Looks at the record that the cursor saw, if it is still
  /// kept. kWrongEpoch, kTrimmed (a record after the cursor is not kept any more), kAheadOfHead,
  /// kRecordDiffers, kCorruption.
  Result<Slice> read(const Cursor& cursor, std::size_t records_max, std::size_t bytes_max) const;
  /// The same, if nothing but memory has to be looked at for it: never waits, and is cheap. nullopt: ask
  /// read(), which also knows what is wrong with a cursor.
  std::optional<Slice> read_recent(const Cursor& cursor, std::size_t records_max,
                                   std::size_t bytes_max) const;
  /// A cursor that is just before the first record with a sequence >= `sequence`. kIncomplete: memory alone
  /// does not tell.
  Result<Cursor> seek(ShardId shard, SequenceNumber sequence, LookInto look = LookInto::kFiles) const;
  /// A cursor behind the newest record.
  Cursor seek_to_end(ShardId shard) const;

  Cursor after(const Entry& entry) const {
    return {epoch_, entry.head.shard, entry.head.sequence, entry.head.ordinal, entry.head.checksum};
  }

 private:
  // Some records of a shard that lie in one segment.
  struct Located {
    SegmentPointer segment;
    ShardRun run;
    std::vector<RecordPlace> places;  // from the wanted record on
    std::uint64_t spacing_bytes = 0;
  };

  // A record that is between its shard's ends.
  struct Wanted {
    ShardId shard;
    Ordinal ordinal;
    SequenceNumber sequence;  // it has no smaller one
  };

  Status check(const Cursor& cursor, const ShardView& view) const;
  Result<std::optional<Located>> locate(const Wanted& wanted, const ShardView& view, std::size_t count) const;
  Result<std::optional<EntryRow>> row_of(const Wanted& wanted, LookInto look = LookInto::kFiles) const;
  // Trimming may overtake a reader between two looks at the log's state.
  bool is_trimmed(ShardId shard, Ordinal ordinal) const;
  Error missing(ShardId shard, Ordinal ordinal) const;
  Result<Slice> read_located(const Wanted& wanted, const Located& located, std::size_t records_max,
                             std::size_t bytes_max) const;
  // The first one of a run with such a sequence or a greater one.
  Result<Ordinal> first_ordinal_from(ShardId shard, const ShardRun& run, SequenceNumber sequence,
                                     LookInto look) const;

  const LogState& state_;
  const Epoch epoch_;
};

}  // namespace gyre::log
