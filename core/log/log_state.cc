// SPDX-License-Identifier: Apache-2.0
#include "core/log/log_state.h"

#include <algorithm>
#include <utility>

namespace gyre::log {

LogState::LogState(Start start, std::size_t recent_bytes_max, std::function<void()> upkeep_due)
    : upkeep_due_(std::move(upkeep_due)),
      closed_(std::make_shared<const std::vector<SegmentPointer>>(std::move(start.segments))),
      next_segment_(start.next_segment),
      shards_(std::move(start.shards)),
      recent_(recent_bytes_max),
      last_(start.last),
      spares_(std::move(start.spares)) {
  CHECK(next_segment_ != SegmentNumber());
  CHECK(closed_->empty() || closed_->back()->number().value() + 1 == next_segment_.value());
}

void LogState::die(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  if (!death_) death_ = reason;
}

Status LogState::alive() const {
  const std::lock_guard lock(mutex_);
  if (!death_) return {};
  return Error(ErrorCode::kOutcomeUnknown, "the log is dead, nothing is appended any more: " + *death_);
}

bool LogState::has_prepared() const {
  const std::lock_guard lock(mutex_);
  return prepared_.has_value();
}

std::shared_ptr<const Segment> LogState::open_prepared(const Opening& opening) {
  auto segment = std::make_shared<Segment>();
  segment->opening = opening;
  segment->summary.frames_end = kFramesOffset;
  const std::lock_guard lock(mutex_);
  CHECK(prepared_ && !active_ && opening.first_frame.value() == last_.frame.value() + 1);
  segment->header = prepared_->header;
  segment->file = std::move(prepared_->file);
  segment->space_bytes = prepared_->space_bytes;
  prepared_.reset();
  CHECK(segment->number().value() + 1 == next_segment_.value());
  active_ = std::move(segment);
  return active_;
}

void LogState::publish(std::vector<PublishedFrame> frames) {
  CHECK(!frames.empty());
  bool is_first;
  {
    const std::lock_guard lock(mutex_);
    CHECK(active_);
    is_first = !active_->has_frames();
    for (PublishedFrame& frame : frames) publish_one(std::move(frame));
  }
  if (is_first) upkeep_due_();
}

void LogState::publish_one(PublishedFrame frame) {
  const FrameHeader& header = frame.facts.header;
  CHECK(header.number.value() == last_.frame.value() + 1 && header.last_sequence >= last_.sequence);
  CHECK(active_->add_frame(frame.facts).ok());
  for (const EntryHead& entry : frame.facts.heads) {
    const auto [at, is_new] = shards_.try_emplace(entry.shard);
    ShardEnds& ends = at->second;
    if (is_new) {
      ends.first_ordinal = entry.ordinal;
      ends.first_sequence = entry.sequence;
    }
    CHECK(is_new || entry.ordinal.value() == ends.head.ordinal.value() + 1);
    ends.head = {entry.sequence, entry.ordinal, entry.cumulative_bytes, entry.checksum, entry.time};
  }
  last_ = {header.number, active_->number(), frame.facts.offset, header.last_sequence, header.last_stamp};
  recent_.add({active_->number(), frame.facts.offset, std::move(frame.bytes)});
}

void LogState::close_active() {
  {
    const std::lock_guard lock(mutex_);
    CHECK(active_ && active_->has_frames());
    std::vector<SegmentPointer> segments = *closed_;
    segments.push_back(std::exchange(active_, nullptr));
    replace_closed(std::move(segments));
  }
  upkeep_due_();
}

std::optional<SegmentNumber> LogState::segment_to_prepare() const {
  const std::lock_guard lock(mutex_);
  if (prepared_ || (active_ && !active_->has_frames())) return std::nullopt;
  return next_segment_;
}

void LogState::set_prepared(PreparedSegment segment) {
  const std::lock_guard lock(mutex_);
  CHECK(!prepared_ && segment.header.number == next_segment_);
  next_segment_ = SegmentNumber(next_segment_.value() + 1);
  prepared_ = std::move(segment);
}

std::optional<std::string> LogState::take_spare() {
  const std::lock_guard lock(mutex_);
  if (spares_.empty()) return std::nullopt;
  std::string name = std::move(spares_.back());
  spares_.pop_back();
  return name;
}

bool LogState::add_spare(std::string name, std::size_t spares_max) {
  const std::lock_guard lock(mutex_);
  if (spares_.size() >= spares_max) return false;
  spares_.push_back(std::move(name));
  return true;
}

std::optional<LogState::ToSeal> LogState::segment_to_seal() const {
  const std::lock_guard lock(mutex_);
  Hash chain_before{};
  for (const SegmentPointer& segment : *closed_) {
    if (!segment->is_sealed()) return ToSeal{segment, chain_before};
    chain_before = segment->trailer->chain;
  }
  return std::nullopt;
}

void LogState::set_sealed(SegmentPointer segment) {
  const std::lock_guard lock(mutex_);
  CHECK(segment->is_sealed());
  std::vector<SegmentPointer> segments = *closed_;
  const auto place = std::find_if(segments.begin(), segments.end(), [&](const SegmentPointer& one) {
    return one->number() == segment->number();
  });
  CHECK(place != segments.end() && !(*place)->is_sealed());
  *place = std::move(segment);
  replace_closed(std::move(segments));
}

void LogState::forget_oldest(const Segment& segment, const std::vector<ShardRow>& rows) {
  const std::lock_guard lock(mutex_);
  CHECK(closed_->size() > 1 && closed_->front()->number() == segment.number());
  replace_closed({closed_->begin() + 1, closed_->end()});
  for (const ShardRow& row : rows) {
    const auto found = shards_.find(row.shard);
    CHECK(found != shards_.end() && found->second.first_ordinal == row.run.first_ordinal);
    if (found->second.head.ordinal == row.run.last_ordinal) {
      shards_.erase(found);
      continue;
    }
    found->second.first_ordinal = Ordinal(row.run.last_ordinal.value() + 1);
    found->second.first_sequence = SequenceNumber(segment.summary.last_sequence.value() + 1);
  }
}

std::vector<std::pair<ShardId, ShardHead>> LogState::heads_through(SequenceNumber through) const {
  std::vector<std::pair<ShardId, ShardHead>> heads;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [shard, ends] : shards_) {
      if (ends.head.sequence <= through) heads.emplace_back(shard, ends.head);
    }
  }
  std::sort(heads.begin(), heads.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return heads;
}

