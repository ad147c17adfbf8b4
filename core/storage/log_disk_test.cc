// SPDX-License-Identifier: Apache-2.0
// A log whose disk is full, or fails: what is refused, what is lost (nothing), and what readers see.

#include "core/storage/harness_test.h"

namespace gyre::storage {
namespace {

constexpr std::uint64_t kLogDiskSegmentBytes = 64 * 1024;

class LogDisk : public ::testing::Test {
 protected:
  void open(std::uint64_t segment_bytes = kLogDiskSegmentBytes) {
    harness_.log_options.segment_bytes = segment_bytes;
    harness_.restart();
    table_ = harness_.create_table("table");
  }
  std::uint64_t used_bytes() {
    std::uint64_t bytes = 0;
    for (const std::string& name : ok(harness_.disk->list())) bytes += harness_.disk->contents(name).size();
    return bytes;
  }
  void fill_disk() { harness_.disk->set_capacity(used_bytes()); }
  void empty_disk() { harness_.disk->set_capacity(1ULL << 40); }

  // Answers how the first write ended that was not acknowledged.
  ErrorCode write_until_refused() {
    for (int i = 0; i < 10'000; ++i) {
      const std::string name = "item" + std::to_string(next_++);
      const Status written = harness_.put(*table_, name, std::string(2000, 'v'));
      if (!written.ok()) return written.error().code;
      acknowledged_.push_back(name);
    }
    ADD_FAILURE() << "nothing was refused";
    return ErrorCode::kInternal;
  }
  // Of the engine: as any reader sees it.
  bool is_visible(const std::string& name) {
    return ok(engine_->get(Family::kItems, item_row(table_->schema.id, test_key(name)), ReadTier::kAll))
        .has_value();
  }
  void expect_all_acknowledged() {
    for (const std::string& name : acknowledged_) EXPECT_TRUE(is_visible(name)) << name;
  }

  std::unique_ptr<MemoryEngine> engine_ = MemoryEngine::create();
  MachineHarness harness_{*engine_};
  TablePointer table_;
  int next_ = 0;
  std::vector<std::string> acknowledged_;
};

TEST_F(LogDisk, WithoutSpaceRefusesWritesAndGoesOnWhenThereIsSome) {
  open();
  fill_disk();
  EXPECT_EQ(write_until_refused(), ErrorCode::kUnavailable);
  EXPECT_FALSE(is_visible("item" + std::to_string(next_ - 1)));
  expect_all_acknowledged();
  empty_disk();
  EXPECT_TRUE(harness_.put(*table_, "later", "v").ok());
  fill_disk();
  EXPECT_EQ(write_until_refused(), ErrorCode::kUnavailable);
  acknowledged_.push_back("later");
  empty_disk();
  harness_.restart_after_kill(*engine_);
  expect_all_acknowledged();
}

TEST_F(LogDisk, AFailedSyncAcknowledgesAndShowsNothing) {
  for (std::uint64_t syncs = 0; syncs < 12; ++syncs) {
    SCOPED_TRACE("after " + std::to_string(syncs));
    open();
    acknowledged_.clear();
    harness_.disk->fail_sync_after(syncs);
    EXPECT_EQ(write_until_refused(), ErrorCode::kOutcomeUnknown);
    EXPECT_FALSE(is_visible("item" + std::to_string(next_ - 1)));
    EXPECT_EQ(code_of(harness_.put(*table_, "later", "v")), ErrorCode::kUnavailable);
    EXPECT_FALSE(is_visible("later"));
    expect_all_acknowledged();
    harness_.restart_after_kill(*engine_);
    expect_all_acknowledged();
    EXPECT_FALSE(is_visible("later"));
    const Status dropped = harness_.write(
        [&](WriteTransaction& transaction) { return transaction.catalog().drop_table(table_->schema.id); });
    EXPECT_TRUE(dropped.ok());
    if (HasFailure()) return;
  }
}

// Nothing is synced meanwhile, and more is written than segments are ready for.
TEST_F(LogDisk, WritesThatAreNotSyncedFillAnyNumberOfSegments) {
  harness_.options.durability = Durability::kAsync;
  open();
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(harness_.put(*table_, "item" + std::to_string(i), std::string(2000, 'v')).ok()) << i;
  }
  EXPECT_TRUE(is_visible("item199"));
}

// A full segment is sealed behind its last frame, where there was no space beforehand.
TEST_F(LogDisk, WithoutSpaceForASealWritesGoOnOnceThereIsSome) {
  open();
  while (harness_.log->log().closed_segments()->empty()) {
    ASSERT_TRUE(harness_.put(*table_, "item" + std::to_string(next_++), std::string(20, 'v')).ok());
  }
  fill_disk();
  (void)harness_.log->do_upkeep();
  EXPECT_TRUE(harness_.log->log().alive().ok());
  empty_disk();
  EXPECT_TRUE(harness_.put(*table_, "later", "v").ok());
  EXPECT_TRUE(harness_.log->do_upkeep().ok());
  EXPECT_TRUE(harness_.log->log().closed_segments()->front()->is_sealed());
}

}  // namespace
}  // namespace gyre::storage
