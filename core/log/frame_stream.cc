// SPDX-License-Identifier: Apache-2.0
#include "core/log/frame_stream.h"

#include <algorithm>

namespace gyre::log {
namespace {

// Where a frame begins. The segment that is being written says it in the place itself.
Result<std::uint64_t> offset_of(const FramePlace& place, FrameNumber frame) {
  if (place.offset != 0) return place.offset;
  return frame_offset(*place.segment, frame);
}

Result<SequenceNumber> last_sequence_of(const LogState& state, FrameNumber frame) {
  const auto place = state.place_of(frame);
  if (!place) return Error(ErrorCode::kTrimmed, "the frame was trimmed just now");
  ASSIGN_OR_RETURN(const std::uint64_t offset, offset_of(*place, frame));
  ASSIGN_OR_RETURN(const std::string bytes,
                   files::read_exactly(*place->segment->file, offset, kFrameHeaderBytes));
  const auto header = decode_frame_header(bytes, place->segment->header.salt);
  if (!header.ok()) return at_place(place->segment->number(), offset, frame, header.error());
  return header->last_sequence;
}

}  // namespace

FrameStream::FrameStream(const LogState& state, FrameNumber after, Contents contents)
    : state_(state), contents_(contents), due_(FrameNumber(after.value() + 1)) {}

Result<std::optional<StreamedFrame>> FrameStream::next() {
  if (!walk_ || walk_->offset() >= end_) {
    ASSIGN_OR_RETURN(const bool found, find_place());
    if (!found) return std::optional<StreamedFrame>();
  }
  ASSIGN_OR_RETURN(std::optional<WalkedFrame> frame, walk_->next());
  CHECK(frame);
  due_ = walk_->due();
  return std::optional<StreamedFrame>({segment_->number(), *std::move(frame)});
}

Result<bool> FrameStream::find_place() {
  const auto place = state_.place_of(due_);
  if (!place) {
    if (due_ > state_.last().frame) return false;
    return Error(ErrorCode::kTrimmed,
                 "frame " + std::to_string(due_.value()) + " is not in the log any more");
  }
  ASSIGN_OR_RETURN(const std::uint64_t offset, offset_of(*place, due_));
  WalkStart start{.offset = offset, .frame = due_};
  // What follows a frame that was walked over must continue it.
  if (walk_) {
    start.sequence_before = walk_->at().sequence_before;
    start.chain = walk_->at().chain;
  }
  if (offset < kFramesOffset || offset >= place->end) {
    return at_place(place->segment->number(), offset, due_,
                    Error::corruption("the footer names a place that is not in the segment"));
  }
  segment_ = place->segment;
  end_ = place->end;
  walk_.emplace(*segment_->file, segment_->header, segment_->opening, start, end_, contents_);
  return true;
}

Result<FrameNumber> frame_before(const LogState& state, SequenceNumber sequence) {
  const SegmentList closed = state.closed();
  const auto at = std::lower_bound(closed->begin(), closed->end(), sequence,
                                   [](const SegmentPointer& segment, SequenceNumber sought) {
                                     return segment->summary.last_sequence < sought;
                                   });
  std::uint64_t last = state.last().frame.value();
  std::uint64_t first = 1;
  if (at != closed->end()) {
    first = (*at)->summary.first_frame.value();
    last = (*at)->summary.last_frame.value();
  } else if (!closed->empty()) {
    first = closed->back()->summary.last_frame.value() + 1;
  }
  // The first frame whose last sequence is not smaller.
  std::uint64_t end = last + 1;
  while (first < end) {
    const std::uint64_t middle = first + (end - first) / 2;
    ASSIGN_OR_RETURN(const SequenceNumber reached, last_sequence_of(state, FrameNumber(middle)));
    if (reached < sequence) {
      first = middle + 1;
    } else {
      end = middle;
    }
  }
  return FrameNumber(first - 1);
}

}  // namespace gyre::log
