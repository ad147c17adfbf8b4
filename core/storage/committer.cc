// SPDX-License-Identifier: Apache-2.0
#include "core/storage/committer.h"

#include "core/base/limits.h"
#include "core/storage/applied_frames.h"

namespace gyre::storage {

Status Committer::commit(const CommitBatch& batch, const log::CommitStamp& stamp, Durability durability) {
  RETURN_IF_ERROR(close_old_segment(stamp.commit_time_ms));
  batch.build(frame_);
  RETURN_IF_ERROR(log_.make_room(frame_.frame_bytes()));
  ASSIGN_OR_RETURN(const log::AppendedFrame appended, log_.log().append(frame_, stamp));
  if (appended.position.segment != segment_) {
    segment_ = appended.position.segment;
    segment_began_ms_ = stamp.commit_time_ms;
  }
  if (durability == Durability::kSync || always_sync_ > 0) RETURN_IF_ERROR(sync());
  // As it was written: what a start would read.
  ASSIGN_OR_RETURN(const log::FrameView frame, log::FrameView::read(*appended.bytes, appended.salt));
  return apply_frame(engine_, frame, appended.position);
}

Status Committer::fill(const CommitBatch& batch) {
  if (batch.empty()) return {};
  return engine_.apply(batch.unlogged_rows());
}

Status Committer::flush_if_due() {
  if (close_requested_ && log_.log().next_is_ready()) {
    RETURN_IF_ERROR(close_segment());
    close_requested_ = false;
  }
  if (always_sync_ > 0) RETURN_IF_ERROR(sync());
  if (!engine_.flush_is_due() && !flush_requested_) return {};
  flush_requested_ = false;
  // The engine never knows more than the log.
  RETURN_IF_ERROR(sync());
  return engine_.begin_flush();
}

// Else a quiet region would keep old records for as long as it takes to fill a segment.
Status Committer::close_old_segment(std::uint64_t now_ms) {
  const bool is_old =
      segment_ != log::SegmentNumber() && now_ms >= segment_began_ms_ + limits::kLogSegmentAgeMs;
  if (!is_old || !log_.log().next_is_ready()) return {};
  return close_segment();
}

Status Committer::close_segment() {
  segment_ = {};
  return log_.log().close_segment();
}

}  // namespace gyre::storage
