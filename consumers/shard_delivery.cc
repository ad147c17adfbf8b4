// SPDX-License-Identifier: Apache-2.0
#include "consumers/shard_delivery.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "consumers/consumer_gate.h"
#include "core/base/check.h"
#include "core/base/duration.h"
#include "core/base/log.h"
#include "streams/record_json.h"

namespace gyre::consumers {

namespace {

std::string record_json(const storage::ChangeRecord& record, const std::string& table) {
  std::string line;
  json::Writer writer(line);
  return streams::write_full_record(writer, record, table).ok() ? line : "a record that does not decode";
}

}  // namespace

std::string ShardDelivery::Names::place(ShardId shard) const {
  return fmt::format("consumer {} on {} of table {}", consumer, storage::shard_id_text(shard), table);
}

ShardDelivery::ShardDelivery(ShardId shard, Names names, DeliveryPort& port, const Clock& clock)
    : shard_(shard), names_(std::move(names)), port_(port), clock_(clock) {}

// Nothing of it comes any more, and whatever is under way of it is nobody's.
void ShardDelivery::forget_session() {
  has_session_ = false;
  pending_.clear();
  current_.reset();
  commit_.reset();
  ended_ = false;
  ++token_;
}

// --- what the session brings ---

void ShardDelivery::opened(const streams::Opened& opened) {
  CHECK(state_ == State::kOpening);
  epoch_ = opened.epoch;
  checkpoint_ = opened.consumer_checkpoint;
  consumer_state_ = opened.consumer_state;
  state_ = State::kReading;
  pump();
}

void ShardDelivery::batch(streams::RecordBatch batch) {
  pending_.push_back(std::move(batch));
  pump();
}

void ShardDelivery::ended() {
  ended_ = true;
  pump();
}

void ShardDelivery::interrupted(const std::string& message) {
  forget_session();
  pause("the region is busy: " + message);
}

void ShardDelivery::acked(SequenceNumber sequence, const Status& status) {
  if (state_ != State::kCommitting || sequence != commit_->cursor.sequence) return;
  const bool done_before = !status.ok() && commit_->shard_done &&
                           status.error().message.find(kShardDoneMessage) != std::string::npos;
  if (status.ok() || done_before) return committed();
  reopen("its progress was refused, with all its effects: " + status.error().message);
}

// --- one delivery after the other ---

void ShardDelivery::pump() {
  while (state_ == State::kReading) {
    if (current_) return hand_over(false);
    if (pending_.empty()) {
      if (ended_) hand_over(true);
      return;
    }
    if (Status taken = take_batch(); !taken.ok()) return stop(std::move(taken).error());
  }
}

// Decodes the next batch. One in which there is nothing to see only moves the checkpoint.
Status ShardDelivery::take_batch() {
  const streams::RecordBatch batch = std::move(pending_.front());
  pending_.pop_front();
  Current current{.through = batch.scanned_through,
                  .batch_records = batch.records.size(),
                  .batch_bytes = batch.records.bytes()};
  for (const std::string_view bytes : batch.records) {
    ASSIGN_OR_RETURN(storage::ChangeRecord record, storage::decode_change_record(bytes));
    if (!streams::visible_to_users(record)) continue;
    current.cursors.push_back({batch.scanned_through.epoch, shard_, record.sequence, record.ordinal,
                               storage::change_record_checksum(bytes)});
    current.records.push_back(std::move(record));
  }
  const bool empty = current.records.empty();
  if (empty && current.through.sequence <= checkpoint_) {
    port_.consumed(shard_, current.batch_records, current.batch_bytes);
    return {};
  }
  current_ = std::move(current);
  if (empty) commit({current_->through, consumer_state_, false, {}}, {});
  return {};
}

void ShardDelivery::hand_over(bool shard_end) {
  state_ = State::kDelivering;
  Delivery delivery{.shard = shard_, .state = consumer_state_, .shard_end = shard_end};
  if (!shard_end) {
    delivery.records.assign(current_->records.begin(), current_->records.end());
    delivery.redelivered = delivery.records.front().sequence <= delivered_through_;
    delivered_through_ = std::max(delivered_through_, delivery.records.back().sequence);
  }
  port_.deliver(++token_, std::move(delivery));
}

void ShardDelivery::delivered(std::uint64_t token, const Delivery& delivery, Result<Outcome> outcome) {
  if (token != token_ || state_ != State::kDelivering) return;
  if (!outcome.ok()) return stop(std::move(outcome).error());
  act_on(delivery, std::move(outcome).value());
}

void ShardDelivery::act_on(const Delivery& delivery, Outcome outcome) {
  Result<Verdict> judged = judge(delivery, outcome);
  if (!judged.ok()) return stop(std::move(judged).error());
  Verdict verdict = std::move(judged).value();
  if (verdict.accepted == 0 && verdict.next != Verdict::Next::kGoOn) {
    if (verdict.next == Verdict::Next::kStop) return stop(Error::internal(verdict.message));
    return pause(verdict.message);
  }
  Commit next{.state = outcome.state.value_or(consumer_state_), .shard_done = delivery.shard_end};
  if (delivery.shard_end) {
    next.cursor = {epoch_, shard_, checkpoint_, Ordinal(), 0};
  } else {
    CHECK(current_ && verdict.accepted > 0 && verdict.accepted <= current_->records.size());
    const bool whole = verdict.accepted == current_->records.size();
    next.cursor = whole ? current_->through : current_->cursors[verdict.accepted - 1];
  }
  next.verdict = std::move(verdict);
  commit(std::move(next), std::move(outcome.writes));
}

void ShardDelivery::commit(Commit commit, std::vector<streams::ConsumerWrite> writes) {
  CHECK(has_session_ && !commit_ && commit.cursor.sequence >= checkpoint_);
  state_ = State::kCommitting;
  due_ns_ = clock_.steady_ns() + limits::kConsumerAckTimeoutMs * kNanosecondsPerMs;
  commit_ = std::move(commit);
  port_.ack(shard_, {.consumer = names_.consumer,
                     .table_name = names_.table,
                     .accepted_through = commit_->cursor,
                     .previous = checkpoint_,
                     .state = commit_->state,
                     .writes = std::move(writes),
                     .shard_done = commit_->shard_done});
}

void ShardDelivery::committed() {
  CHECK(state_ == State::kCommitting && commit_);
  const Commit done = *std::exchange(commit_, std::nullopt);
  checkpoint_ = done.cursor.sequence;
  consumer_state_ = done.state;
  log_rejected(done.verdict);
  if (done.shard_done) {
    state_ = State::kDone;
    forget_session();
    return port_.finished(shard_);
  }
  drop_accepted(done.verdict.accepted);
  switch (done.verdict.next) {
    case Verdict::Next::kGoOn: {
      pause_ms_ = limits::kConsumerPauseMsMin;
      state_ = State::kReading;
      return pump();
    }
    case Verdict::Next::kRetry:
      return pause(done.verdict.message);
    case Verdict::Next::kStop:
      return stop(Error::internal(done.verdict.message));
  }
}

void ShardDelivery::drop_accepted(std::size_t count) {
  CHECK(current_ || count == 0);
  for (std::size_t i = 0; i < count; ++i) {
    current_->records.pop_front();
    current_->cursors.pop_front();
  }
  if (!current_->records.empty()) return;
  CHECK(current_->cursors.empty());
  port_.consumed(shard_, current_->batch_records, current_->batch_bytes);
  current_.reset();
}

void ShardDelivery::log_rejected(const Verdict& verdict) {
  for (const RecordFailure& failure : verdict.rejected) {
    const auto found = std::find_if(current_->records.begin(), current_->records.end(),
                                    [&](const auto& record) { return record.sequence == failure.sequence; });
    CHECK(found != current_->records.end());  // judge() lets only records of the delivery through
    log_warning("{}: dead letter: {}: {}", place(), failure.message, record_json(*found, names_.table));
  }
}

// --- trouble ---

void ShardDelivery::pause(const std::string& why) {
  log_warning("{}: {}; again in {} ms", place(), why, pause_ms_);
  state_ = State::kPaused;
  due_ns_ = clock_.steady_ns() + pause_ms_ * kNanosecondsPerMs;
  pause_ms_ = std::min(pause_ms_ * 2, limits::kConsumerPauseMsMax);
}

void ShardDelivery::reopen(const std::string& why) {
  port_.interrupt(shard_);
  forget_session();
  pause(why);
}

void ShardDelivery::tick() {
  if (state_ != State::kPaused && state_ != State::kCommitting) return;
  if (clock_.steady_ns() < due_ns_) return;
  if (state_ == State::kCommitting) return reopen("the region did not answer to its progress");
  if (!has_session_) {
    has_session_ = true;
    state_ = State::kOpening;
    return port_.resume(shard_);
  }
  state_ = State::kReading;
  pump();
}

void ShardDelivery::stop(Error error) {
  forget_session();
  state_ = State::kClosed;
  port_.stop(std::move(error));
}

}  // namespace gyre::consumers
