// SPDX-License-Identifier: Apache-2.0
// Random settings, records and answers against a model of what was promised: every record that is wanted is
// taken, given up or parked, once; the checkpoint passes none before that; a key's records come one batch at
// a time and in order; a parked key gets nothing until it is redriven.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "consumers/policy/delivery_policy.h"
#include "core/base/duration.h"

namespace gyre::consumers {
namespace {

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed)
      : random_(seed), settings_(random_settings()), policy_(settings_, {}, clock_, policy_random_) {
    for (std::uint64_t more = random_.below(4); more > 0; --more) poison_.insert(1 + random_.below(80));
  }

  void run() {
    for (int step = 0; step < 300; ++step) {
      const std::uint64_t choice = random_.below(10);
      if (choice < 3 && sequence_ < 100) {
        add();
      } else if (choice < 8 && !under_way_.empty()) {
        answer(true);
      } else if (random_.below(20) == 0) {
        room_ = !room_;
        policy_.set_room_for_failures(room_);
      } else if (choice == 8 && !parked_.empty()) {
        redrive();
      } else {
        clock_.advance_ms(random_.below(500));
        policy_.tick();
        if (random_.below(2) == 0) policy_.reached(clock_.now_ms());
      }
      take();
    }
    drain();
  }

 private:
  struct Call {
    std::vector<std::uint64_t> records = {};
    bool redriven = false;
  };

  DeliverySettings random_settings() {
    DeliverySettings settings;
    settings.batch_records = 1 + random_.below(8);
    settings.batch_bytes = 20 + random_.below(200);
    settings.window_ms = random_.below(2) * random_.below(1000);
    settings.bisect = random_.below(2) == 0;
    settings.report_failures = random_.below(2) == 0;
    if (random_.below(4) == 0) settings.age_ms = limits::kDeliveryAgeMsMin;
    if (random_.below(3) == 0) {
      settings.tumbling_ms = 100 + random_.below(2000);
      settings.retries = random_.below(3);
      return settings;
    }
    settings.parallel_batches = 1 + random_.below(4);
    if (random_.below(2) == 0) {
      settings.parked_keys = 1000;
      settings.park_after = 1 + static_cast<std::uint32_t>(random_.below(3));
    } else {
      settings.retries = random_.below(3);  // else a poisoned record ends it all
    }
    return settings;
  }

  void add() {
    std::vector<DeliveryRecord> records;
    for (std::uint64_t more = 1 + random_.below(6); more > 0; --more) {
      DeliveryRecord record{SequenceNumber(++sequence_),
                            std::string(1, static_cast<char>('a' + random_.below(6))), clock_.now_ms(),
                            1 + random_.below(60), random_.below(5) > 0};
      records_[sequence_] = record;
      if (!record.wanted) done_.insert(sequence_);
      records.push_back(std::move(record));
    }
    policy_.add(std::move(records));
  }

  // A batch with a poisoned record fails; others do at random, if they may.
  DeliveryAnswer answer_to(const Call& call, bool mishaps) {
    DeliveryAnswer answer;
    answer.response.state = "{}";
    for (const std::uint64_t record : call.records) {
      if (poison_.contains(record)) answer.response.failures->push_back(SequenceNumber(record));
    }
    if (!answer.response.failures->empty() && (!settings_.report_failures || random_.below(2) == 0)) {
      answer.kind = DeliveryAnswer::Kind::kFailed;
      return answer;
    }
    if (!mishaps) return answer;
    switch (random_.below(8)) {
      case 0:
        answer.kind = DeliveryAnswer::Kind::kFailed;
        break;
      case 1:
        answer.kind = DeliveryAnswer::Kind::kThrottled;
        break;
      case 2:
        if (settings_.report_failures) answer.response.failures = std::nullopt;
        break;
      case 3:
        if (settings_.report_failures && !call.records.empty()) {
          answer.response.failures->push_back(
              SequenceNumber(call.records[random_.below(call.records.size())]));
        }
        break;
      default:
        break;
    }
    return answer;
  }

  void answer(bool mishaps) {
    auto at = under_way_.begin();
    std::advance(at, random_.below(under_way_.size()));
    const auto [number, call] = *at;
    under_way_.erase(at);
    for (const std::uint64_t record : call.records) busy_.erase(records_[record].key);
    const DeliveryAnswer answer = answer_to(call, mishaps);
    if (answer.kind == DeliveryAnswer::Kind::kAnswered && answer.response.failures) take_answer(call, answer);
    policy_.answer(number, answer);
  }

  // The records before the first one that the answer names are done.
  void take_answer(const Call& call, const DeliveryAnswer& answer) {
    for (const std::uint64_t record : call.records) {
      for (const SequenceNumber failure : *answer.response.failures) {
        if (settings_.report_failures && failure.value() == record) return;
      }
      ASSERT_TRUE(call.redriven || done_.insert(record).second) << record << " is done twice";
      std::uint64_t& last = last_of_key_[records_[record].key];
      ASSERT_LT(last, record) << "out of order";
      last = record;
    }
  }

  void redrive() {
    auto at = parked_.begin();
    std::advance(at, random_.below(parked_.size()));
    std::vector<DeliveryRecord> records;
    for (const std::uint64_t record : at->second) records.push_back(records_[record]);
    policy_.redrive(std::move(records));
  }

