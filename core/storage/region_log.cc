// SPDX-License-Identifier: Apache-2.0
#include "core/storage/region_log.h"

#include <utility>

#include "core/base/log.h"

namespace gyre::storage {
namespace {

// What could not be done is tried again then.
constexpr std::chrono::seconds kRetryPause(1);

}  // namespace

Result<std::unique_ptr<RegionLog>> RegionLog::open(files::Folder& folder, const StoreIdentity& identity,
                                                   log::LogOptions options,
                                                   const std::optional<log::FramePosition>& applied) {
  std::unique_ptr<RegionLog> made(new RegionLog);
  RegionLog& self = *made;
  options.epoch = identity.epoch;
  options.incarnation = identity.incarnation;
  options.term = identity.term;
  options.upkeep_due = [&self] {
    const std::lock_guard lock(self.mutex_);
    self.due_ = true;
    self.wake_.notify_all();
  };
  options.rest = [&self](std::chrono::nanoseconds time) { return self.rest(time); };
  ASSIGN_OR_RETURN(self.log_, log::Log::recover(folder, std::move(options), applied));
  return made;
}

RegionLog::~RegionLog() {
  stop();
}

void RegionLog::start() {
  CHECK(!thread_.joinable());
  thread_ = std::thread([this] { run(); });
}

void RegionLog::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void RegionLog::run() {
  {
    const std::lock_guard lock(mutex_);
    upkeep_thread_ = std::this_thread::get_id();
  }
  bool failed = false;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      const auto awaited = [this] { return due_ || stopping_; };
      // For want of space, most likely.
      failed ? (void)wake_.wait_for(lock, kRetryPause, awaited) : wake_.wait(lock, awaited);
      if (stopping_) return;
      due_ = false;
    }
    const Status done = do_upkeep();
    const std::lock_guard lock(mutex_);
    if (!done.ok() && !failed && !stopping_) log_warning("the log: {}", done.error().message);
    failed = !done.ok();
  }
}

Status RegionLog::do_upkeep() {
  const std::lock_guard one_at_a_time(upkeep_mutex_);
  // Without space for the next segment, sealing goes on: only what is sealed can be trimmed.
  Status prepared = log_->prepare();
  while (true) {
    ASSIGN_OR_RETURN(const bool sealed, log_->seal());
    if (!sealed) return prepared;
    if (prepared.ok()) prepared = log_->prepare();
  }
}

bool RegionLog::rest(std::chrono::nanoseconds time) {
  std::unique_lock lock(mutex_);
  // Who prepares on another thread waits for the space.
  if (std::this_thread::get_id() != upkeep_thread_) return true;
  wake_.wait_for(lock, time, [this] { return hurry_ || stopping_; });
  return hurry_ || !stopping_;
}

Status RegionLog::make_room(std::uint64_t frame_bytes) {
  if (log_->has_room(frame_bytes)) return {};
  // The next segment is prepared once the present one has a durable frame.
  RETURN_IF_ERROR(log_->sync());
  {
    const std::lock_guard lock(mutex_);
    hurry_ = true;
    wake_.notify_all();
  }
  Status ready;
  {
    const std::lock_guard one_at_a_time(upkeep_mutex_);
    ready = log_->prepare();
  }
  const std::lock_guard lock(mutex_);
  hurry_ = false;
  return ready;
}

Status RegionLog::trim(log::SegmentNumber through) {
  const std::lock_guard not_held(trim_mutex_);
  const std::lock_guard one_at_a_time(upkeep_mutex_);
  return log_->trim(through);
}

}  // namespace gyre::storage
