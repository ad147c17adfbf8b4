// SPDX-License-Identifier: Apache-2.0
// Random histories of appends, syncs, seals, trims, crashes and faults, beside a model that knows what must
// be there.
#include <gtest/gtest.h>

#include "core/log/harness_test.h"
#include "core/log/verify.h"

namespace gyre::log {
namespace {

class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed), harness_(seed) {}

  void run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) step();
    power_off();
    verify_all();
  }

 private:
  void step() {
    switch (random_.below(24)) {
      case 0:
      case 1:
        prepare();
        break;
      case 2:
      case 3:
        seal();
        break;
      case 4:
        close();
        break;
      case 5:
        trim();
        break;
      case 6:
        power_off();
        break;
      case 7:
        kill();
        break;
      case 8:
        stop();
        break;
      case 9:
        harness_.disk.fail_sync_after(random_.below(6));
        break;
      case 10:
        check_reads();
        break;
      case 11:
      case 12:
      case 13:
      case 14:
        sync();
        break;
      default:
        append();
    }
  }

  // An answer other than OK is taken if a fault was asked for: then the process ends.
  bool went_well(const Status& status) {
    if (status.ok()) return true;
    EXPECT_NE(status.error().code, ErrorCode::kCorruption) << status.error().message;
    if (!harness_.log->alive().ok()) power_off();
    return false;
  }

  void append() {
    const auto position = harness_.append();
    if (!position.ok()) went_well(position.error());
  }
  void sync() {
    if (went_well(harness_.log->sync())) synced_ = harness_.frames.size();
  }
  void close() {
    if (went_well(harness_.log->close_segment())) synced_ = harness_.frames.size();
  }
  void prepare() { went_well(harness_.log->prepare()); }
  void seal() {
    const auto sealed = harness_.log->seal();
    if (!sealed.ok()) went_well(sealed.error());
  }
  void trim() {
    const FrameNumber flushed(random_.below(synced_ + 1));
    const TrimPlan plan =
        harness_.log->plan_trim({.bytes_max = 3 * kTestSegmentBytes, .flushed_through = flushed});
    if (plan.through == SegmentNumber()) return;
    went_well(harness_.log->trim(plan.through));
  }

  void power_off() {
    harness_.disk.crash(random_);
    reopen(synced_);
  }
  void kill() {
    harness_.disk.kill();
    reopen(synced_);
  }
  void stop() {
    if (!went_well(harness_.log->stop())) return;
    synced_ = harness_.frames.size();
    reopen(synced_);
  }

  // Everything that was synced is there, perhaps more, in order and without holes.
  void reopen(std::size_t at_least) {
    auto last = harness_.open();
    for (int i = 0; i < 10 && !last.ok(); ++i) {
      // The fault that was asked for hits recovery itself.
      ASSERT_NE(last.error().code, ErrorCode::kCorruption) << last.error().message;
      if (random_.below(2) == 0) harness_.disk.crash(random_);
      last = harness_.open();
    }
    ASSERT_TRUE(last.ok()) << last.error().message;
    ASSERT_GE(last->frame.value(), at_least);
    harness_.forget_after(last->frame.value());
    if (!harness_.frames.empty()) {
      EXPECT_EQ(*last, harness_.frames.back().position);
    }
    // What recovery handed out is durable.
    synced_ = harness_.frames.size();
    check_reads();
  }

  void check_reads() {
    // The model's unsynced tail is not visible.
    std::vector<Harness::Frame> unsynced(harness_.frames.begin() + static_cast<std::ptrdiff_t>(synced_),
                                         harness_.frames.end());
    harness_.frames.resize(synced_);
    const SegmentList closed = harness_.log->closed_segments();
    first_ = closed->empty() ? 0 : closed->front()->summary.first_frame.value() - 1;
    harness_.check(first_);
    for (auto& frame : unsynced) harness_.frames.push_back(std::move(frame));
  }

  void verify_all() {
    const auto listed = list_segments(harness_.disk).value();
    for (const SegmentNumber number : listed) {
      EXPECT_EQ(verify_segment(harness_.disk, number).value().problem, "");
    }
  }

  SeededRandom random_;
  Harness harness_;
  std::size_t synced_ = 0;  // frames
  std::size_t first_ = 0;
};

TEST(LogHistory, TheRecoveredLogIsTheSyncedOneWithPerhapsMoreAndNoHoles) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    History(seed).run(150);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace gyre::log