  void take() {
    for (const PolicyOutput& output : policy_.take_outputs()) {
      std::visit([&](const auto& one) { take(one); }, output);
    }
  }

  void take(const Invoke& invoke) {
    ASSERT_LT(under_way_.size(), settings_.parallel_batches);
    ASSERT_LE(invoke.records.size(), settings_.batch_records);
    ASSERT_EQ(invoke.records.empty(), invoke.last_of_window);
    Call call{.redriven = invoke.redriven};
    std::size_t bytes = 0;
    std::set<std::string> keys;
    for (const SequenceNumber sequence : invoke.records) {
      const DeliveryRecord& record = records_[sequence.value()];
      bytes += record.bytes;
      keys.insert(record.key);
      ASSERT_TRUE(record.wanted);
      ASSERT_EQ(parked_.contains(record.key), invoke.redriven) << "parked keys are redriven only";
      if (invoke.redriven) {
        ASSERT_EQ(parked_[record.key][call.records.size()], sequence.value()) << "in the order of parking";
      } else {
        ASSERT_FALSE(done_.contains(sequence.value()));
      }
      ASSERT_TRUE(call.records.empty() || call.records.back() < sequence.value());
      call.records.push_back(sequence.value());
    }
    ASSERT_TRUE(bytes <= settings_.batch_bytes || call.records.size() == 1);
    for (const std::string& key : keys) ASSERT_TRUE(busy_.insert(key).second) << "twice at a time";
    under_way_[invoke.batch] = std::move(call);
  }
  void take(const DeadLetter& letter) {
    ASSERT_TRUE(room_);
    ASSERT_EQ(settings_.parked_keys, 0U);
    for (const SequenceNumber sequence : letter.records) ASSERT_TRUE(done_.insert(sequence.value()).second);
  }
  void take(const Park& park) {
    ASSERT_TRUE(room_);
    for (const SequenceNumber sequence : park.records) {
      ASSERT_TRUE(done_.insert(sequence.value()).second);
      auto& parked = parked_[park.key];
      ASSERT_TRUE(parked.empty() || parked.back() < sequence.value());
      parked.push_back(sequence.value());
    }
  }
  void take(const Redriven& redriven) {
    auto& parked = parked_[redriven.key];
    for (const SequenceNumber sequence : redriven.records) {
      ASSERT_EQ(parked.front(), sequence.value());
      parked.erase(parked.begin());
    }
    ASSERT_EQ(redriven.free, parked.empty());
    if (parked.empty()) parked_.erase(redriven.key);
  }
  void take(const RedriveFailed& failed) { ASSERT_EQ(parked_[failed.key].front(), failed.at.value()); }
  void take(const Checkpoint& checkpoint) {
    ASSERT_GE(checkpoint.through.value(), checkpoint_);
    for (std::uint64_t record = checkpoint_ + 1; record <= checkpoint.through.value(); ++record) {
      ASSERT_TRUE(done_.contains(record)) << record << " was not done yet";
    }
    checkpoint_ = checkpoint.through.value();
    finished_ = checkpoint.shard_done;
  }

  // Without mishaps, and with what was poisoned redriven at last, all comes to an end.
  void drain() {
    room_ = true;
    policy_.set_room_for_failures(true);
    policy_.end_shard();
    take();
    for (int step = 0; step < 5000 && !(finished_ && under_way_.empty() && parked_.empty()); ++step) {
      if (!under_way_.empty()) {
        answer(false);
      } else if (const auto due = policy_.due_ns()) {
        clock_.advance_ms((std::max(*due, clock_.steady_ns()) - clock_.steady_ns()) / kNanosecondsPerMs + 1);
        policy_.tick();
      } else if (!parked_.empty()) {
        poison_.clear();
        redrive();
      }
      take();
    }
    EXPECT_TRUE(finished_);
    EXPECT_TRUE(parked_.empty());
    EXPECT_EQ(checkpoint_, sequence_);
    EXPECT_EQ(done_.size(), sequence_);
    EXPECT_EQ(policy_.held_records(), 0U);
    EXPECT_EQ(policy_.due_ns(), std::nullopt);
  }

  ManualClock clock_{1'800'000'000'000};
  SeededRandom random_;
  SeededRandom policy_random_{7};
  const DeliverySettings settings_;
  DeliveryPolicy policy_;
  std::set<std::uint64_t> poison_;

  std::uint64_t sequence_ = 0;
  std::map<std::uint64_t, DeliveryRecord> records_;
  std::map<std::uint64_t, Call> under_way_;
  std::set<std::string> busy_;  // keys in a batch under way
  std::set<std::uint64_t> done_;
  std::map<std::string, std::vector<std::uint64_t>> parked_;
  std::map<std::string, std::uint64_t> last_of_key_;
  std::uint64_t checkpoint_ = 0;
  bool finished_ = false;
  bool room_ = true;
};

TEST(DeliveryProperty, EveryRecordIsAnsweredForOnceAndInOrder) {
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    SCOPED_TRACE(seed);
    Simulation(seed).run();
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace gyre::consumers
