// SPDX-License-Identifier: Apache-2.0
#include "core/log/recovery.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/log/frame_walk.h"
#include "core/log/torn_tail.h"

namespace gyre::log {
namespace {

// A segment's file, as far as it says itself what it is.
struct Found {
  SegmentHeader header;
  std::shared_ptr<files::File> file;
  std::uint64_t file_bytes = 0;
  std::optional<Opening> opening;
  std::string opening_error;
};

class Recovery {
 public:
  Recovery(files::Folder& folder, const LogOptions& options) : folder_(folder), options_(options) {}

  Result<Recovered> run(const std::optional<FramePosition>& applied) {
    RETURN_IF_ERROR(find_files());
    for (std::size_t i = 0; i < found_.size(); ++i) RETURN_IF_ERROR(take(i));
    RETURN_IF_ERROR(make_tail_durable());
    RETURN_IF_ERROR(remove_files());
    if (applied) RETURN_IF_ERROR(compare(*applied));
    return finish();
  }

 private:
  Status find_files();
  Status add_file(const std::string& name, SegmentNumber number);
  Status take(std::size_t index);
  static Status check_space(const Found& found);
  Status check_opening(const Found& found) const;
  Result<std::shared_ptr<Segment>> read_sealed(const Found& found) const;
  Result<std::shared_ptr<Segment>> scan(const Found& found, const Found* next);
  Status judge_bad_frame(const Found& found, std::uint64_t offset, FrameNumber due,
                         const std::string& reason) const;
  Status keep(std::shared_ptr<Segment> segment);
  Status make_tail_durable();
  Status remove_files();
  Status compare(const FramePosition& applied) const;
  Result<Recovered> finish();

  FrameNumber due() const { return FrameNumber(last_.frame.value() + 1); }

