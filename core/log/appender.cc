// SPDX-License-Identifier: Apache-2.0
#include "core/log/appender.h"

#include <algorithm>
#include <utility>

namespace gyre::log {

Appender::Appender(LogState& state, const LogOptions& options, std::uint64_t chain)
    : state_(state), options_(options), last_(state.last()), synced_through_(last_.frame), chain_(chain) {}

Result<AppendedFrame> Appender::append(FrameBuilder& frame, const CommitStamp& stamp) {
  RETURN_IF_ERROR(state_.alive());
  check_order(frame, stamp);
  const std::uint64_t bytes = frame.frame_bytes();
  if (bytes > limits::kLogFrameBytesMax) {
    return Error(ErrorCode::kRequestTooLarge,
                 "a frame of " + std::to_string(bytes) + " bytes is longer than any may be");
  }
  RETURN_IF_ERROR(make_room(bytes));

  FrameHeader header{.epoch = options_.epoch,
                     .term = options_.term,
                     .number = FrameNumber(last_.frame.value() + 1),
                     .synced_through = synced_through_,
                     .chain = chain_};
  std::vector<EntryHead> heads;
  heads.reserve(frame.rows().size());
  for (const EntryRow& row : frame.rows()) {
    heads.push_back(row.head);
    pending_heads_[row.head.shard] = {row.head.sequence, row.head.ordinal, row.head.cumulative_bytes,
                                      row.head.checksum, row.head.time};
  }
  auto written = std::make_shared<const std::string>(frame.finish(header, stamp, segment_->header.salt));
  CHECK(written->size() == bytes);
  if (Status status = write(*written); !status.ok()) return die(status.error());

  chain_ = chain_after(std::string_view(*written).substr(0, kFrameHeaderBytes));
  last_ = {header.number, segment_->number(), end_, stamp.last_sequence, stamp.last_stamp};
  end_ += bytes;
  pending_.push_back({{last_.offset, header, chain_, std::move(heads)}, written});
  return AppendedFrame{last_, std::move(written), segment_->header.salt};
}

// Records continue their shards, and nothing goes back. Whoever builds frames has that right, or is broken.
void Appender::check_order(const FrameBuilder& frame, const CommitStamp& stamp) const {
  CHECK(stamp.last_sequence >= last_.sequence && stamp.last_stamp >= last_.stamp);
  std::unordered_map<ShardId, Ordinal> seen;
  SequenceNumber previous = last_.sequence;
  for (const EntryRow& row : frame.rows()) {
    const EntryHead& head = row.head;
    CHECK(head.sequence > previous);
    previous = head.sequence;
    const auto [at, is_new] = seen.try_emplace(head.shard);
    if (is_new) {
      const auto pending = pending_heads_.find(head.shard);
      const auto ends = state_.ends(head.shard);
      if (pending != pending_heads_.end()) {
        at->second = pending->second.ordinal;
      } else {
        at->second = ends ? ends->head.ordinal : Ordinal(head.ordinal.value() - 1);
      }
    }
    CHECK(head.ordinal.value() == at->second.value() + 1);
    at->second = head.ordinal;
  }
}

bool Appender::has_room(std::uint64_t frame_bytes) const {
  return state_.has_prepared() || (segment_ && fits(frame_bytes));
}

// A frame that is longer than a segment gets one of its own, which is longer then.
bool Appender::fits(std::uint64_t frame_bytes) const {
  return end_ == kFramesOffset || end_ + frame_bytes <= options_.segment_bytes;
}

// Nothing has been written when this answers an Error, unless the log is dead.
Status Appender::make_room(std::uint64_t frame_bytes) {
  const std::uint64_t end = end_ + frame_bytes;
  const bool next_is_ready = state_.has_prepared();
  // A segment that got little space is left early, but only for one that has more.
  const bool is_full = !segment_ || !fits(frame_bytes) ||
                       (end_ > kFramesOffset && end > segment_->space_bytes && next_is_ready);
  if (!is_full) return {};
  if (!next_is_ready) {
    return Error(ErrorCode::kUnavailable, "the next segment of the log is not ready");
  }
  RETURN_IF_ERROR(close_segment());
  open_segment();
  return {};
}

Status Appender::close_segment() {
  RETURN_IF_ERROR(sync());
  if (!segment_) return {};
  state_.close_active();
  segment_ = nullptr;
  return {};
}

void Appender::open_segment() {
  CHECK(!segment_ && pending_.empty() && synced_through_ == last_.frame);
  segment_ = state_.open_prepared({.epoch = options_.epoch,
                                   .term = options_.term,
                                   .first_frame = FrameNumber(last_.frame.value() + 1),
                                   .sequence_before = last_.sequence,
                                   .stamp_before = last_.stamp,
                                   .chain_before = chain_});
  end_ = kFramesOffset;
  opening_written_ = false;
}

Status Appender::write(const std::string& frame) {
  if (opening_written_) return segment_->file->write(end_, frame);
  CHECK(end_ == kFramesOffset);
  opening_written_ = true;
  return segment_->file->write(kOpeningOffset, encode_opening(segment_->opening, segment_->header) + frame);
}

Status Appender::sync() {
  RETURN_IF_ERROR(state_.alive());
  if (pending_.empty()) return {};
  if (Status status = segment_->file->sync(); !status.ok()) return die(status.error());
  synced_through_ = last_.frame;
  pending_heads_.clear();
  state_.publish(std::exchange(pending_, {}));
  return {};
}

Error Appender::die(const Error& error) {
  state_.die(error.message);
  return state_.alive().error();
}

}  // namespace gyre::log
