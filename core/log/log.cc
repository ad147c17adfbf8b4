// SPDX-License-Identifier: Apache-2.0
#include "core/log/log.h"

#include <algorithm>
#include <utility>

#include "core/log/appender.h"
#include "core/log/preparer.h"
#include "core/log/recovery.h"
#include "core/log/sealer.h"

namespace gyre::log {

struct Log::Parts {
  Parts(files::Folder& folder_in, LogOptions options_in, Recovered recovered)
      : folder(folder_in),
        options(std::move(options_in)),
        state(std::move(recovered.start), options.recent_bytes_max, options.upkeep_due),
        appender(state, options, recovered.chain),
        reader(state, options.epoch) {}

  files::Folder& folder;
  const LogOptions options;
  LogState state;
  Appender appender;
  const LogReader reader;
};

Log::Log(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Log::~Log() = default;

Result<std::unique_ptr<Log>> Log::recover(files::Folder& folder, LogOptions options,
                                          const std::optional<FramePosition>& applied) {
  ASSIGN_OR_RETURN(Recovered recovered, recover_log(folder, options, applied));
  std::unique_ptr<Log> log(
      new Log(std::make_unique<Parts>(folder, std::move(options), std::move(recovered))));
  // A start does not wait until all the space of a segment is written.
  Parts& parts = *log->parts_;
  RETURN_IF_ERROR(
      prepare_segment(folder, parts.state, parts.options,
                      std::min<std::uint64_t>(parts.options.segment_bytes, limits::kLogFirstSpaceBytes)));
  return log;
}

Result<AppendedFrame> Log::append(FrameBuilder& frame, const CommitStamp& stamp) {
  return parts_->appender.append(frame, stamp);
}
Status Log::sync() {
  return parts_->appender.sync();
}
Status Log::close_segment() {
  return parts_->appender.close_segment();
}

Status Log::stop() {
  RETURN_IF_ERROR(close_segment());
  while (true) {
    ASSIGN_OR_RETURN(const bool sealed, seal());
    if (!sealed) return {};
  }
}

bool Log::has_room(std::uint64_t frame_bytes) const {
  return parts_->appender.has_room(frame_bytes);
}
bool Log::next_is_ready() const {
  return parts_->state.has_prepared();
}

Status Log::prepare() {
  return prepare_segment(parts_->folder, parts_->state, parts_->options, parts_->options.segment_bytes);
}
Result<bool> Log::seal() {
  return seal_oldest(parts_->state);
}
TrimPlan Log::plan_trim(const TrimPolicy& policy) const {
  return log::plan_trim(parts_->state, policy);
}
Status Log::trim(SegmentNumber through) {
  return trim_log(parts_->folder, parts_->state, through, parts_->options.spare_files_max);
}

Status Log::alive() const {
  return parts_->state.alive();
}
FramePosition Log::last() const {
  return parts_->state.last();
}
std::optional<ShardEnds> Log::ends(ShardId shard) const {
  return parts_->state.ends(shard);
}
const LogReader& Log::reader() const {
  return parts_->reader;
}
FrameStream Log::stream(FrameNumber after, Contents contents) const {
  return {parts_->state, after, contents};
}
Result<FrameNumber> Log::frame_before(SequenceNumber sequence) const {
  return log::frame_before(parts_->state, sequence);
}
SegmentList Log::closed_segments() const {
  return parts_->state.closed();
}
std::uint64_t Log::bytes() const {
  return parts_->state.bytes();
}
std::size_t Log::recent_bytes() const {
  return parts_->state.recent_bytes();
}

}  // namespace gyre::log
