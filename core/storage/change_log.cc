// SPDX-License-Identifier: Apache-2.0
#include "core/storage/change_log.h"

#include <iterator>
#include <memory>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/storage/catalog.h"
#include "core/storage/catalog_rows.h"
#include "core/storage/row_keys.h"
#include "core/storage/shard_heads.h"

namespace gyre::storage {
namespace {

constexpr std::uint8_t kCursorFormat = 1;

// Up to the first one that cannot be read, and why if that is the first of all.
Result<LogSlice> from_log(log::Slice read) {
  LogSlice slice;
  slice.entries.reserve(read.size());
  for (const log::Entry& entry : read.entries) {
    if (const Status plain = log::check_plain(entry.head); !plain.ok()) {
      if (slice.entries.empty()) return plain.error();
      break;
    }
    slice.entries.push_back({entry.head.sequence, entry.head.ordinal, entry.bytes, entry.head.checksum});
  }
  slice.memory.assign(std::make_move_iterator(read.memory.begin()),
                      std::make_move_iterator(read.memory.end()));
  return slice;
}

// --- the catalog's shard ---

std::unique_ptr<Iterator> catalog_records(const Engine& engine, ReadTier tier) {
  const std::string lower(kCatalogRecordPrefix);
  return engine.iterate(Family::kCatalog, {.lower = lower, .upper = prefix_end(lower), .tier = tier});
}

// Good until the next step.
Result<LogEntry> read_entry(const Iterator& at) {
  LogEntry entry;
  entry.bytes = at.value();
  ASSIGN_OR_RETURN(const LogPosition position, read_log_position(entry.bytes));
  if (at.key() != catalog_record_row(position.sequence)) {
    return Error::corruption("a change record is in the wrong place");
  }
  entry.sequence = position.sequence;
  entry.ordinal = position.ordinal;
  entry.checksum = change_record_checksum(entry.bytes);
  return entry;
}

// `at` is on the first record at or after the cursor, which is not the cursor's own: why not?
Status why_missing(Iterator& at, const LogCursor& cursor) {
  const bool later = at.valid();
  at.seek_for_prev(catalog_record_row(cursor.sequence));
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
  at.seek(catalog_record_row(cursor.sequence));
  RETURN_IF_ERROR(at.status());
  if (!at.valid() || at.key() != catalog_record_row(cursor.sequence)) return why_missing(at, cursor);
  ASSIGN_OR_RETURN(const LogEntry seen, read_entry(at));
  if (seen.ordinal != cursor.ordinal || seen.checksum != cursor.checksum) {
    return Error(ErrorCode::kRecordDiffers, "the record at the cursor is not the one that the cursor saw");
  }
  at.next();
  return at.status();
}

Result<LogSlice> read_catalog(const Engine& engine, const LogCursor& cursor, std::size_t records_max,
                              std::size_t bytes_max, ReadTier tier) {
  const auto at = catalog_records(engine, tier);
  RETURN_IF_ERROR(go_behind(*at, cursor));
  RecordList records;
  std::vector<LogEntry> entries;
  for (; at->valid() && entries.size() < records_max; at->next()) {
    if (!entries.empty() && records.bytes() + at->value().size() > bytes_max) break;
    ASSIGN_OR_RETURN(LogEntry entry, read_entry(*at));
    records.add(std::string(entry.bytes));
    entry.bytes = records[records.size() - 1];
    entries.push_back(entry);
  }
  RETURN_IF_ERROR(at->status());
  return LogSlice{std::move(entries), std::move(records).take_memory()};
}

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
  if (cursor.shard == kCatalogShard) return read_catalog(engine_, cursor, records_max, bytes_max, tier);
  if (tier == ReadTier::kCache) {
    if (std::optional<LogSlice> recent = read_recent(cursor, records_max, bytes_max)) {
      return *std::move(recent);
    }
    // Without a record in the log there is nothing to read, if the reader saw none either.
    if (cursor.ordinal == Ordinal() && !log_.ends(cursor.shard)) return LogSlice();
    return Error(ErrorCode::kIncomplete, "not in memory");
  }
  Result<log::Slice> read = log_.reader().read(cursor, records_max, bytes_max);
  if (read.ok()) return from_log(*std::move(read));
  if (read.error().code != ErrorCode::kTrimmed) return std::move(read).error();
  if (log_.ends(cursor.shard)) {
    // Trimmed indeed; or its first record came meanwhile.
    ASSIGN_OR_RETURN(log::Slice again, log_.reader().read(cursor, records_max, bytes_max));
    return from_log(std::move(again));
  }
  // The shard's last record has left the log. Whoever saw it has missed nothing.
  ASSIGN_OR_RETURN(const std::optional<log::ShardHead> head, stored_head(engine_, cursor.shard));
  const bool saw_it = head && head->ordinal == cursor.ordinal && head->sequence == cursor.sequence &&
                      head->checksum == cursor.checksum;
  if (saw_it) return LogSlice();
  return std::move(read).error();
}

std::optional<LogSlice> ChangeLog::read_recent(const LogCursor& cursor, std::size_t records_max,
                                               std::size_t bytes_max) const {
  // The catalog's oldest records are in the engine alone.
  if (cursor.shard == kCatalogShard && cursor.ordinal == Ordinal()) return std::nullopt;
  std::optional<log::Slice> read = log_.reader().read_recent(cursor, records_max, bytes_max);
  if (!read) return std::nullopt;
  Result<LogSlice> slice = from_log(*std::move(read));
  return slice.ok() ? std::optional(*std::move(slice)) : std::nullopt;
}

Result<LogCursor> ChangeLog::seek(ShardId shard, SequenceNumber sequence, ReadTier tier) const {
  LogCursor cursor{epoch_, shard, {}, {}, 0};
  if (sequence == SequenceNumber()) return cursor;
  if (shard != kCatalogShard) {
    const log::LookInto look = tier == ReadTier::kAll ? log::LookInto::kFiles : log::LookInto::kMemory;
    ASSIGN_OR_RETURN(const log::Cursor found, log_.reader().seek(shard, sequence, look));
    if (found.ordinal != Ordinal() || log_.ends(shard)) return found;
    ASSIGN_OR_RETURN(const std::optional<log::ShardHead> head, stored_head(engine_, shard, tier));
    if (head && head->sequence < sequence) {
      return LogCursor{epoch_, shard, head->sequence, head->ordinal, head->checksum};
    }
    return cursor;
  }
  const auto at = catalog_records(engine_, tier);
  at->seek_for_prev(catalog_record_row(SequenceNumber(sequence.value() - 1)));
  RETURN_IF_ERROR(at->status());
  if (!at->valid()) return cursor;
  ASSIGN_OR_RETURN(const LogEntry entry, read_entry(*at));
  return after(shard, entry);
}

Result<LogCursor> ChangeLog::seek_to_end(ShardId shard, ReadTier tier) const {
  const log::Cursor end = log_.reader().seek_to_end(shard);
  if (end.ordinal != Ordinal()) return end;
  ASSIGN_OR_RETURN(const std::optional<log::ShardHead> head, stored_head(engine_, shard, tier));
  if (!head) return LogCursor{epoch_, shard, {}, {}, 0};
  return LogCursor{epoch_, shard, head->sequence, head->ordinal, head->checksum};
}

LogCursor ChangeLog::after(ShardId shard, const LogEntry& entry) const {
  return {epoch_, shard, entry.sequence, entry.ordinal, entry.checksum};
}

}  // namespace gyre::storage
