// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "consumers/delivery.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "streams/transport/stream_client.h"

namespace gyre::consumers {

/// What a shard's delivery asks of its runner.
class DeliveryPort {
 public:
  virtual ~DeliveryPort() = default;
  /// Gives the consumer its next delivery; ShardDelivery::delivered() takes the outcome, with the same token.
  virtual void deliver(std::uint64_t token, Delivery delivery) = 0;
  // Of the shard's session, as streams::TableReader has them.
  virtual void consumed(ShardId shard, std::uint64_t records, std::uint64_t bytes) = 0;
  virtual void ack(ShardId shard, streams::ConsumerAck ack) = 0;
  virtual void interrupt(ShardId shard) = 0;
  virtual void resume(ShardId shard) = 0;
  /// The shard is done: all accepted, all committed.
  virtual void finished(ShardId shard) = 0;
  /// The consumer cannot go on, until a person does something about `error`.
  virtual void stop(Error error) = 0;
};

/// One consumer on one shard: reads from the stored checkpoint, has one delivery under way at a time, commits
/// what was accepted together with its effects, and only then goes on. Whenever it is in doubt (a refused or
/// unanswered commit) it forgets what it holds and opens the shard again at the stored checkpoint: that is
/// what makes effects happen exactly once. A machine without I/O; its session is a TableReader's. One thread.
class ShardDelivery {
 public:
  struct Names {
    std::string table;
    std::string consumer;
    /// "consumer C on SHARD of table T": how messages begin.
    std::string place(ShardId shard) const;
  };

  /// Its session is being opened.
  ShardDelivery(ShardId shard, Names names, DeliveryPort& port, const Clock& clock);
  ShardDelivery(const ShardDelivery&) = delete;
  ShardDelivery& operator=(const ShardDelivery&) = delete;

  void delivered(std::uint64_t token, const Delivery& delivery, Result<Outcome> outcome);
  /// Does what has become due.
  void tick();

  // What the session brings.
  void opened(const streams::Opened& opened);
  void batch(streams::RecordBatch batch);
  void ended();
  void interrupted(const std::string& message);
  void acked(SequenceNumber sequence, const Status& status);

 private:
  enum class State { kClosed, kOpening, kReading, kDelivering, kCommitting, kPaused, kDone };

  // The batch at work: the records that are not accepted yet, and what the region wants credit for once all
  // are.
  struct Current {
    std::deque<storage::ChangeRecord> records = {};
    std::deque<storage::LogCursor> cursors = {};  // behind each record
    storage::LogCursor through = {};
    std::uint64_t batch_records = 0;
    std::uint64_t batch_bytes = 0;
  };
  // A commit under way, and what follows it.
  struct Commit {
    storage::LogCursor cursor = {};
    std::string state = {};
    bool shard_done = false;
    Verdict verdict = {};
  };

  void pump();
  Status take_batch();
  void hand_over(bool shard_end);
  void act_on(const Delivery& delivery, Outcome outcome);
  void commit(Commit commit, std::vector<streams::ConsumerWrite> writes);
  void committed();
  void drop_accepted(std::size_t count);
  void log_rejected(const Verdict& verdict);
  void pause(const std::string& why);
  void reopen(const std::string& why);
  void forget_session();
  void stop(Error error);
  std::string place() const { return names_.place(shard_); }

  const ShardId shard_;
  const Names names_;
  DeliveryPort& port_;
  const Clock& clock_;

  State state_ = State::kOpening;
  bool has_session_ = true;
  Epoch epoch_;
  SequenceNumber checkpoint_;
  std::string consumer_state_;
  std::deque<streams::RecordBatch> pending_;
  std::optional<Current> current_;
  bool ended_ = false;

  std::uint64_t token_ = 0;
  SequenceNumber delivered_through_;
  std::optional<Commit> commit_;
  std::uint64_t due_ns_ = 0;  // paused: until when; committing: how long to wait for an answer
  std::uint64_t pause_ms_ = limits::kConsumerPauseMsMin;
};

}  // namespace gyre::consumers
