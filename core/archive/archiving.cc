// SPDX-License-Identifier: Apache-2.0
#include "core/archive/archiving.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/archive/sealing.h"
#include "core/base/hex.h"
#include "core/base/log.h"

namespace gyre::archive {
namespace {

std::uint64_t age_ms(std::uint64_t now_ms, std::uint64_t then_ms) {
  return now_ms - std::min(now_ms, then_ms);
}

// The oldest closed segment behind `last`; nullptr: there is none.
const log::Segment* first_behind(const log::SegmentList& closed, log::SegmentNumber last) {
  for (const log::SegmentPointer& segment : *closed) {
    if (segment->number() > last) return segment.get();
  }
  return nullptr;
}

log::FrameNumber last_closed_frame(const log::SegmentList& closed) {
  return closed->empty() ? log::FrameNumber() : closed->back()->summary.last_frame;
}

}  // namespace

Archiving::Archiving(std::unique_ptr<objects::ObjectStore> store, LiveLog log, std::string_view seed,
                     const Clock& clock, ArchivingOptions options)
    : store_(std::move(store)),
      log_(std::move(log)),
      pair_(seed),
      clock_(clock),
      options_(std::move(options)),
      was_begun_(options_.was_begun) {
  status_.place = store_->name();
  status_.key = pair_.public_key();
}

Archiving::~Archiving() {
  stop();
}

void Archiving::start() {
  CHECK(!thread_.joinable());
  log_info("archive {}: seals are signed with the key {}", store_->name(),
           hex(key_bytes(pair_.public_key())));
  thread_ = std::thread([this] { run(); });
}

void Archiving::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void Archiving::run() {
  std::uint64_t retry_ms = options_.retry_ms_min;
  while (!stopping_) {
    const bool went_well = turn().ok();
    const std::uint64_t pause_ms = went_well ? options_.look_ms : retry_ms;
    retry_ms = went_well ? options_.retry_ms_min : std::min(2 * retry_ms, options_.retry_ms_max);
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, std::chrono::milliseconds(pause_ms), [this] { return stopping_.load(); });
  }
}

Status Archiving::turn() {
  Status outcome = attempt();
  note(outcome);
  return outcome;
}

Status Archiving::attempt() {
  RETURN_IF_ERROR(archive_sealed());
  // An archive that cannot be reached does not have the log cut into pieces.
  if (!stopping_ && close_is_due()) {
    RETURN_IF_ERROR(log_.close_segment());
    RETURN_IF_ERROR(archive_sealed());
  }
  return stopping_ ? Status() : seal_archived();
}

Status Archiving::archive_sealed() {
  // One that was just opened is asked in any case: it looks whether the log is the one that was archived.
  bool ask = !archiver_;
  if (!archiver_) {
    ASSIGN_OR_RETURN(Archiver archiver, Archiver::open(*store_, log_.folder));
    if (was_begun_ && archiver.first() == log::SegmentNumber())
      return Error::corruption("the archive that was begun there is gone");
    archiver_.emplace(std::move(archiver));
  }
  while (!stopping_) {
    // Held, so that no file of theirs is taken for a new segment if they are trimmed meanwhile.
    const log::SegmentList held = log_.log.closed_segments();
    const log::Segment* next = first_behind(held, archiver_->last());
    if (!ask && (next == nullptr || !next->is_sealed())) break;
    ask = false;
    const Result<bool> archived = archiver_->archive_next(&stopping_);
    if (!archived.ok()) {
      // Nobody knows how much of it was done: the archive is asked again.
      archiver_.reset();
      return archived.error();
    }
    publish(*archived);
    if (was_begun_ || archiver_->last() == log::SegmentNumber()) continue;
    RETURN_IF_ERROR(options_.note_begun());
    was_begun_ = true;
  }
  return {};
}

void Archiving::publish(bool archived) {
  const SegmentIndex* last = archiver_->last_index();
  if (last == nullptr) return;
  archived_through_.store(last->number().value(), std::memory_order_release);
  const std::lock_guard lock(mutex_);
  status_.first_segment = archiver_->first();
  status_.last_segment = last->number();
  status_.last_sequence = last->trailer.summary.last_sequence;
  last_frame_ = last->trailer.summary.last_frame;
  if (!archived) return;
  ++status_.segments;
  status_.bytes += last->trailer.file_bytes;
  sealed_ = false;
}

Status Archiving::seal_archived() {
  if (sealed_ || archived_through() == log::SegmentNumber()) return {};
  ASSIGN_OR_RETURN(const auto archive, Archive::open(*store_));
  ASSIGN_OR_RETURN(std::optional<Seal> seal, seal_archive(*archive, pair_, clock_.now_ms()));
  if (!seal) {
    ASSIGN_OR_RETURN(seal, last_seal(*archive));
  }
  sealed_ = true;
  const std::lock_guard lock(mutex_);
  if (seal) {
    status_.last_seal = seal->number;
    status_.sealed_segment = seal->last_segment();
    status_.sealed_ms = seal->time_ms;
  }
  return {};
}

bool Archiving::close_is_due() {
  const std::uint64_t now_ms = clock_.now_ms();
  // In this order: what is closed in between looks like nothing, not like something that waits.
  const log::FrameNumber last = log_.log.last().frame;
  const bool has_frames = last > last_closed_frame(log_.log.closed_segments());
  const std::lock_guard lock(mutex_);
  if (!has_frames) {
    open_since_ms_.reset();
  } else if (!open_since_ms_ || *open_since_ms_ > now_ms) {
    open_since_ms_ = now_ms;
  }
  if (!open_since_ms_ || now_ms - *open_since_ms_ < options_.interval_ms) return false;
  open_since_ms_.reset();
  return true;
}

void Archiving::note(const Status& outcome) {
  const std::uint64_t now_ms = clock_.now_ms();
  const std::lock_guard lock(mutex_);
  if (outcome.ok()) {
    if (!status_.problem.empty()) log_info("archive {}: it goes on", status_.place);
    status_.problem.clear();
    told_.clear();
    return;
  }
  if (stopping_) return;  // it was interrupted
  ++status_.failures;
  status_.problem = outcome.error().message;
  if (told_ == status_.problem && age_ms(now_ms, told_ms_) < options_.alarm_ms) return;
  log_error("archive {}: {}; what is written now is not archived until this is mended", status_.place,
            status_.problem);
  told_ = status_.problem;
  told_ms_ = now_ms;
}

ArchivingStatus Archiving::status() const {
  const std::uint64_t now_ms = clock_.now_ms();
  const log::SegmentList closed = log_.log.closed_segments();
  const log::FramePosition last = log_.log.last();
  const std::lock_guard lock(mutex_);
  ArchivingStatus status = status_;
  const bool was_reached = status.last_segment != log::SegmentNumber();
  if (was_reached && !closed->empty() && closed->front()->number().value() > status.last_segment.value() + 1)
    status.missing_segments = closed->front()->number().value() - status.last_segment.value() - 1;
  if (last.frame > last_frame_) {
    status.lag_records = last.sequence.value() - std::min(last.sequence, status.last_sequence).value();
    const log::Segment* oldest = first_behind(closed, status.last_segment);
    if (oldest != nullptr) {
      status.lag_ms = age_ms(now_ms, oldest->summary.first_commit_ms);
    } else if (open_since_ms_) {
      status.lag_ms = age_ms(now_ms, *open_since_ms_);
    }
  }
  return status;
}

}  // namespace gyre::archive
