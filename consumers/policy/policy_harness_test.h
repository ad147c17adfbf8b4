// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <string>
#include <utility>
#include <vector>

#include "consumers/policy/delivery_policy.h"
#include "core/base/duration.h"

namespace gyre::consumers {

/// A policy on a clock that the test turns; says in words what comes out.
class PolicyHarness {
 public:
  static constexpr std::uint64_t kStartMs = 1'800'000'000'000;

  explicit PolicyHarness(DeliverySettings settings, DeliveryStart start = {})
      : policy(settings, std::move(start), clock, random) {}

  /// Records of these keys, one letter each, with the next sequences; a capital one is not wanted.
  std::string add(const std::string& keys) { return add_at(clock.now_ms() - kStartMs, keys); }
  /// The same, committed this long after the start.
  std::string add_at(std::uint64_t ms, const std::string& keys) {
    std::vector<DeliveryRecord> records;
    for (const char key : keys) {
      const bool wanted = key >= 'a';
      records.push_back({SequenceNumber(++sequence),
                         std::string(1, wanted ? key : static_cast<char>(key + 32)), kStartMs + ms, 10,
                         wanted});
    }
    policy.add(std::move(records));
    return outputs();
  }

  std::string answer(DeliveryAnswer answer) {
    policy.answer(batch, answer);
    return outputs();
  }
  std::string succeed() { return answer({}); }
  std::string fail() { return answer({.kind = DeliveryAnswer::Kind::kFailed, .error = "broken"}); }
  std::string throttle() { return answer({.kind = DeliveryAnswer::Kind::kThrottled, .error = "busy"}); }
  /// Names failed records; -1 in place of a list that cannot be understood.
  std::string partial(std::vector<std::uint64_t> failures) {
    DeliveryAnswer answer;
    for (const std::uint64_t failure : failures) {
      answer.response.failures->push_back(SequenceNumber(failure));
    }
    return this->answer(std::move(answer));
  }
  std::string nonsense() {
    DeliveryAnswer answer;
    answer.response.failures = std::nullopt;
    return this->answer(std::move(answer));
  }
  std::string state(const std::string& state) {
    DeliveryAnswer answer;
    answer.response.state = state;
    return this->answer(std::move(answer));
  }

  /// The stream was read up to this long after the start.
  std::string reach(std::uint64_t ms) {
    policy.reached(kStartMs + ms);
    return outputs();
  }
  std::string pass_ms(std::uint64_t ms) {
    clock.advance_ms(ms);
    policy.tick();
    return outputs();
  }
  /// Turns the clock to what is due next, and says how long that was.
  std::uint64_t wait() {
    const auto due = policy.due_ns();
    CHECK(due && *due >= clock.steady_ns());
    const std::uint64_t ms = (*due - clock.steady_ns() + kNanosecondsPerMs - 1) / kNanosecondsPerMs;
    clock.advance_ms(ms);
    policy.tick();
    return ms;
  }
  /// Waits, and says what comes of it.
  std::string after_wait() {
    wait();
    return outputs();
  }

  /// "invoke 1 2 3; checkpoint 3": what is to be done. Remembers the batch for answers.
  std::string outputs() {
    std::string text;
    for (const PolicyOutput& output : policy.take_outputs()) {
      if (!text.empty()) text += "; ";
      text += std::visit([&](const auto& one) { return say(one); }, output);
    }
    return text;
  }

  ManualClock clock{kStartMs};
  SeededRandom random{1};
  DeliveryPolicy policy;
  std::uint64_t sequence = 0;
  std::uint64_t batch = 0;

 private:
  static std::string list(const std::vector<SequenceNumber>& records) {
    std::string text;
    for (const SequenceNumber record : records) text += fmt::format(" {}", record.value());
    return text;
  }
  std::string say(const Invoke& invoke) {
    batch = invoke.batch;
    std::string text = (invoke.redriven ? "redrive" : "invoke") + list(invoke.records);
    if (invoke.window) {
      text += fmt::format(" window {} {}", (invoke.window->start_ms - kStartMs) / 1000, invoke.window->state);
    }
    if (invoke.last_of_window) text += " last";
    if (invoke.window_ended_early) text += " early";
    return text;
  }
  static std::string say(const DeadLetter& letter) {
    return fmt::format("{}{} after {}: {}", letter.reason == GivenUp::kRecordAgeExpired ? "old" : "exhausted",
                       list(letter.records), letter.invocations, letter.error);
  }
  static std::string say(const Park& park) {
    return fmt::format("park {}{}{}", park.key, list(park.records),
                       park.failed ? fmt::format(" after {}: {}", park.invocations, park.error) : "");
  }
  static std::string say(const Redriven& redriven) {
    return fmt::format("redriven {}{}{}", redriven.key, list(redriven.records), redriven.free ? " free" : "");
  }
  static std::string say(const RedriveFailed& failed) {
    return fmt::format("redrive of {} failed at {} after {}: {}", failed.key, failed.at.value(),
                       failed.invocations, failed.error);
  }
  static std::string say(const Checkpoint& checkpoint) {
    return fmt::format("checkpoint {}{}", checkpoint.through.value(), checkpoint.shard_done ? " done" : "");
  }
};

}  // namespace gyre::consumers
