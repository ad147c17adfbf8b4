// SPDX-License-Identifier: Apache-2.0
#include "consumers/policy/delivery_policy.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/base/duration.h"
#include "core/base/hash.h"

namespace gyre::consumers {
namespace {

void earlier(std::optional<std::uint64_t>& due, std::uint64_t at) {
  if (!due || at < *due) due = at;
}

// When the wall clock shows `at_ms`, by the steady clock.
std::uint64_t steady_at(const Clock& clock, std::uint64_t at_ms) {
  const std::uint64_t now_ms = clock.now_ms();
  return clock.steady_ns() + (at_ms > now_ms ? at_ms - now_ms : 0) * kNanosecondsPerMs;
}

}  // namespace

DeliveryPolicy::DeliveryPolicy(DeliverySettings settings, DeliveryStart start, const Clock& clock,
                               Random& random)
    : settings_(settings),
      clock_(clock),
      random_(random),
      checkpoint_(start.checkpoint),
      through_(start.checkpoint),
      lanes_(settings.parallel_batches),
      parked_(std::move(start.parked)),
      window_(std::move(start.window)) {
  CHECK(check(settings_).ok());
  if (settings_.tumbling_ms == 0) window_.reset();  // the settings were changed
  std::erase_if(parked_, [](const auto& key) { return key.second == 0; });
}

bool DeliveryPolicy::wants_records() const {
  return held_.size() < limits::kDeliveryHeldRecordsMax && held_bytes_ < limits::kDeliveryHeldBytesMax;
}

DeliveryPolicy::Lane& DeliveryPolicy::lane_of(const std::string& key) {
  return lanes_[lanes_.size() == 1 ? 0 : hash64(key) % lanes_.size()];
}

void DeliveryPolicy::add(std::vector<DeliveryRecord> records) {
  for (DeliveryRecord& record : records) {
    CHECK(!ended_ && record.sequence > through_);
    through_ = record.sequence;
    reached_ms_ = std::max(reached_ms_, record.created_ms);
    held_bytes_ += record.bytes;
    Held& held = held_[record.sequence];
    held.record = std::move(record);
    held.done = !held.record.wanted || held.record.created_ms < settings_.start_ms;
    if (!held.done) take_in(held);
  }
  pump();
}

void DeliveryPolicy::take_in(Held& held) {
  const std::string& key = held.record.key;
  if (const auto unkept = unkept_.find(key); unkept != unkept_.end()) return unkept->second.push_back(&held);
  if (parked_.contains(key) && !room_for_failures_) return unkept_[key].push_back(&held);
  if (parked_.contains(key)) return park_behind(key, {&held});
  Lane& lane = lane_of(key);
  if (lane.queue.empty()) lane.queue_since_ns = clock_.steady_ns();
  lane.queue_bytes += held.record.bytes;
  // One that could not be parked may come behind later ones of other keys; batches are ascending.
  const auto at = std::upper_bound(
      lane.queue.begin(), lane.queue.end(), held.record.sequence,
      [](SequenceNumber sequence, const Held* other) { return sequence < other->record.sequence; });
  lane.queue.insert(at, &held);
}

// Those whose key is free by now, or all once there is room.
void DeliveryPolicy::take_in_unkept() {
  for (auto at = unkept_.begin(); at != unkept_.end();) {
    if (!room_for_failures_ && parked_.contains(at->first)) {
      ++at;
      continue;
    }
    const std::vector<Held*> records = std::move(at->second);
    at = unkept_.erase(at);
    for (Held* held : records) take_in(*held);
  }
}

void DeliveryPolicy::set_room_for_failures(bool room) {
  room_for_failures_ = room;
  pump();
}

void DeliveryPolicy::reached(std::uint64_t ms) {
  reached_ms_ = std::max(reached_ms_, ms);
  pump();
}

void DeliveryPolicy::end_shard() {
  ended_ = true;
  pump();
}

void DeliveryPolicy::redrive(std::vector<DeliveryRecord> records) {
  if (records.empty() || !parked_.contains(records.front().key)) return;
  Lane& lane = lane_of(records.front().key);
  std::vector<Held*> back;
  for (DeliveryRecord& record : records) {
    const auto [held, added] = redriven_.try_emplace(record.sequence);
    if (!added) continue;  // under way already
    held->second.record = std::move(record);
    back.push_back(&held->second);
  }
  std::deque<Batch> batches;
  put_first(batches, back, true);
  for (Batch& batch : batches) lane.redrives.push_back(std::move(batch));
  pump();
}

void DeliveryPolicy::tick() {
  pump();
}

std::vector<PolicyOutput> DeliveryPolicy::take_outputs() {
  return std::exchange(outputs_, {});
}

void DeliveryPolicy::pump() {
  take_in_unkept();
  for (Lane& lane : lanes_) pump_lane(lane);
  move_checkpoint();
}

void DeliveryPolicy::pump_lane(Lane& lane) {
  while (!lane.under_way) {
    std::optional<Batch> batch = next_batch(lane);
    if (!batch) return;
    const bool ordinary = !batch->redriven && !batch->trouble && !batch->last_of_window;
    if (ordinary) {
      withhold(lane, *batch);
      give_up_old(*batch);
      if (batch->records.empty()) continue;
    }
    invoke(lane, *std::move(batch));
  }
}

std::optional<DeliveryPolicy::Batch> DeliveryPolicy::next_batch(Lane& lane) {
  if (auto batch = due_batch(lane.redrives)) return batch;
  if (auto batch = due_batch(lane.batches)) return batch;
  // Keys in trouble and what is new take turns: many keys that are always due would leave no time for it.
  if (lane.queue_first && lane.batches.empty()) {
    lane.queue_first = false;
    if (auto batch = form_batch(lane)) return batch;
  }
  if (auto batch = due_trouble(lane)) return batch;
  if (!lane.batches.empty()) return std::nullopt;
  if (auto batch = end_window(lane)) return batch;
  return form_batch(lane);
}

// Batches keep their order: one that waits holds up those behind it, unless it has grown too old.
std::optional<DeliveryPolicy::Batch> DeliveryPolicy::due_batch(std::deque<Batch>& batches) {
  while (!batches.empty()) {
    Batch& first = batches.front();
    if (!first.redriven) give_up_old(first);
    if (first.last_of_window && window_is_old()) {
      give_up(first, GivenUp::kRecordAgeExpired);
      close_window();
      batches.pop_front();
      continue;
    }
    const bool nothing_left = is_empty(first);
    if (!nothing_left && first.due_ns > clock_.steady_ns()) return std::nullopt;
    Batch batch = std::move(first);
    batches.pop_front();
    if (!nothing_left) return batch;
  }
  return std::nullopt;
}

// The one that is due for the longest time, so that each has its turn.
std::optional<DeliveryPolicy::Batch> DeliveryPolicy::due_trouble(Lane& lane) {
  Trouble* next = nullptr;
  for (auto& [key, trouble] : lane.troubles) {
    if (!trouble.first || trouble.first->due_ns > clock_.steady_ns()) continue;
    if (next == nullptr || trouble.first->due_ns < next->first->due_ns) next = &trouble;
  }
  if (next == nullptr) return std::nullopt;
  lane.queue_first = true;
  return std::exchange(next->first, std::nullopt);
}

std::uint64_t DeliveryPolicy::window_start_of(const DeliveryRecord& record) const {
  return record.created_ms - record.created_ms % settings_.tumbling_ms;
}

std::uint64_t DeliveryPolicy::window_end() const {
  return window_->start_ms + settings_.tumbling_ms;
}

// So are all its records then. How old they are within the window is not stored with it.
bool DeliveryPolicy::window_is_old() const {
  return room_for_failures_ && is_old(window_end());
}

void DeliveryPolicy::close_window() {
  window_.reset();
  window_ends_early_ = false;
  window_changed_ = true;
}

// A record of a time before the open window is late: it counts as of this window.
bool DeliveryPolicy::belongs_to_window(const Held& held) const {
  return !window_ || window_start_of(held.record) <= window_->start_ms;
}

// The last call of a window: a record of a later one is there, its time is over, or the shard is.
std::optional<DeliveryPolicy::Batch> DeliveryPolicy::end_window(Lane& lane) {
  if (settings_.tumbling_ms == 0 || !window_) return std::nullopt;
  const bool later = !lane.queue.empty() && !belongs_to_window(*lane.queue.front());
  const bool over = lane.queue.empty() && (ended_ || reached_ms_ >= window_end());
  if (!later && !over && !window_ends_early_) return std::nullopt;
  return Batch{.last_of_window = true};
}

bool DeliveryPolicy::is_full(const Lane& lane) const {
  return lane.queue.size() >= settings_.batch_records || lane.queue_bytes >= settings_.batch_bytes;
}

bool DeliveryPolicy::queue_is_ready(const Lane& lane) const {
  if (lane.queue.empty()) return false;
  if (is_full(lane) || ended_) return true;
  if (settings_.tumbling_ms > 0) {
    const std::uint64_t own = window_start_of(lane.queue.front()->record);
    const std::uint64_t start = window_ ? std::max(own, window_->start_ms) : own;
    if (reached_ms_ >= start + settings_.tumbling_ms) return true;  // nothing more comes for this window
  }
  return clock_.steady_ns() >= lane.queue_since_ns + settings_.window_ms * kNanosecondsPerMs;
}

std::optional<DeliveryPolicy::Batch> DeliveryPolicy::form_batch(Lane& lane) {
  if (!queue_is_ready(lane)) return std::nullopt;
  if (settings_.tumbling_ms > 0 && !window_) {
    window_ = TumblingWindow{.start_ms = window_start_of(lane.queue.front()->record)};
  }
  Batch batch;
  std::size_t bytes = 0;
  while (!lane.queue.empty() && batch.records.size() < settings_.batch_records) {
    Held* next = lane.queue.front();
    if (!batch.records.empty() && bytes + next->record.bytes > settings_.batch_bytes) break;
    if (settings_.tumbling_ms > 0 && !belongs_to_window(*next)) break;
    bytes += next->record.bytes;
    lane.queue_bytes -= next->record.bytes;
    lane.queue.pop_front();
    batch.records.push_back(next);
  }
  lane.queue_since_ns = clock_.steady_ns();
  CHECK(!batch.records.empty());
  return batch;
}

// Records of keys in trouble wait behind the one that failed.
void DeliveryPolicy::withhold(Lane& lane, Batch& batch) {
  if (lane.troubles.empty()) return;
  std::vector<Held*> rest;
  for (Held* held : batch.records) {
    const auto trouble = lane.troubles.find(held->record.key);
    if (trouble == lane.troubles.end()) {
      rest.push_back(held);
    } else {
      trouble->second.behind.push_back(held);
    }
  }
  batch.records = std::move(rest);
}

void DeliveryPolicy::invoke(Lane& lane, Batch batch) {
  batch.number = ++numbers_;
  Invoke output{.batch = batch.number,
                .invocation = batch.invocations + 1,
                .redriven = batch.redriven,
                .last_of_window = batch.last_of_window};
  for (const Held* held : batch.records) output.records.push_back(held->record.sequence);
  if (window_ && !batch.redriven) output.window = window_;
  output.window_ended_early = batch.last_of_window && window_ends_early_;
  lane.under_way = std::move(batch);
  outputs_.emplace_back(std::move(output));
}

void DeliveryPolicy::move_checkpoint() {
  bool moved = std::exchange(window_changed_, false);
  while (!held_.empty() && held_.begin()->second.done) {
    checkpoint_ = held_.begin()->first;
    held_bytes_ -= held_.begin()->second.record.bytes;
    held_.erase(held_.begin());
    moved = true;
  }
  const bool done = ended_ && held_.empty() && !window_;
  if (!moved && (!done || told_end_)) return;
  told_end_ = done;
  outputs_.emplace_back(Checkpoint{checkpoint_, window_, done});
}

std::optional<std::uint64_t> DeliveryPolicy::due_ns() const {
  std::optional<std::uint64_t> due;
  for (const Lane& lane : lanes_) {
    if (lane.under_way) continue;
    if (!lane.redrives.empty()) earlier(due, lane.redrives.front().due_ns);
    for (const auto& [key, trouble] : lane.troubles) {
      if (trouble.first) earlier(due, trouble.first->due_ns);
    }
    if (!lane.batches.empty()) {
      const Batch& first = lane.batches.front();
      earlier(due, first.due_ns);
      if (settings_.age_ms && !parking() && room_for_failures_ && !is_empty(first)) {
        const std::uint64_t since_ms =
            first.last_of_window ? window_end() : first.records.front()->record.created_ms;
        earlier(due, steady_at(clock_, since_ms + *settings_.age_ms + 1));
      }
    } else if (!lane.queue.empty()) {
      earlier(due, lane.queue_since_ns + settings_.window_ms * kNanosecondsPerMs);
    }
  }
  return due;
}

}  // namespace gyre::consumers
