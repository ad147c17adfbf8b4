// SPDX-License-Identifier: Apache-2.0
#include "global-tables/session_intake.h"

#include <fmt/core.h>

#include <utility>

#include "core/base/check.h"
#include "core/base/limits.h"

namespace gyre::global_tables {

SessionIntake::Front SessionIntake::front(const Source& source, std::uint64_t now_ms) {
  CHECK(!waiting_.empty());
  const streams::RecordBatch& batch = waiting_.front();
  const bool of_log = source.source == RecordSource::kLog;
  Front front;
  for (const std::string_view bytes : batch.records) {
    Result<IncomingRecord> record = decode_incoming(bytes, source.key_schema, source.peer, source.source);
    if (record.ok() && of_log && record->after.shard != source.shard) {
      record = Error::corruption("a record of another shard came");
    }
    if (!record.ok()) {
      if (front.count == 0) hold_up(SessionState::kStopped, record.error().message);
      return front;
    }
    const std::uint64_t stamp_ms = hybrid_to_ms(record->write.version.clock);
    if (stamp_ms > now_ms + limits::kClockSkewMaxMs) {
      if (front.count == 0) {
        hold_up(SessionState::kHeld,
                fmt::format("the next write bears a time {} ms ahead", stamp_ms - now_ms));
      }
      return front;
    }
    ++front.count;
    front.after = record->after;
    front.after.epoch = batch.scanned_through.epoch;
    const bool covered =
        of_log && front.after.epoch == source.pinned.epoch && front.after.sequence <= source.pinned.sequence;
    if (!covered) front.records.push_back(std::move(record).value());
  }
  front.whole = true;
  return front;
}

void SessionIntake::clear() {
  CHECK(commit_ == 0);
  waiting_.clear();
}

void SessionIntake::begin(streams::SessionKey commit, std::optional<std::size_t> records) {
  CHECK(commit_ == 0 && commit != 0);
  commit_ = commit;
  committing_records_ = records;
}

SessionIntake::Credit SessionIntake::committed() {
  CHECK(commit_ != 0);
  commit_ = 0;
  if (!committing_records_) return {};  // only a cursor was stored
  CHECK(!waiting_.empty());
  storage::RecordList& records = waiting_.front().records;
  const std::size_t bytes = records.bytes();
  records.erase_first(*committing_records_);
  const Credit credit{*committing_records_, bytes - records.bytes()};
  if (records.empty()) waiting_.pop_front();
  return credit;
}

void SessionIntake::go_on() {
  state_ = SessionState::kReading;
  message_.clear();
}

void SessionIntake::hold_up(SessionState state, std::string message) {
  state_ = state;
  message_ = std::move(message);
}

}  // namespace gyre::global_tables
