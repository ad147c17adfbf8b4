// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/client_session.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/limits.h"

namespace gyre::streams {
namespace {

// The region stops after this many batches without news; credit is repeated well before.
constexpr std::size_t kBatchesPerCredit = limits::kStreamBatchesUnheardMax / 4;

// Of one table, or children of one shard.
constexpr std::size_t kShardsListedMax = 16'384;

std::uint64_t window_total(std::uint64_t consumed, std::uint64_t window, std::uint64_t base) {
  return consumed + window > base ? consumed + window - base : 0;
}

}  // namespace

ClientSession::ClientSession(std::uint64_t number, SessionOptions options, SessionHandler* handler)
    : number_(number), options_(std::move(options)), handler_(handler) {
  CHECK(options_.shard.has_value() + options_.table_scan.has_value() + options_.table_shards.has_value() ==
        1);
  CHECK(handler != nullptr && options_.credit_records > 0 && options_.credit_bytes > 0);
  if (options_.shard) cursor_ = *options_.shard;
  if (options_.table_scan) scan_after_ = options_.table_scan->after;
}

void ClientSession::reopen() {
  state_ = State::kOpening;
  nonce_ = 0;
  ++attempt_;
  open_due_ns = 0;
  open_wait_ms = limits::kStreamAnswerWaitMs;
}

void ClientSession::disconnected() {
  state_ = State::kClosed;
  nonce_ = 0;
}

wire::Open ClientSession::open_message() const {
  wire::Open message;
  message.session = number_;
  message.attempt = attempt_;
  message.epoch = cursor_.epoch;
  if (options_.shard) {
    message.source = cursor_;
  } else if (options_.table_scan) {
    message.source = SessionOptions::TableScan{options_.table_scan->table_name, scan_after_};
  } else {
    message.source = wire::TableShards{*options_.table_shards};
  }
  // Once it was opened the session has a place of its own: neither the head nor a checkpoint may move it.
  message.filter = {options_.local_origin_only, options_.hide_touch, options_.latest && !opened_once_};
  message.consumer = options_.consumer;
  message.resume = opened_once_;
  return message;
}

ClientSession::Verdict ClientSession::judge(const wire::Opened& message) const {
  if (state_ != State::kOpening || message.attempt != attempt_) return Verdict::kDrop;
  const bool fits = message.nonce != 0 || lists_shards();
  return fits && message.shards.size() <= kShardsListedMax &&
                 message.state.size() <= limits::kConsumerStateBytesMax
             ? Verdict::kTake
             : Verdict::kBroken;
}

ClientSession::Verdict ClientSession::judge(const wire::Batch& message) const {
  if (state_ != State::kOpen || message.nonce != nonce_) return Verdict::kDrop;
  if (message.previous != chain_) return Verdict::kReopen;
  if (message.scanned_through.ordinal < chain_) return Verdict::kBroken;
  // A region sends while there is some of both credits left, so only the last record may go beyond them. The
  // newest totals count, whether or not the region has them.
  const wire::Credit most = credit();
  const bool beyond = records_delivered_ - records_at_opened_ >= most.records_total ||
                      bytes_delivered_ - bytes_at_opened_ >= most.bytes_total;
  return beyond && !message.records.empty() ? Verdict::kBroken : Verdict::kTake;
}

ClientSession::Verdict ClientSession::judge(const wire::ShardEnd& message) const {
  if (state_ != State::kOpen || message.nonce != nonce_) return Verdict::kDrop;
  if (message.children.size() > kShardsListedMax) return Verdict::kBroken;
  return message.last_ordinal == chain_ ? Verdict::kTake : Verdict::kReopen;
}

ClientSession::Verdict ClientSession::judge(const wire::Position& message) const {
  if (state_ != State::kOpen) return Verdict::kDrop;
  // Frames keep their order: what the region had sent before this tick has come, or is lost.
  return message.nonce == nonce_ && message.scanned_through <= chain_ ? Verdict::kTake : Verdict::kReopen;
}

bool ClientSession::opened(const wire::Opened& message) {
  state_ = State::kOpen;
  nonce_ = message.nonce;
  cursor_.epoch = message.epoch;
  if (options_.shard) {
    const ShardId shard = cursor_.shard;
    cursor_ = message.position;
    cursor_.epoch = message.epoch;
    cursor_.shard = shard;
  }
  chain_ = options_.shard ? cursor_.ordinal : Ordinal();
  records_at_opened_ = records_delivered_;
  bytes_at_opened_ = bytes_delivered_;
  return !std::exchange(opened_once_, true);
}

void ClientSession::batch(const wire::Batch& message) {
  chain_ = message.scanned_through.ordinal;
  if (options_.shard) {
    cursor_.sequence = message.scanned_through.sequence;
    cursor_.ordinal = message.scanned_through.ordinal;
    cursor_.checksum = message.scanned_through.checksum;
  } else {
    scan_after_ = message.scan_position;
  }
  records_delivered_ += message.records.size();
  bytes_delivered_ += message.records.bytes();
  ++batches_uncredited_;
}

bool ClientSession::ended() {
  state_ = State::kEnded;
  return !std::exchange(ended_once_, true);
}

void ClientSession::consumed(std::uint64_t records, std::uint64_t bytes) {
  records_consumed_ += records;
  bytes_consumed_ += bytes;
}

wire::Credit ClientSession::credit() const {
  return {number_, nonce_, window_total(records_consumed_, options_.credit_records, records_at_opened_),
          window_total(bytes_consumed_, options_.credit_bytes, bytes_at_opened_)};
}

bool ClientSession::credit_due() const {
  return state_ == State::kOpen &&
         (records_consumed_ - records_credited_ >= (options_.credit_records + 3) / 4 ||
          bytes_consumed_ - bytes_credited_ >= options_.credit_bytes / 4 ||
          batches_uncredited_ >= kBatchesPerCredit);
}

void ClientSession::credit_sent() {
  records_credited_ = records_consumed_;
  bytes_credited_ = bytes_consumed_;
  batches_uncredited_ = 0;
}

void ClientSession::add_ack(ConsumerAck progress) {
  pending_acks_.push_back({.number = ++last_ack_number_, .progress = std::move(progress), .sent_ns = 0});
}

wire::Ack ClientSession::ack_message(const PendingAck& pending) const {
  return {number_, nonce_, pending.number, pending.progress};
}

std::vector<std::pair<SequenceNumber, Status>> ClientSession::settle_acks(SequenceNumber checkpoint) {
  std::vector<std::pair<SequenceNumber, Status>> settled;
  if (pending_acks_.empty()) return settled;
  PendingAck& first = pending_acks_.front();
  const SequenceNumber through = first.progress.accepted_through.sequence;
  if (first.sent_ns == 0) return settled;
  if (through == first.progress.previous) {
    // It moved nothing, so the checkpoint does not tell; sending its effects again could apply them twice.
    settled.emplace_back(through,
                         Error(ErrorCode::kOutcomeUnknown, "the connection broke while it was committed"));
    pending_acks_.pop_front();
  } else if (through == checkpoint) {
    settled.emplace_back(through, Status());
    pending_acks_.pop_front();
  } else {
    first.sent_ns = 0;
  }
  return settled;
}

}  // namespace gyre::streams
