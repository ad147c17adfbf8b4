// SPDX-License-Identifier: Apache-2.0
#include "core/storage/change_log.h"

#include <algorithm>
#include <cstring>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/storage/catalog.h"
#include "core/storage/recent_records.h"
#include "core/storage/row_keys.h"

namespace gyre::storage {
namespace {

constexpr std::uint8_t kCursorFormat = 1;
// Who may read so much is catching up: it takes this much of a file at a time.
constexpr std::size_t kReadaheadBytes = 256 * 1024;

// `bytes`: how much will be read at most.
std::unique_ptr<Iterator> iterate_shard(const Engine& engine, ShardId shard, ReadTier tier,
                                        std::size_t bytes = 0) {
  auto [lower, upper] = shard_rows(shard);
  IterateOptions options{.lower = std::move(lower), .upper = std::move(upper), .tier = tier};
  // What has to be in memory is not made more.
  if (tier == ReadTier::kAll && bytes >= kReadaheadBytes) options.readahead_bytes = kReadaheadBytes;
  return engine.iterate(Family::kChanges, options);
}

// Good until the next step.
Result<LogEntry> read_entry(const Iterator& at) {
  LogEntry entry;
  entry.bytes = at.value();
  ASSIGN_OR_RETURN(entry.sequence, change_row_sequence(at.key()));
  ASSIGN_OR_RETURN(const LogPosition position, read_log_position(entry.bytes));
  if (position.sequence != entry.sequence) return Error::corruption("a change record is in the wrong place");
  entry.ordinal = position.ordinal;
  return entry;
}

// `at` stands on the first record at or after the cursor, which is not the cursor's own: why not?
Result<void> why_missing(Iterator& at, const LogCursor& cursor) {
  const bool later = at.valid();
  at.seek_for_prev(change_row(cursor.shard, cursor.sequence));
  RETURN_IF_ERROR(at.status());
  const bool earlier = at.valid();
  if (earlier && later)
    return Error(ErrorCode::kRecordDiffers, "the shard has no record at the cursor any more");
  if (earlier) return Error(ErrorCode::kAheadOfHead, "the cursor lies after the newest record of the shard");
  return Error(ErrorCode::kTrimmed, "the cursor lies before the oldest record of the shard");
}

// Puts `at` on the first record after the cursor, having looked at the cursor's own.
Status go_behind(Iterator& at, const LogCursor& cursor) {
  if (cursor.sequence == SequenceNumber()) {
    at.seek_to_first();
    return at.status();
  }
  at.seek(change_row(cursor.shard, cursor.sequence));
  RETURN_IF_ERROR(at.status());
  if (!at.valid() || at.key() != change_row(cursor.shard, cursor.sequence)) return why_missing(at, cursor);
  ASSIGN_OR_RETURN(const LogEntry seen, read_entry(at));
  if (seen.ordinal != cursor.ordinal || change_record_checksum(seen.bytes) != cursor.checksum) {
    return Error(ErrorCode::kRecordDiffers, "the record at the cursor is not the one that the cursor saw");
  }
  at.next();
  return at.status();
}

// Copies records into pieces of memory that grow with what is read: few for a long read, small for a short
// one.
class RecordCopier {
 public:
  explicit RecordCopier(std::vector<RecordList::Memory>& memory) : memory_(memory) {}

  std::string_view copy(std::string_view record) {
    if (room_ < record.size()) {
      room_ = std::max(piece_bytes_, record.size());
      piece_bytes_ = std::min(2 * piece_bytes_, kPieceBytesMax);
      const auto piece = std::make_shared_for_overwrite<char[]>(room_);
      free_ = piece.get();
      memory_.push_back(piece);
    }
    char* const copied = free_;
    std::memcpy(copied, record.data(), record.size());
    free_ += record.size();
    room_ -= record.size();
    return {copied, record.size()};
  }

 private:
  static constexpr std::size_t kPieceBytesMin = 4 * 1024;
  static constexpr std::size_t kPieceBytesMax = 256 * 1024;