FramePosition LogState::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

SegmentList LogState::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

std::optional<ShardEnds> LogState::ends(ShardId shard) const {
  const std::lock_guard lock(mutex_);
  const auto found = shards_.find(shard);
  return found == shards_.end() ? std::nullopt : std::optional(found->second);
}

ShardView LogState::view(ShardId shard, Ordinal from, std::size_t count) const {
  const std::lock_guard lock(mutex_);
  ShardView view{.ends = std::nullopt, .closed = closed_, .active = std::nullopt};
  if (const auto found = shards_.find(shard); found != shards_.end()) view.ends = found->second;
  const ShardDirectory::Shard* here = active_ ? active_->directory.find(shard) : nullptr;
  if (here == nullptr || here->run.last_ordinal < from) return view;
  ActiveRecords& active = view.active.emplace();
  active.segment = active_;
  active.run = here->run;
  active.first = std::max(from, here->run.first_ordinal);
  const std::uint64_t skipped = active.first.value() - here->run.first_ordinal.value();
  CHECK(skipped < here->positions.size());
  const std::size_t end = skipped + std::min<std::size_t>(count, here->positions.size() - skipped);
  active.places.reserve(end - skipped);
  for (std::size_t i = skipped; i < end; ++i) {
    fill_memory(active_->number(), active.places.emplace_back(RecordPlace{.position = here->positions[i]}));
  }
  return view;
}

void LogState::find_memory(SegmentNumber segment, std::vector<RecordPlace>& places) const {
  const std::lock_guard lock(mutex_);
  for (RecordPlace& place : places) fill_memory(segment, place);
}

void LogState::fill_memory(SegmentNumber segment, RecordPlace& place) const {
  const RecentFrames::Frame* frame = recent_.find(segment, to_offset(place.position));
  if (frame == nullptr) return;
  place.memory = frame->bytes;
  place.memory_offset = frame->offset;
}

std::optional<FramePlace> LogState::place_of(FrameNumber frame) const {
  const std::lock_guard lock(mutex_);
  if (active_ && active_->has_frames() && frame >= active_->summary.first_frame) {
    if (frame > active_->summary.last_frame) return std::nullopt;
    return FramePlace{active_,
                      to_offset(active_->frames[frame.value() - active_->summary.first_frame.value()]),
                      active_->summary.frames_end};
  }
  const auto found = std::lower_bound(
      closed_->begin(), closed_->end(), frame,
      [](const SegmentPointer& segment, FrameNumber sought) { return segment->summary.last_frame < sought; });
  if (found == closed_->end() || (*found)->summary.first_frame > frame) return std::nullopt;
  // Where in a closed one is found without the mutex: it may take a look into the file.
  return FramePlace{*found, 0, (*found)->summary.frames_end};
}

std::uint64_t LogState::bytes() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t bytes = active_ ? active_->summary.frames_end : 0;
  for (const SegmentPointer& segment : *closed_) bytes += segment->summary.frames_end;
  return bytes;
}

std::size_t LogState::recent_bytes() const {
  const std::lock_guard lock(mutex_);
  return recent_.size_bytes();
}

void LogState::replace_closed(std::vector<SegmentPointer> segments) {
  closed_ = std::make_shared<const std::vector<SegmentPointer>>(std::move(segments));
}

}  // namespace gyre::log
