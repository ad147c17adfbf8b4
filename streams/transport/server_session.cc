// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/server_session.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/limits.h"

namespace gyre::streams {

ServerSession::ServerSession(SessionAddress address, std::uint64_t nonce, wire::Open message,
                             std::variant<storage::LogCursor, ScanPlace> from)
    : address_(std::move(address)), nonce_(nonce), open_(std::move(message)), position_(std::move(from)) {}

std::optional<ReadJob> ServerSession::next_read() {
  if (reading_ || parked_ || state_ == State::kEnded) return std::nullopt;
  ReadJob job{
      .address = address_, .nonce = nonce_, .from = position_, .filter = open_.filter, .json = open_.json};
  if (state_ == State::kOpening) {
    job.opening = true;
    job.consumer = open_.consumer;
    job.resume = open_.resume;
  } else {
    if (!has_credit() || batches_unheard_ >= limits::kStreamBatchesUnheardMax) return std::nullopt;
    if (!is_scan() && cursor().ordinal >= head_.ordinal) return std::nullopt;
    job.records_max = std::min<std::uint64_t>(records_total_ - records_sent_, limits::kStreamBatchRecordsMax);
    job.bytes_max = std::min<std::uint64_t>(bytes_total_ - bytes_sent_, limits::kStreamBatchBytes);
  }
  reading_ = true;
  return job;
}

void ServerSession::read_refused() {
  reading_ = false;
  parked_ = true;
}

void ServerSession::opened(ReadAnswer answer) {
  CHECK(state_ == State::kOpening);
  reading_ = false;
  state_ = State::kReading;
  watermark_ = answer.watermark;
  if (is_scan()) return;
  advanced(answer.head);
  if (answer.checkpoint) {
    checkpoint_ = answer.checkpoint->cursor.sequence;
    consumer_state_ = std::move(answer.checkpoint->state);
  }
  start_ = answer.scanned_through;
  position_ = start_;
  sent_through_ = start_.ordinal;
}

wire::Opened ServerSession::opened_message() const {
  wire::Opened message;
  message.session = address_.session;
  message.nonce = nonce_;
  message.attempt = open_.attempt;
  message.position = start_;
  message.epoch = start_.epoch;
  message.state = consumer_state_;
  message.checkpoint = checkpoint_;
  return message;
}

wire::Batch ServerSession::empty_batch() const {
  wire::Batch batch;
  batch.session = address_.session;
  batch.nonce = nonce_;
  batch.previous = sent_through_;
  batch.head_ordinal = head_.ordinal;
  batch.watermark = watermark_;
  return batch;
}

std::optional<wire::Batch> ServerSession::take(ReadAnswer answer) {
  CHECK(state_ == State::kReading && reading_ && !unsent_);
  reading_ = false;
  watermark_ = answer.watermark;
  if (!is_scan() && answer.head.ordinal > head_.ordinal) head_ = answer.head;

  Unsent unsent;
  unsent.records = answer.records.size();
  unsent.bytes = answer.records.bytes();
  unsent.scan_end = answer.scan_end;
  wire::Batch batch = empty_batch();
  if (is_scan()) {
    unsent.through = Ordinal(rows_.value() + answer.records.size());
    unsent.position = ScanPlace{std::get<ScanPlace>(position_).table, answer.scan_position};
    // The last batch counts for one row more, so that a reader that lost it notices even if it was empty.
    if (answer.scan_end) unsent.through = Ordinal(unsent.through.value() + 1);
    batch.scanned_through.ordinal = unsent.through;
    batch.scan_position = std::move(answer.scan_position);
    batch.scan_end = answer.scan_end;
  } else {
    if (answer.records.empty()) {
      position_ = answer.scanned_through;
      return std::nullopt;
    }
    unsent.through = answer.scanned_through.ordinal;
    unsent.position = answer.scanned_through;
    batch.scanned_through = answer.scanned_through;
  }
  batch.records = std::move(answer.records);
  unsent_ = std::move(unsent);
  return batch;
}

void ServerSession::batch_sent() {
  CHECK(unsent_.has_value());
  position_ = std::move(unsent_->position);
  sent_through_ = unsent_->through;
  rows_ = unsent_->through;
  records_sent_ += unsent_->records;
  bytes_sent_ += unsent_->bytes;
  ++batches_unheard_;
  if (unsent_->scan_end) state_ = State::kEnded;
  unsent_.reset();
}

void ServerSession::batch_not_sent() {
  unsent_.reset();
  parked_ = true;
}

std::optional<wire::Batch> ServerSession::position_news() const {
  if (is_scan() || state_ == State::kOpening || cursor().ordinal == sent_through_) return std::nullopt;
  wire::Batch batch = empty_batch();
  batch.scanned_through = cursor();
  return batch;
}

void ServerSession::position_news_sent() {
  sent_through_ = cursor().ordinal;
}

wire::Position ServerSession::tick_position() const {
  return {address_.session, nonce_, sent_through_, head_.ordinal, records_sent_, bytes_sent_};
}

void ServerSession::credit(std::uint64_t records_total, std::uint64_t bytes_total) {
  records_total_ = std::max(records_total_, records_total);
  bytes_total_ = std::max(bytes_total_, bytes_total);
  batches_unheard_ = 0;
}

void ServerSession::advanced(const storage::ShardHead& head) {
  if (head.ordinal > head_.ordinal) head_ = head;
}

bool ServerSession::finished(const storage::ShardDescriptor& shard) const {
  return state_ == State::kReading && !shard.open() && !reading_ && cursor().sequence >= shard.last_sequence;
}

void ServerSession::end(Ordinal last_ordinal) {
  state_ = State::kEnded;
  head_.ordinal = last_ordinal;
}

}  // namespace gyre::streams
