// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "streams/transport/stream_client.h"
#include "streams/transport/stream_message.h"

namespace gyre::streams {

/// One session as its reader keeps it: the cursor, the chain of ordinals that shows a loss, the credit given,
/// and the acks not answered. Decides; sends nothing and calls no handler. Owned by ClientMachine.
class ClientSession {
 public:
  enum class State {
    kClosed,   ///< to be opened, at the own cursor
    kOpening,  ///< Open was sent, or is about to be
    kOpen,
    kEnded,  ///< a consumer's session that read its shard to the end: only acks go on
  };

  ClientSession(std::uint64_t number, SessionOptions options, SessionHandler* handler);

  State state() const { return state_; }
  std::uint64_t nonce() const { return nonce_; }
  SessionHandler* handler() const { return handler_; }
  bool is_consumer() const { return !options_.consumer.empty(); }
  bool is_scan() const { return options_.table_scan.has_value(); }
  bool lists_shards() const { return options_.table_shards.has_value(); }
  const storage::LogCursor& cursor() const { return cursor_; }
  Ordinal chain() const { return chain_; }

  /// Starts another opening, at the own cursor. What was sent before counts no more: frames with an old nonce
  /// are dropped.
  void reopen();
  /// The connection is gone.
  void disconnected();
  wire::Open open_message() const;

  /// kBroken: no region that keeps to the protocol sends this.
  enum class Verdict { kTake, kDrop, kReopen, kBroken };
  Verdict judge(const wire::Opened& message) const;
  Verdict judge(const wire::Batch& message) const;
  Verdict judge(const wire::ShardEnd& message) const;
  Verdict judge(const wire::Position& message) const;

  /// After a verdict of kTake. True the first time.
  bool opened(const wire::Opened& message);
  void batch(const wire::Batch& message);
  /// True the first time.
  bool ended();

  void consumed(std::uint64_t records, std::uint64_t bytes);
  /// Absolute totals since Opened.
  wire::Credit credit() const;
  /// True if enough was consumed since the last credit to be worth a frame.
  bool credit_due() const;
  void credit_sent();

  // --- acks: one under way at a time, so that a lost one does not fail those behind it ---
  struct PendingAck {
    std::uint64_t number = 0;
    ConsumerAck progress;
    std::uint64_t sent_ns = 0;  ///< 0: not yet
  };
  std::deque<PendingAck>& pending_acks() { return pending_acks_; }
  void add_ack(ConsumerAck progress);
  wire::Ack ack_message(const PendingAck& pending) const;
  /// After a reopening: acks that the stored checkpoint shows as committed, or that cannot be known, with
  /// their outcomes.
  std::vector<std::pair<SequenceNumber, Status>> settle_acks(SequenceNumber checkpoint);

  /// When Open is due (again); doubles with each try.
  std::uint64_t open_due_ns = 0;
  std::uint64_t open_wait_ms = 0;

 private:
  const std::uint64_t number_;
  const SessionOptions options_;
  SessionHandler* const handler_;
  State state_ = State::kClosed;
  bool opened_once_ = false;
  bool ended_once_ = false;
  std::uint32_t attempt_ = 0;
  std::uint64_t nonce_ = 0;
  storage::LogCursor cursor_;
  std::string scan_after_;
  Ordinal chain_;  // scanned through; of a table scan: rows since Opened

  std::uint64_t records_delivered_ = 0, bytes_delivered_ = 0;
  std::uint64_t records_consumed_ = 0, bytes_consumed_ = 0;
  std::uint64_t records_at_opened_ = 0,
                bytes_at_opened_ = 0;  // delivered by then: the region counts from 0 again
  std::uint64_t records_credited_ = 0, bytes_credited_ = 0;  // consumed when credit was last sent
  std::size_t batches_uncredited_ = 0;

  std::deque<PendingAck> pending_acks_;
  std::uint64_t last_ack_number_ = 0;
};

}  // namespace gyre::streams
