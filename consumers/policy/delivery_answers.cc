// SPDX-License-Identifier: Apache-2.0
// What becomes of a batch: README.md of this room has the table.
#include <algorithm>
#include <iterator>
#include <utility>

#include "consumers/policy/delivery_policy.h"
#include "core/base/check.h"
#include "core/base/duration.h"

namespace gyre::consumers {

void DeliveryPolicy::answer(std::uint64_t number, const DeliveryAnswer& answer) {
  const auto lane = std::find_if(lanes_.begin(), lanes_.end(), [&](const Lane& one) {
    return one.under_way && one.under_way->number == number;
  });
  if (lane == lanes_.end()) return;
  Batch batch = *std::exchange(lane->under_way, std::nullopt);
  batch.error = answer.error;
  const bool reached_it = answer.kind == DeliveryAnswer::Kind::kAnswered ||  //
                          answer.kind == DeliveryAnswer::Kind::kFailed;
  if (reached_it) ++batch.invocations;
  switch (answer.kind) {
    case DeliveryAnswer::Kind::kAnswered:
      accept(*lane, std::move(batch), answer.response);
      break;
    case DeliveryAnswer::Kind::kFailed:
      fail(*lane, std::move(batch), false);
      break;
    case DeliveryAnswer::Kind::kThrottled:
    case DeliveryAnswer::Kind::kNotCalled:
      retry(*lane, std::move(batch));  // only age ends this
      break;
  }
  pump();
}

void DeliveryPolicy::accept(Lane& lane, Batch batch, const FunctionResponse& response) {
  if (batch.last_of_window) return close_window();
  if (settings_.tumbling_ms > 0 && !batch.redriven && !response.state) {
    batch.error = "the answer has no state";
    return fail(lane, std::move(batch), false);
  }
  const std::optional<std::size_t> failed = lowest_failure(batch, response);
  if (!failed) {
    batch.error = "the answer names no records of the batch";
    return fail(lane, std::move(batch), false);
  }
  if (window_ && !batch.redriven && *failed > 0) {
    window_->state = *response.state;
    window_ends_early_ = window_->state.size() > limits::kTumblingStateBytesMax;
    window_changed_ = true;
  }
  const bool all = *failed == batch.records.size();
  const bool was_trouble = batch.trouble;
  const std::string key = batch.key();
  succeed(batch, *failed);
  if (!all) {
    batch.error = "the answer names it as failed";
    // With bisecting the batch is split at the record that failed, which does not count as a try.
    const bool split_here = settings_.bisect && !parking() && !batch.redriven && *failed > 0;
    return split_here ? retry(lane, std::move(batch)) : fail(lane, std::move(batch), true);
  }
  if (was_trouble) take_back(lane, key);
}

// How many records from the front are done; nullopt: the answer is no answer to this batch.
std::optional<std::size_t> DeliveryPolicy::lowest_failure(const Batch& batch,
                                                          const FunctionResponse& response) const {
  if (!settings_.report_failures) return batch.records.size();
  if (!response.failures) return std::nullopt;
  std::size_t lowest = batch.records.size();
  for (const SequenceNumber failure : *response.failures) {
    const auto found = std::lower_bound(
        batch.records.begin(), batch.records.end(), failure,
        [](const Held* held, SequenceNumber sequence) { return held->record.sequence < sequence; });
    if (found == batch.records.end() || (*found)->record.sequence != failure) return std::nullopt;
    lowest = std::min(lowest, static_cast<std::size_t>(found - batch.records.begin()));
  }
  return lowest;
}

// The first records of the batch are done, and leave it. What is left has its tries before it.
void DeliveryPolicy::succeed(Batch& batch, std::size_t count) {
  if (count == 0) return;
  CHECK(count <= batch.records.size());
  Redriven redriven{.key = batch.key()};
  for (std::size_t i = 0; i < count; ++i) {
    Held* held = batch.records[i];
    CHECK(!held->done);
    held->done = true;
    if (batch.redriven) {
      redriven.records.push_back(held->record.sequence);
      redriven_.erase(held->record.sequence);
    }
  }
  batch.records.erase(batch.records.begin(), batch.records.begin() + static_cast<std::ptrdiff_t>(count));
  batch.tries = 0;
  batch.pauses = 0;
  if (!batch.redriven) return;
  const auto parked = parked_.find(redriven.key);
  CHECK(parked != parked_.end());
  parked->second -= std::min(parked->second, count);
  redriven.free = parked->second == 0;
  if (redriven.free) parked_.erase(parked);
  outputs_.emplace_back(std::move(redriven));
}

// `named`: the answer says that it is the first record that failed. Whatever it says, that record is not
// done.
void DeliveryPolicy::fail(Lane& lane, Batch batch, bool named) {
  if (batch.redriven) return fail_redriven(lane, std::move(batch));
  if (batch.last_of_window) return fail_last_of_window(lane, std::move(batch));
  if (parking()) return isolate(lane, std::move(batch), named);
  if (settings_.bisect && batch.records.size() > 1) {
    const std::size_t half = batch.records.size() / 2;
    return split(lane, std::move(batch), half);
  }
  ++batch.tries;
  if (is_spent(batch)) return give_up(batch, GivenUp::kRetriesExhausted);
  retry(lane, std::move(batch));
}

void DeliveryPolicy::fail_last_of_window(Lane& lane, Batch batch) {
  ++batch.tries;
  if (!is_spent(batch)) return retry(lane, std::move(batch));
  give_up(batch, GivenUp::kRetriesExhausted);
  close_window();
}

// The key stays parked; what else of it was to be redriven would be out of order.
void DeliveryPolicy::fail_redriven(Lane& lane, Batch batch) {
  ++batch.tries;
  if (batch.tries < settings_.park_after) return retry(lane, std::move(batch));
  const std::string key = batch.key();
  outputs_.emplace_back(
      RedriveFailed{key, batch.records.front()->record.sequence, batch.invocations, batch.error});
  lane.redrives.push_front(std::move(batch));
  std::erase_if(lane.redrives, [&](const Batch& one) {
    if (one.key() != key) return false;
    for (const Held* held : one.records) redriven_.erase(SequenceNumber(held->record.sequence));
    return true;
  });
}

// Finds the record that fails; it waits by itself then, so that other keys go on, and is parked in the end.
void DeliveryPolicy::isolate(Lane& lane, Batch batch, bool named) {
  if (batch.records.size() > 1) {
    const std::size_t at = named ? 1 : batch.records.size() / 2;
    split(lane, std::move(batch), at);
    if (!named) return;
    batch = std::move(lane.batches.front());
    lane.batches.pop_front();
  }
  ++batch.tries;
  const bool spent = batch.tries >= settings_.park_after || is_spent(batch) ||
                     is_old(batch.records.front()->record.created_ms);
  // Without room for another key the shard comes to a halt in the end, but nothing is lost.
  if (spent && room_for_failures_ && parked_.size() < settings_.parked_keys) return park(lane, batch);
  batch.trouble = true;
  retry(lane, std::move(batch));
}

void DeliveryPolicy::split(Lane& lane, Batch batch, std::size_t at) {
  CHECK(at > 0 && at < batch.records.size());
  const auto middle = batch.records.begin() + static_cast<std::ptrdiff_t>(at);
  Batch second{.records = {middle, batch.records.end()},
               .tries = batch.tries,
               .invocations = batch.invocations,
               .error = batch.error};
  batch.records.erase(middle, batch.records.end());
  batch.due_ns = 0;
  batch.pauses = 0;
  lane.batches.push_front(std::move(second));
  lane.batches.push_front(std::move(batch));
}

void DeliveryPolicy::retry(Lane& lane, Batch batch) {
  batch.due_ns = clock_.steady_ns() + pause_ns(batch.pauses++);
  if (batch.redriven) return lane.redrives.push_front(std::move(batch));
  if (!batch.trouble) return lane.batches.push_front(std::move(batch));
  const std::string key = batch.key();
  lane.troubles[key].first = std::move(batch);
}

// Doubles, and is between one half and the whole of that, so that consumers do not come back all at once.
std::uint64_t DeliveryPolicy::pause_ns(std::uint32_t pauses) {
  const std::uint64_t whole_ms = pauses < 20
                                     ? std::min(settings_.pause_ms_min << pauses, settings_.pause_ms_max)
                                     : settings_.pause_ms_max;
  const std::uint64_t whole_ns = whole_ms * kNanosecondsPerMs;
  return whole_ns / 2 + random_.below(whole_ns / 2 + 1);
}

bool DeliveryPolicy::is_spent(const Batch& batch) const {
  return room_for_failures_ && settings_.retries && batch.tries > *settings_.retries;
}

bool DeliveryPolicy::is_old(std::uint64_t created_ms) const {
  return settings_.age_ms && clock_.now_ms() > created_ms + *settings_.age_ms;
}

void DeliveryPolicy::give_up(const Batch& batch, GivenUp reason) {
  DeadLetter letter{.reason = reason, .invocations = batch.invocations, .error = batch.error};
  for (Held* held : batch.records) {
    CHECK(!held->done);
    held->done = true;
    letter.records.push_back(held->record.sequence);
  }
  if (!batch.records.empty()) {
    letter.first_created_ms = batch.records.front()->record.created_ms;
    letter.last_created_ms = batch.records.back()->record.created_ms;
  }
  outputs_.emplace_back(std::move(letter));
}

// With parking nothing is given up that was not tried.
void DeliveryPolicy::give_up_old(Batch& batch) {
  if (!settings_.age_ms || parking() || !room_for_failures_) return;
  const auto young = std::stable_partition(batch.records.begin(), batch.records.end(),
                                           [&](const Held* held) { return is_old(held->record.created_ms); });
  if (young == batch.records.begin()) return;
  give_up({.records = {batch.records.begin(), young}, .invocations = batch.invocations, .error = batch.error},
          GivenUp::kRecordAgeExpired);
  batch.records.erase(batch.records.begin(), young);
}

// With the record, all that the lane has of its key: the others come behind it.
void DeliveryPolicy::park(Lane& lane, const Batch& batch) {
  CHECK(batch.records.size() == 1);
  Held* failed = batch.records.front();
  const std::string key = failed->record.key;
  CHECK(!failed->done && !parked_.contains(key));
  failed->done = true;
  parked_[key] = 1;
  outputs_.emplace_back(Park{key, {failed->record.sequence}, true, batch.invocations, batch.error});

  std::vector<Held*> behind;
  const auto is_of_key = [&](const Held* held) { return held->record.key == key; };
  const auto take = [&](auto& records) {
    std::copy_if(records.begin(), records.end(), std::back_inserter(behind), is_of_key);
    std::erase_if(records, is_of_key);
  };
  if (const auto trouble = lane.troubles.find(key); trouble != lane.troubles.end()) {
    take(trouble->second.behind);
    lane.troubles.erase(trouble);
  }
  for (Batch& waiting : lane.batches) take(waiting.records);
  std::for_each(lane.queue.begin(), lane.queue.end(), [&](const Held* held) {
    if (is_of_key(held)) lane.queue_bytes -= held->record.bytes;
  });
  take(lane.queue);
  if (!behind.empty()) park_behind(key, behind);
}

void DeliveryPolicy::park_behind(const std::string& key, const std::vector<Held*>& records) {
  Park output{.key = key};
  for (Held* held : records) {
    CHECK(!held->done);
    held->done = true;
    output.records.push_back(held->record.sequence);
  }
  parked_[key] += records.size();
  outputs_.emplace_back(std::move(output));
}

// The key's first record is done: those that waited behind it come next.
void DeliveryPolicy::take_back(Lane& lane, const std::string& key) {
  const auto trouble = lane.troubles.find(key);
  CHECK(trouble != lane.troubles.end() && !trouble->second.first);
  const std::vector<Held*> behind(trouble->second.behind.begin(), trouble->second.behind.end());
  lane.troubles.erase(trouble);
  put_first(lane.batches, behind, false);
}

// Before all others, in as many batches as they take.
void DeliveryPolicy::put_first(std::deque<Batch>& batches, const std::vector<Held*>& records, bool redriven) {
  std::deque<Batch> first;
  std::size_t bytes = 0;
  for (Held* held : records) {
    const bool full = first.empty() || first.back().records.size() >= settings_.batch_records ||
                      bytes + held->record.bytes > settings_.batch_bytes;
    if (full) {
      first.push_back({.redriven = redriven});
      bytes = 0;
    }
    bytes += held->record.bytes;
    first.back().records.push_back(held);
  }
  batches.insert(batches.begin(), std::make_move_iterator(first.begin()),
                 std::make_move_iterator(first.end()));
}

}  // namespace gyre::consumers