  std::vector<RecordList::Memory>& memory_;
  std::size_t piece_bytes_ = kPieceBytesMin;
  char* free_ = nullptr;
  std::size_t room_ = 0;
};

}  // namespace

std::string encode_log_cursor(const LogCursor& cursor) {
  std::string bytes;
  append_u8(bytes, kCursorFormat);
  append_u64_be(bytes, cursor.epoch.value());
  append_u64_be(bytes, cursor.shard.value());
  append_u64_be(bytes, cursor.sequence.value());
  append_u64_be(bytes, cursor.ordinal.value());
  append_u64_be(bytes, cursor.checksum);
  return bytes;
}

Result<LogCursor> decode_log_cursor(std::string_view bytes) {
  ByteReader reader(bytes);
  ASSIGN_OR_RETURN(const std::uint8_t format, reader.u8());
  if (format != kCursorFormat) return Error::corruption("a cursor has an unknown format");
  ASSIGN_OR_RETURN(const std::uint64_t epoch, reader.u64_be());
  ASSIGN_OR_RETURN(const std::uint64_t shard, reader.u64_be());
  ASSIGN_OR_RETURN(const std::uint64_t sequence, reader.u64_be());
  ASSIGN_OR_RETURN(const std::uint64_t ordinal, reader.u64_be());
  ASSIGN_OR_RETURN(const std::uint64_t checksum, reader.u64_be());
  if (!reader.at_end()) return Error::corruption("a cursor is too long");
  return LogCursor{Epoch(epoch), ShardId(shard), SequenceNumber(sequence), Ordinal(ordinal), checksum};
}

Result<LogSlice> ChangeLog::read(const LogCursor& cursor, std::size_t records_max, std::size_t bytes_max,
                                 ReadTier tier) const {
  CHECK(records_max > 0);
  if (cursor.epoch != Epoch() && cursor.epoch != epoch_) {
    return Error(ErrorCode::kWrongEpoch, "the cursor belongs to another life of this store");
  }
  if (std::optional<LogSlice> recent = recent_.read(cursor, records_max, bytes_max))
    return *std::move(recent);
  const auto at = iterate_shard(engine_, cursor.shard, tier, bytes_max);
  RETURN_IF_ERROR(go_behind(*at, cursor));

  LogSlice slice;
  std::vector<LogEntry>& entries = slice.entries;
  RecordCopier copier(slice.memory);
  std::size_t bytes = 0;
  Ordinal previous = cursor.ordinal;
  for (; at->valid() && entries.size() < records_max; at->next()) {
    bytes += at->value().size();
    if (!entries.empty() && bytes > bytes_max) break;
    ASSIGN_OR_RETURN(LogEntry entry, read_entry(*at));
    if (previous != Ordinal() && entry.ordinal.value() != previous.value() + 1) {
      return Error::corruption("the change log has a gap before " + sequence_text(entry.sequence));
    }
    previous = entry.ordinal;
    entry.bytes = copier.copy(entry.bytes);
    entries.push_back(entry);
  }
  RETURN_IF_ERROR(at->status());
  return slice;
}

std::optional<LogSlice> ChangeLog::read_recent(const LogCursor& cursor, std::size_t records_max,
                                               std::size_t bytes_max) const {
  if (cursor.epoch != Epoch() && cursor.epoch != epoch_) return std::nullopt;
  return recent_.read(cursor, records_max, bytes_max);
}

Result<LogCursor> ChangeLog::seek(ShardId shard, SequenceNumber sequence, ReadTier tier) const {
  LogCursor cursor{epoch_, shard, {}, {}, 0};
  if (sequence == SequenceNumber()) return cursor;
  const auto at = iterate_shard(engine_, shard, tier);
  at->seek_for_prev(change_row(shard, SequenceNumber(sequence.value() - 1)));
  RETURN_IF_ERROR(at->status());
  if (!at->valid()) return cursor;
  ASSIGN_OR_RETURN(const LogEntry entry, read_entry(*at));
  return after(shard, entry);
}

Result<LogCursor> ChangeLog::seek_to_end(ShardId shard, ReadTier tier) const {
  const auto at = iterate_shard(engine_, shard, tier);
  at->seek_to_last();
  RETURN_IF_ERROR(at->status());
  if (!at->valid()) return LogCursor{epoch_, shard, {}, {}, 0};
  ASSIGN_OR_RETURN(const LogEntry entry, read_entry(*at));
  return after(shard, entry);
}

LogCursor ChangeLog::after(ShardId shard, const LogEntry& entry) const {
  return {epoch_, shard, entry.sequence, entry.ordinal, change_record_checksum(entry.bytes)};
}

}  // namespace gyre::storage
