// SPDX-License-Identifier: Apache-2.0
#include "core/log/trimmer.h"

#include <string>
#include <utility>

namespace gyre::log {
namespace {

std::uint64_t bytes_of(const Segment& segment) {
  return segment.is_sealed() ? segment.trailer->file_bytes : segment.summary.frames_end;
}

// A file that is kept to be taken again must be nobody's: no reader holds it and no backup links it.
Result<bool> is_reusable(const files::Folder& folder, const SegmentPointer& segment) {
  if (!folder.traits().prewritten_space || segment.use_count() > 1 || segment->file.use_count() > 1)
    return false;
  ASSIGN_OR_RETURN(const std::uint64_t links, segment->file->link_count());
  return links == 1;
}

Status remove_file(files::Folder& folder, LogState& state, const SegmentPointer& segment,
                   std::size_t spares_max) {
  const std::string name = segment_name(segment->number());
  const std::string spare = spare_name(segment->number().value());
  ASSIGN_OR_RETURN(const bool reusable, is_reusable(folder, segment));
  if (reusable && state.add_spare(spare, spares_max)) {
    RETURN_IF_ERROR(folder.rename(name, spare));
  } else {
    RETURN_IF_ERROR(folder.remove(name));
  }
  return folder.sync();
}

Status trim_oldest(files::Folder& folder, LogState& state, SegmentPointer oldest, std::size_t spares_max) {
  ASSIGN_OR_RETURN(const std::vector<ShardRow> rows, all_shards(*oldest));
  // Who reads it now can go on. Before anything is forgotten: a file that stayed would leave a hole behind
  // it.
  RETURN_IF_ERROR(oldest->file->wake());
  state.forget_oldest(*oldest, rows);
  Status removed = remove_file(folder, state, oldest, spares_max);
  if (removed.ok()) return {};
  // The next one must not go before it: a start finds all that is still there.
  state.die(removed.error().message);
  return state.alive();
}

}  // namespace

TrimPlan plan_trim(const LogState& state, const TrimPolicy& policy) {
  const SegmentList closed = state.closed();
  std::uint64_t bytes = 0;
  for (const SegmentPointer& segment : *closed) bytes += bytes_of(*segment);
  TrimPlan plan;
  SequenceNumber through;
  for (std::size_t i = 0; i + 1 < closed->size(); ++i) {
    const Segment& segment = *(*closed)[i];
    const SegmentSummary& summary = segment.summary;
    const bool is_due = summary.last_commit_ms < policy.keep_from_ms || bytes > policy.bytes_max;
    if (!is_due || !segment.is_sealed() || !(*closed)[i + 1]->is_sealed() ||
        summary.last_frame > policy.flushed_through || !policy.may_go(segment)) {
      break;
    }
    bytes -= bytes_of(segment);
    plan.through = segment.number();
    through = summary.last_sequence;
  }
  if (plan.through != SegmentNumber()) plan.leaving = state.heads_through(through);
  return plan;
}

Status trim_log(files::Folder& folder, LogState& state, SegmentNumber through, std::size_t spares_max) {
  while (true) {
    RETURN_IF_ERROR(state.alive());
    SegmentPointer oldest;
    {
      // The list is let go of: whoever holds it holds the file too.
      const SegmentList closed = state.closed();
      if (closed->empty() || closed->front()->number() > through) return {};
      oldest = closed->front();
    }
    RETURN_IF_ERROR(trim_oldest(folder, state, std::move(oldest), spares_max));
  }
}

}  // namespace gyre::log
