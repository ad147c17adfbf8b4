// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "consumers/policy/delivery_messages.h"
#include "consumers/policy/delivery_settings.h"
#include "core/base/clock.h"
#include "core/base/random.h"

namespace gyre::consumers {

/// Where a consumer stands on a shard, as it was stored.
struct DeliveryStart {
  SequenceNumber checkpoint = {};
  std::optional<TumblingWindow> window = std::nullopt;
  std::map<std::string, std::size_t> parked = {};  ///< the keys that are parked: how many records of each
};

/// How the records of one shard get to one consumer: in batches, again after failures, or given up. A machine
/// without I/O: it takes records, answers and time, and says what to do (take_outputs()). README.md of this
/// room says what it does with each answer. What it guarantees:
/// - every record that is wanted is answered for, or comes out as a dead letter or parked; none is before the
///   checkpoint until then,
/// - records of one key are in at most one batch at a time, and in order,
/// - a key that has parked records gets nothing until they were redriven.
/// One thread; clock and randomness outlive it. Memory: wants_records() bounds what it holds.
class DeliveryPolicy {
 public:
  /// The settings are ones that check() takes.
  DeliveryPolicy(DeliverySettings settings, DeliveryStart start, const Clock& clock, Random& random);

  /// False: enough is held already. Records are taken all the same.
  bool wants_records() const;
  /// Records behind all that were added, ascending.
  void add(std::vector<DeliveryRecord> records);
  /// All records that were committed before this time were added. Tumbling windows end by this time and by
  /// those of records, not by the clock: a consumer that is behind has the windows of one that keeps up.
  void reached(std::uint64_t ms);
  /// There are no records behind those that were added.
  void end_shard();
  /// Answers to batches that are not under way are nobody's.
  void answer(std::uint64_t batch, const DeliveryAnswer& answer);
  /// Parked records of one key, from its first one on, in order.
  void redrive(std::vector<DeliveryRecord> records);
  /// False: what is given up or parked could not be kept. Then nothing is: it is tried again and again, and
  /// the shard halts in the end, until there is room.
  void set_room_for_failures(bool room);
  /// Does what has become due.
  void tick();

  std::vector<PolicyOutput> take_outputs();
  /// When tick() has something to do, by the steady clock; nullopt: not before anything else happens.
  std::optional<std::uint64_t> due_ns() const;

  std::size_t held_records() const { return held_.size(); }
  std::size_t parked_keys() const { return parked_.size(); }
  SequenceNumber checkpoint() const { return checkpoint_; }

 private:
  struct Held {
    DeliveryRecord record;
    bool done = false;
  };
  struct Batch {
    std::vector<Held*> records = {};
    std::uint32_t tries = 0;        // that count
    std::uint32_t invocations = 0;  // that reached the consumer
    std::uint32_t pauses = 0;
    std::uint64_t due_ns = 0;
    std::uint64_t number = 0;  // of the call under way
    bool redriven = false;
    bool trouble = false;  // the first record of a key in trouble
    bool last_of_window = false;
    std::string error = {};

    const std::string& key() const { return records.front()->record.key; }
  };
  // A key whose first record failed: it waits for its next try (or is at it), the others behind it.
  struct Trouble {
    std::optional<Batch> first;
    std::deque<Held*> behind;
  };
  // Keys are spread over lanes; each has one batch under way at a time.
  struct Lane {
    std::deque<Held*> queue = {};
    std::size_t queue_bytes = 0;
    std::uint64_t queue_since_ns = 0;
    std::deque<Batch> batches = {};  // before the queue
    std::map<std::string, Trouble> troubles = {};
    std::deque<Batch> redrives = {};
    bool queue_first = false;  // the last call was one of a key in trouble
    std::optional<Batch> under_way = std::nullopt;
  };

  Lane& lane_of(const std::string& key);
  static bool is_empty(const Batch& batch) { return batch.records.empty() && !batch.last_of_window; }
  bool parking() const { return settings_.parked_keys > 0; }
  bool is_full(const Lane& lane) const;

  // delivery_policy.cc: what is done next
  void pump();
  void take_in(Held& held);
  void take_in_unkept();
  void pump_lane(Lane& lane);
  std::optional<Batch> next_batch(Lane& lane);
  std::optional<Batch> due_batch(std::deque<Batch>& batches);
  std::optional<Batch> due_trouble(Lane& lane);
  std::optional<Batch> form_batch(Lane& lane);
  std::optional<Batch> end_window(Lane& lane);
  bool queue_is_ready(const Lane& lane) const;
  bool belongs_to_window(const Held& held) const;
  std::uint64_t window_start_of(const DeliveryRecord& record) const;
  std::uint64_t window_end() const;
  bool window_is_old() const;
  void close_window();
  void withhold(Lane& lane, Batch& batch);
  void invoke(Lane& lane, Batch batch);
  void move_checkpoint();

  // delivery_answers.cc: what becomes of a batch
  void accept(Lane& lane, Batch batch, const FunctionResponse& response);
  std::optional<std::size_t> lowest_failure(const Batch& batch, const FunctionResponse& response) const;
  void succeed(Batch& batch, std::size_t count);
  void fail(Lane& lane, Batch batch, bool named);
  void fail_last_of_window(Lane& lane, Batch batch);
  void fail_redriven(Lane& lane, Batch batch);
  void isolate(Lane& lane, Batch batch, bool named);
  void split(Lane& lane, Batch batch, std::size_t at);
  void retry(Lane& lane, Batch batch);
  bool is_spent(const Batch& batch) const;
  bool is_old(std::uint64_t created_ms) const;
  void give_up(const Batch& batch, GivenUp reason);
  void give_up_old(Batch& batch);
  void park(Lane& lane, const Batch& batch);
  void park_behind(const std::string& key, const std::vector<Held*>& records);
  void take_back(Lane& lane, const std::string& key);
  void put_first(std::deque<Batch>& batches, const std::vector<Held*>& records, bool redriven);
  std::uint64_t pause_ns(std::uint32_t pauses);

  const DeliverySettings settings_;
  const Clock& clock_;
  Random& random_;

  std::map<SequenceNumber, Held> held_;      // behind the checkpoint
  std::map<SequenceNumber, Held> redriven_;  // before it
  std::size_t held_bytes_ = 0;
  SequenceNumber checkpoint_;
  SequenceNumber through_;  // the last record that was added
  std::vector<Lane> lanes_;
  std::map<std::string, std::size_t> parked_;
  std::map<std::string, std::vector<Held*>> unkept_;  // would be parked behind others, if there were room
  bool room_for_failures_ = true;
  std::optional<TumblingWindow> window_;
  std::uint64_t reached_ms_ = 0;  // all that was committed before is here
  bool window_ends_early_ = false;
  bool window_changed_ = false;
  bool ended_ = false;
  bool told_end_ = false;
  std::uint64_t numbers_ = 0;
  std::vector<PolicyOutput> outputs_;
};

}  // namespace gyre::consumers
