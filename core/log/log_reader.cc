// SPDX-License-Identifier: Apache-2.0
#include "core/log/log_reader.h"

#include <algorithm>
#include <utility>

#include "core/base/limits.h"

namespace gyre::log {
namespace {

Ordinal next(Ordinal ordinal) {
  return Ordinal(ordinal.value() + 1);
}

Error gap(ShardId shard, Ordinal ordinal) {
  return Error::corruption("record " + std::to_string(ordinal.value()) + " of shard " +
                           std::to_string(shard.value()) + " is in no segment");
}

Error trimmed() {
  return Error(ErrorCode::kTrimmed, "the cursor lies before the oldest record of the shard");
}

Error not_in_memory() {
  return Error(ErrorCode::kIncomplete, "not in memory");
}

using Segments = std::vector<SegmentPointer>;

// The first segment with this sequence or a greater one.
Segments::const_iterator first_reaching(const Segments& segments, SequenceNumber sequence) {
  return std::lower_bound(segments.begin(), segments.end(), sequence,
                          [](const SegmentPointer& segment, SequenceNumber sought) {
                            return segment->summary.last_sequence < sought;
                          });
}

}  // namespace

Result<Slice> LogReader::read(const Cursor& cursor, std::size_t records_max, std::size_t bytes_max) const {
  CHECK(records_max > 0);
  const ShardView view = state_.view(cursor.shard, next(cursor.ordinal), records_max);
  RETURN_IF_ERROR(check(cursor, view));
  if (!view.ends) return Slice();
  Wanted wanted{cursor.shard, next(cursor.ordinal), cursor.sequence};
  if (wanted.ordinal <= view.ends->first_ordinal) {
    wanted = {cursor.shard, view.ends->first_ordinal, view.ends->first_sequence};
  }
  if (wanted.ordinal > view.ends->head.ordinal) return Slice();
  ASSIGN_OR_RETURN(const auto located, locate(wanted, view, records_max));
  if (!located) return gap(cursor.shard, wanted.ordinal);
  return read_located(wanted, *located, records_max, bytes_max);
}

Status LogReader::check(const Cursor& cursor, const ShardView& view) const {
  if (cursor.epoch != Epoch() && cursor.epoch != epoch_) {
    return Error(ErrorCode::kWrongEpoch, "the cursor belongs to another life of this store");
  }
  if (cursor.ordinal == Ordinal()) return {};
  if (!view.ends) return Error(ErrorCode::kTrimmed, "the log has no record of the shard any more");
  const ShardEnds& ends = *view.ends;
  if (cursor.ordinal > ends.head.ordinal || cursor.sequence > ends.head.sequence) {
    return Error(ErrorCode::kAheadOfHead, "the cursor lies after the newest record of the shard");
  }
  if (next(cursor.ordinal) < ends.first_ordinal) {
    return trimmed();
  }
  // The record that it saw has left, and nothing after it.
  if (cursor.ordinal < ends.first_ordinal) return {};
  SequenceNumber sequence = ends.head.sequence;
  std::uint64_t checksum = ends.head.checksum;
  if (cursor.ordinal != ends.head.ordinal) {
    // The cursor may say anything: a record that is not where its sequence belongs is another one.
    ASSIGN_OR_RETURN(const auto row, row_of({cursor.shard, cursor.ordinal, cursor.sequence}));
    if (!row && is_trimmed(cursor.shard, cursor.ordinal)) {
      return is_trimmed(cursor.shard, next(cursor.ordinal)) ? Status(trimmed()) : Status();
    }
    sequence = row ? row->head.sequence : SequenceNumber();
    checksum = row ? row->head.checksum : 0;
  }
  if (sequence != cursor.sequence || checksum != cursor.checksum) {
    return Error(ErrorCode::kRecordDiffers, "the record at the cursor is not the one that the cursor saw");
  }
  return {};
}

// The records from the wanted one on that are in its segment; nullopt: it is not where its sequence belongs.
Result<std::optional<LogReader::Located>> LogReader::locate(const Wanted& wanted, const ShardView& view,
                                                            std::size_t count) const {
  if (view.active && view.active->first <= wanted.ordinal) {
    const ActiveRecords& active = *view.active;
    const std::uint64_t skipped = wanted.ordinal.value() - active.first.value();
    if (skipped >= active.places.size()) return std::optional<Located>();
    return std::optional<Located>(
        {active.segment,
         active.run,
         {active.places.begin() + static_cast<std::ptrdiff_t>(skipped), active.places.end()},
         0});
  }
  const auto& segments = *view.closed;
  for (auto at = first_reaching(segments, wanted.sequence); at != segments.end(); ++at) {
    const Segment& segment = **at;
    ASSIGN_OR_RETURN(const auto row, find_shard(segment, wanted.shard));
    if (!row || row->run.last_ordinal < wanted.ordinal) continue;
    if (!row->run.has(wanted.ordinal)) break;
    ASSIGN_OR_RETURN(const auto positions, read_positions(segment, *row, wanted.ordinal, count));
    Located located{*at, row->run, {}, segment.summary.frames_end / row->run.count()};
    for (const std::uint32_t position : positions) {
      if (to_offset(position) + kRowBytes > segment.summary.frames_end ||
          position < to_position(kFramesOffset)) {
        return at_place(segment.number(), to_offset(position), FrameNumber(),
                        Error::corruption("the footer names a place that is not in the segment"));
      }
      located.places.push_back({.position = position});
    }
    state_.find_memory(segment.number(), located.places);
    return std::optional<Located>(std::move(located));
  }
  return std::optional<Located>();
}

Result<std::optional<EntryRow>> LogReader::row_of(const Wanted& wanted, LookInto look) const {
  const ShardView view = state_.view(wanted.shard, wanted.ordinal, 1);
  if (look == LookInto::kMemory && (!view.active || wanted.ordinal < view.active->first)) {
    return not_in_memory();
  }
  ASSIGN_OR_RETURN(const auto located, locate(wanted, view, 1));
  if (!located) return std::optional<EntryRow>();
  if (look == LookInto::kMemory && located->places.front().memory == nullptr) return not_in_memory();
  std::vector<Memory> memory;
  RecordReader reader(*located->segment->file, located->segment->number(), memory, UINT64_MAX);
  ASSIGN_OR_RETURN(const EntryRow row,
                   reader.read_row(located->places.front(), wanted.shard, wanted.ordinal));
  return std::optional<EntryRow>(row);
}

bool LogReader::is_trimmed(ShardId shard, Ordinal ordinal) const {
  const auto ends = state_.ends(shard);
  return !ends || ordinal < ends->first_ordinal;
}

Error LogReader::missing(ShardId shard, Ordinal ordinal) const {
  return is_trimmed(shard, ordinal) ? trimmed() : gap(shard, ordinal);
}

Result<Slice> LogReader::read_located(const Wanted& wanted, const Located& located, std::size_t records_max,
                                      std::size_t bytes_max) const {
  Slice slice;
  RecordReader reader(*located.segment->file, located.segment->number(), slice.memory, located.spacing_bytes);
  std::uint64_t bytes = 0;
  Ordinal ordinal = wanted.ordinal;
  for (const RecordPlace& place : located.places) {
    if (slice.size() == records_max) break;
    if (!slice.empty() && (bytes >= bytes_max || reader.memory_bytes() >= limits::kLogReadMemoryBytesMax))
      break;
    ASSIGN_OR_RETURN(const Entry entry, reader.read(place, wanted.shard, ordinal));
    bytes += entry.bytes.size();
    if (!slice.empty() && bytes > bytes_max) break;
    slice.entries.push_back(entry);
    ordinal = next(ordinal);
  }
  CHECK(!slice.empty());
  return slice;
}

std::optional<Slice> LogReader::read_recent(const Cursor& cursor, std::size_t records_max,
                                            std::size_t bytes_max) const {
  CHECK(records_max > 0);
  if (cursor.epoch != Epoch() && cursor.epoch != epoch_) return std::nullopt;
  // The cursor's own record, and so one more: that is looked at too.
  const bool from_start = cursor.ordinal == Ordinal();
  const std::size_t count = from_start || records_max == SIZE_MAX ? records_max : records_max + 1;
  const ShardView view = state_.view(cursor.shard, from_start ? Ordinal(1) : cursor.ordinal, count);
  if (!view.ends) return std::nullopt;
  if (cursor.ordinal == view.ends->head.ordinal) {
    return check(cursor, view).ok() ? std::optional(Slice()) : std::nullopt;
  }
  const Ordinal first = from_start ? view.ends->first_ordinal : cursor.ordinal;
  if (!view.active || view.active->first != first) return std::nullopt;
  for (const RecordPlace& place : view.active->places) {
    if (place.memory == nullptr) return std::nullopt;
  }
  // Only now, when it needs no file either.
  if (!check(cursor, view).ok()) return std::nullopt;
  const Wanted wanted = from_start ? Wanted{cursor.shard, first, view.ends->first_sequence}
                                   : Wanted{cursor.shard, next(cursor.ordinal), cursor.sequence};
  const auto located = locate(wanted, view, records_max);
  if (!located.ok() || !*located) return std::nullopt;
  Result<Slice> slice = read_located(wanted, **located, records_max, bytes_max);
  return slice.ok() ? std::optional(*std::move(slice)) : std::nullopt;
}

Cursor LogReader::seek_to_end(ShardId shard) const {
  const auto ends = state_.ends(shard);
  if (!ends) return {.epoch = epoch_, .shard = shard};
  return {epoch_, shard, ends->head.sequence, ends->head.ordinal, ends->head.checksum};
}

Result<Cursor> LogReader::seek(ShardId shard, SequenceNumber sequence, LookInto look) const {
  const ShardView view = state_.view(shard, Ordinal(1), 1);
  const Cursor start{.epoch = epoch_, .shard = shard};
  if (!view.ends || sequence <= view.ends->first_sequence) return start;
  if (sequence > view.ends->head.sequence) return seek_to_end(shard);
  std::optional<ShardRun> run;
  const auto& segments = *view.closed;
  for (auto at = first_reaching(segments, sequence); at != segments.end() && !run; ++at) {
    if (look == LookInto::kMemory) return not_in_memory();
    ASSIGN_OR_RETURN(const auto row, find_shard(**at, shard));
    if (row && row->run.last_sequence >= sequence) run = row->run;
  }
  if (!run && view.active) run = view.active->run;
  if (!run) return gap(shard, view.ends->head.ordinal);
  ASSIGN_OR_RETURN(const Ordinal first, first_ordinal_from(shard, *run, sequence, look));
  if (first <= view.ends->first_ordinal) return start;
  const SequenceNumber reached = first > run->first_ordinal ? run->first_sequence : view.ends->first_sequence;
  ASSIGN_OR_RETURN(const auto before, row_of({shard, Ordinal(first.value() - 1), reached}, look));
  if (!before) return missing(shard, Ordinal(first.value() - 1));
  return Cursor{epoch_, shard, before->head.sequence, before->head.ordinal, before->head.checksum};
}

Result<Ordinal> LogReader::first_ordinal_from(ShardId shard, const ShardRun& run, SequenceNumber sequence,
                                              LookInto look) const {
  std::uint64_t first = run.first_ordinal.value();
  std::uint64_t last = run.last_ordinal.value();
  while (first < last) {
    const std::uint64_t middle = first + (last - first) / 2;
    ASSIGN_OR_RETURN(const auto row, row_of({shard, Ordinal(middle), run.first_sequence}, look));
    if (!row) return missing(shard, Ordinal(middle));
    if (row->head.sequence < sequence) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return Ordinal(first);
}

}  // namespace gyre::log