  files::Folder& folder_;
  const LogOptions& options_;
  std::vector<Found> found_;
  std::vector<std::string> to_remove_;
  LogState::Start start_;
  FramePosition last_;
  FrameNumber synced_through_;  // that the last frame vouches for
  std::uint64_t chain_ = 0;
  Term term_;
};

Status Recovery::find_files() {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, folder_.list());
  for (const std::string& name : names) {
    const auto number = segment_number(name);
    if (number) RETURN_IF_ERROR(add_file(name, *number));
    if (is_spare_name(name)) to_remove_.push_back(name);
  }
  return {};
}

Status Recovery::add_file(const std::string& name, SegmentNumber number) {
  const SegmentNumber expected =
      found_.empty() ? number : SegmentNumber(found_.back().header.number.value() + 1);
  if (number != expected) {
    return Error::corruption("segment " + std::to_string(expected.value()) + " of the log is missing");
  }
  Found found;
  ASSIGN_OR_RETURN(found.file, folder_.open(name));
  ASSIGN_OR_RETURN(found.file_bytes, found.file->size());
  std::string bytes(kFramesOffset, '\0');
  // What is missing at the end reads as zeros, and does not decode.
  ASSIGN_OR_RETURN(const std::size_t count, found.file->read(0, bytes.size(), bytes.data()));
  CHECK(count <= bytes.size());
  const std::string_view all = bytes;
  const Result<SegmentHeader> header = decode_segment_header(all.substr(0, kSegmentHeaderBytes));
  if (!header.ok()) {
    return at_place(number, 0, FrameNumber(),
                    Error::corruption("the segment's header is damaged: " + header.error().message));
  }
  found.header = *header;
  if (header->number != number || header->incarnation != options_.incarnation) {
    return at_place(number, 0, FrameNumber(),
                    Error::corruption("the file is a segment of another log or place"));
  }
  const Result<Opening> opening = decode_opening(all.substr(kOpeningOffset), found.header);
  if (opening.ok()) {
    found.opening = *opening;
  } else {
    found.opening_error = opening.error().message;
  }
  found.file->rest(name);
  found_.push_back(std::move(found));
  return {};
}

Status Recovery::take(std::size_t index) {
  const Found& found = found_[index];
  const bool is_last = index + 1 == found_.size();
  if (!found.opening) {
    RETURN_IF_ERROR(check_space(found));
    if (!is_last) {
      return at_place(found.header.number, kOpeningOffset, due(),
                      Error::corruption("the segment's opening is damaged: " + found.opening_error));
    }
    // Prepared, or opened in a write that was never acknowledged.
    RETURN_IF_ERROR(judge_bad_frame(found, kOpeningOffset, due(), found.opening_error));
    to_remove_.push_back(segment_name(found.header.number));
    return {};
  }
  RETURN_IF_ERROR(check_opening(found));
  term_ = std::max(term_, found.opening->term);
  ASSIGN_OR_RETURN(std::shared_ptr<Segment> segment, read_sealed(found));
  if (segment == nullptr) {
    // The last segment that was opened may be followed by one that was not.
    const bool last_opened = is_last || (index + 2 == found_.size() && !found_.back().opening);
    if (last_opened) RETURN_IF_ERROR(check_space(found));
    ASSIGN_OR_RETURN(segment, scan(found, last_opened ? nullptr : &found_[index + 1]));
  }
  if (!segment->has_frames()) {
    // The next segment is prepared only once this one has a durable frame.
    if (!is_last) {
      return at_place(
          found.header.number, kFramesOffset, due(),
          Error::corruption("the segment's frames are gone, though the next was prepared after them"));
    }
    to_remove_.push_back(segment_name(found.header.number));
    return {};
  }
  return keep(std::move(segment));
}

// Of a segment that is not sealed, and whose end no other tells.
Status Recovery::check_space(const Found& found) {
  if (found.file_bytes >= found.header.space_bytes) return {};
  return at_place(found.header.number, found.file_bytes, FrameNumber(), cut_short(found.header));
}

Status Recovery::check_opening(const Found& found) const {
  const Opening& opening = *found.opening;
  const auto wrong = [&](const char* reason) {
    return at_place(found.header.number, kOpeningOffset, opening.first_frame, Error::corruption(reason));
  };
  if (start_.segments.empty()) {
    const bool is_first = found.header.number == SegmentNumber(1);
    if (is_first != (opening.first_frame == FrameNumber(1)))
      return wrong("the log begins in the wrong segment");
    return {};
  }
  if (opening.first_frame != due() || opening.chain_before != chain_ ||
      opening.sequence_before != last_.sequence || opening.stamp_before != last_.stamp ||
      opening.term < term_) {
    return wrong("the segment does not continue the one before it");
  }
  return {};
}

// nullptr: it is not sealed.
Result<std::shared_ptr<Segment>> Recovery::read_sealed(const Found& found) const {
  std::shared_ptr<Segment> segment;
  if (found.file_bytes < kFramesOffset + kTrailerBytes) return segment;
  ASSIGN_OR_RETURN(const std::string end,
                   files::read_exactly(*found.file, found.file_bytes - kTrailerBytes, kTrailerBytes));
  const Result<Trailer> trailer = decode_trailer(end, found.header, found.file_bytes);
  if (!trailer.ok()) return segment;
  if (trailer->summary.first_frame != found.opening->first_frame) {
    return at_place(found.header.number, trailer->trailer_offset(), found.opening->first_frame,
                    Error::corruption("the footer is of another segment"));
  }
  segment = std::make_shared<Segment>();
  segment->header = found.header;
  segment->opening = *found.opening;
  segment->file = found.file;
  segment->summary = trailer->summary;
  segment->trailer = *trailer;
  return segment;
}

// `next`: the segment after it, which says where this one ends; nullptr: this is the last.
Result<std::shared_ptr<Segment>> Recovery::scan(const Found& found, const Found* next) {
  auto segment = std::make_shared<Segment>();
  segment->header = found.header;
  segment->opening = *found.opening;
  segment->file = found.file;
  segment->summary.frames_end = kFramesOffset;
  FrameWalk walk(*found.file, found.header, *found.opening, start_of(*found.opening), found.file_bytes,
                 Contents::kChecked);
  while (next == nullptr || walk.due() < next->opening->first_frame) {
    Result<std::optional<WalkedFrame>> frame = walk.next();
    if (!frame.ok() && frame.error().code != ErrorCode::kCorruption) return frame.error();
    if (!frame.ok() && next != nullptr) return frame.error();
    if (!frame.ok()) {
      RETURN_IF_ERROR(judge_bad_frame(found, walk.offset(), walk.due(), frame.error().message));
      break;
    }
    if (!*frame) {
      if (next == nullptr) break;
      return at_place(found.header.number, walk.offset(), walk.due(),
                      Error::corruption("the segment ends too early"));
    }
    RETURN_IF_ERROR(segment->add_frame(facts_of((*frame)->view, (*frame)->offset)));
    synced_through_ = (*frame)->view.header().synced_through;
  }
  return segment;
}

// OK: it was never acknowledged.
Status Recovery::judge_bad_frame(const Found& found, std::uint64_t offset, FrameNumber due,
                                 const std::string& reason) const {
  ASSIGN_OR_RETURN(const std::optional<Witness> witness,
                   find_witness(*found.file, found.header, offset, due));
  if (!witness) return {};
  return at_place(
      found.header.number, offset, due,
      Error::corruption("the frame is damaged, since frame " + std::to_string(witness->frame.value()) +
                        " at offset " + std::to_string(witness->offset) + " says that it was durable (" +
                        reason + ")"));
}

Status Recovery::keep(std::shared_ptr<Segment> segment) {
  const SegmentSummary& summary = segment->summary;
  Result<std::vector<ShardRow>> rows = all_shards(*segment);
  const auto damaged = [&](const Error& error) {
    return at_place(segment->number(), summary.frames_end, summary.last_frame, error);
  };
  if (!rows.ok()) return damaged(rows.error());
  for (const ShardRow& row : *rows) {
    const ShardRun& run = row.run;
    const auto [at, is_new] = start_.shards.try_emplace(row.shard);
    ShardEnds& ends = at->second;
    if (is_new) {
      ends.first_ordinal = run.first_ordinal;
      ends.first_sequence = run.first_sequence;
    } else if (run.first_ordinal.value() != ends.head.ordinal.value() + 1) {
      return damaged(
          Error::corruption("shard " + std::to_string(row.shard.value()) + " has a gap before the segment"));
    }
    ends.head = {run.last_sequence, run.last_ordinal, run.cumulative_bytes, run.checksum, run.last_time};
  }
  Result<std::uint64_t> offset = frame_offset(*segment, summary.last_frame);
  if (!offset.ok()) return damaged(offset.error());
  last_ = {summary.last_frame, segment->number(), *offset, summary.last_sequence, summary.last_stamp};
  chain_ = summary.chain_after;
  start_.segments.push_back(std::move(segment));
  return {};
}

// After a kill or a failed sync the operating system may show what the disk does not have. What no later
// frame vouches for is written and synced again, and zeros where a frame would follow, so that what was cut
// stays so.
Status Recovery::make_tail_durable() {
  if (start_.segments.empty() || folder_.traits().reads_are_durable) return {};
  const Segment& segment = *start_.segments.back();
  if (segment.is_sealed()) return {};
  const SegmentSummary& summary = segment.summary;
  std::uint64_t begin = kOpeningOffset;
  if (synced_through_ >= summary.first_frame) {
    CHECK(synced_through_ < summary.last_frame);
    ASSIGN_OR_RETURN(begin, frame_offset(segment, FrameNumber(synced_through_.value() + 1)));
  }
  ASSIGN_OR_RETURN(std::string tail, files::read_exactly(*segment.file, begin, summary.frames_end - begin));
  ASSIGN_OR_RETURN(const std::uint64_t size, segment.file->size());
  tail.append(std::min<std::uint64_t>(kFrameHeaderBytes, size - summary.frames_end), '\0');
  RETURN_IF_ERROR(segment.file->write(begin, tail));
  return segment.file->sync();
}

Status Recovery::remove_files() {
  for (const std::string& name : to_remove_) RETURN_IF_ERROR(folder_.remove(name));
  return to_remove_.empty() ? Status() : folder_.sync();
}

Status Recovery::compare(const FramePosition& applied) const {
  const auto wrong = [&](const std::string& reason) {
    return at_place(applied.segment, applied.offset, applied.frame, Error::corruption(reason));
  };
  if (applied.frame > last_.frame) {
    return wrong("the engine is ahead of the log, which ends with frame " +
                 std::to_string(last_.frame.value()));
  }
  if (start_.segments.empty()) return {};
  const FrameNumber first = start_.segments.front()->summary.first_frame;
  if (applied.frame.value() + 1 < first.value()) {
    if (applied.frame == FrameNumber()) {
      return Error::corruption(
          "the engine is empty and cannot be made again, since the log begins with frame " +
          std::to_string(first.value()) + ": what was before is trimmed");
    }
    return wrong("the log begins with frame " + std::to_string(first.value()) +
                 ", which the engine cannot follow");
  }
  if (applied.frame < first) return {};
  for (const SegmentPointer& segment : start_.segments) {
    if (segment->summary.last_frame < applied.frame) continue;
    ASSIGN_OR_RETURN(const std::uint64_t offset, frame_offset(*segment, applied.frame));
    ASSIGN_OR_RETURN(const std::string bytes, files::read_exactly(*segment->file, offset, kFrameHeaderBytes));
    const Result<FrameHeader> header = decode_frame_header(bytes, segment->header.salt);
    if (!header.ok()) return wrong(header.error().message);
    if (segment->number() != applied.segment || offset != applied.offset || header->number != applied.frame ||
        header->last_sequence != applied.sequence || header->last_stamp != applied.stamp) {
      return wrong("the log has another frame there than the engine applied");
    }
    break;
  }
  return {};
}

Result<Recovered> Recovery::finish() {
  if (options_.term <= term_ && !start_.segments.empty()) {
    return Error::internal("the log was written in term " + std::to_string(term_.value()) + ", not before " +
                           std::to_string(options_.term.value()));
  }
  start_.last = last_;
  start_.next_segment = SegmentNumber(last_.segment.value() + 1);
  return Recovered{std::move(start_), chain_};
}

}  // namespace

Result<Recovered> recover_log(files::Folder& folder, const LogOptions& options,
                              const std::optional<FramePosition>& applied) {
  CHECK(options.segment_bytes > kFramesOffset + kFrameHeaderBytes &&
        options.segment_bytes <= limits::kLogSegmentBytesMax);
  return Recovery(folder, options).run(applied);
}

}  // namespace gyre::log
