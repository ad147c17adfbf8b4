// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/model/item_codec.h"
#include "core/storage/change_record.h"
#include "streams/transport/stream_client.h"

namespace gyre::consumers {

/// A region that a test plays: a StreamClient that answers by a script. Each poll takes the next step, if it
/// is due, and lets time go on; sessions are named by their shard.
class ScriptedRegion final : public streams::StreamClient {
 public:
  using Handler = streams::SessionHandler;
  /// True: it was due, and is done.
  using Step = std::function<bool()>;

  explicit ScriptedRegion(ManualClock& clock) : clock_(clock) {}

  // --- the script ---

  void then(Step step) { script_.push_back(std::move(step)); }
  /// Once the table's shards are asked for.
  void then_list(std::vector<streams::ShardInfo> shards) {
    then_answer(0, [shards = std::move(shards)](Handler& handler) {
      streams::Opened opened;
      opened.epoch = Epoch(3);
      opened.shards = shards;
      handler.on_opened(opened);
    });
  }
  /// Once `shard` is opened; 0: once the table's shards are asked for.
  void then_answer(std::uint64_t shard, std::function<void(Handler&)> answer) {
    then([this, shard, answer = std::move(answer)] {
      const auto session = newest(shard);
      if (session == sessions_.end()) return false;
      answer(*session->second.handler);
      return true;
    });
  }
  void then_refuse(std::uint64_t shard, streams::RefusedReason reason, std::uint64_t oldest = 0) {
    then_answer(shard, [this, shard, reason, oldest](Handler& handler) {
      sessions_.erase(newest(shard));
      handler.on_refused(reason, "no", SequenceNumber(oldest));
    });
  }
  /// Once an ack of `shard` has come.
  void then_take_ack(std::uint64_t shard) {
    then([this, shard] {
      const auto session = newest(shard);
      if (session == sessions_.end() || session->second.acks.empty()) return false;
      const SequenceNumber sequence = session->second.acks.front().accepted_through.sequence;
      session->second.acks.pop_front();
      session->second.handler->on_acked(sequence, Status());
      return true;
    });
  }
  bool done() const { return script_.empty(); }
  void forget_script() { script_.clear(); }

  // --- what was asked for: "list", "1@0" (a shard, and behind which ordinal), "close 1" ---

  std::vector<std::string> asked;
  std::map<std::uint64_t, std::uint64_t> credit;  // records, by shard

  // --- StreamClient ---

  SessionNumber open(streams::SessionOptions options, Handler* handler) override {
    const std::uint64_t shard = options.shard ? options.shard->shard.value() : 0;
    asked.push_back(
        shard == 0 ? "list" : std::to_string(shard) + "@" + std::to_string(options.shard->ordinal.value()));
    sessions_[++last_] = {shard, handler, {}};
    return last_;
  }
  void close(SessionNumber session) override {
    const auto at = sessions_.find(session);
    if (at == sessions_.end()) return;
    if (at->second.shard != 0) asked.push_back("close " + std::to_string(at->second.shard));
    sessions_.erase(at);
  }
  void consumed(SessionNumber session, std::uint64_t records, std::uint64_t) override {
    credit[sessions_.at(session).shard] += records;
  }
  void ack(SessionNumber session, streams::ConsumerAck ack) override {
    sessions_.at(session).acks.push_back(std::move(ack));
  }
  void poll(int timeout_ms) override {
    clock_.advance_ms(100);
    if (!script_.empty() && script_.front()()) {
      script_.pop_front();
      return;
    }
    std::unique_lock lock(mutex_);
    // The step may wait for time alone, which the next poll moves.
    woken_changed_.wait_for(lock, std::chrono::milliseconds(std::min(timeout_ms, 1)),
                            [this] { return woken_; });
    woken_ = false;
  }
  void wake() override {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    woken_changed_.notify_all();
  }
  bool connected() const override { return true; }
  std::uint64_t heard_ns() const override { return 0; }
  std::string region() const override { return "played"; }

 private:
  struct Session {
    std::uint64_t shard = 0;
    Handler* handler = nullptr;
    std::deque<streams::ConsumerAck> acks;
  };
  std::map<SessionNumber, Session>::iterator newest(std::uint64_t shard) {
    for (auto at = sessions_.end(); at != sessions_.begin();) {
      if ((--at)->second.shard == shard) return at;
    }
    return sessions_.end();
  }

  ManualClock& clock_;
  std::deque<Step> script_;
  std::map<SessionNumber, Session> sessions_;
  SessionNumber last_ = 0;
  std::mutex mutex_;
  std::condition_variable woken_changed_;
  bool woken_ = false;
};

inline streams::ShardInfo listed_shard(std::uint64_t id) {
  streams::ShardInfo info;
  info.shard = ShardId(id);
  return info;
}

/// What the region answers to a shard's Open, to a consumer that has come to this sequence.
inline streams::Opened opened_at(std::uint64_t checkpoint) {
  streams::Opened opened;
  opened.epoch = Epoch(3);
  opened.consumer_checkpoint = SequenceNumber(checkpoint);
  return opened;
}

/// One record, at this place of the shard.
inline streams::RecordBatch scripted_batch(std::uint64_t shard, std::uint64_t place) {
  storage::ChangeRecord record;
  record.shard = ShardId(shard);
  record.sequence = SequenceNumber(place);
  record.ordinal = Ordinal(place);
  record.keys = record.new_image = encode_item({{"id", AttributeValue::string("a")}});
  streams::RecordBatch batch;
  batch.records.add(storage::encode_change_record(record));
  batch.scanned_through = {Epoch(3), ShardId(shard), record.sequence, record.ordinal, 1};
  return batch;
}

}  // namespace gyre::consumers
