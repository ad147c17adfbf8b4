// SPDX-License-Identifier: Apache-2.0
#include "core/archive/archiving.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/archive/sample_test.h"
#include "core/archive/verify.h"

namespace gyre::archive {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kInterval = 60'000;

/// A store that a test keeps beyond whoever uses it.
class Lent final : public objects::ObjectStore {
 public:
  explicit Lent(objects::ObjectStore& store) : store_(store) {}
  Result<std::string> get(const std::string& key, std::uint64_t offset, std::size_t bytes) override {
    return store_.get(key, offset, bytes);
  }
  Result<objects::ObjectInfo> head(const std::string& key) override { return store_.head(key); }
  Result<objects::ObjectPage> list(const std::string& prefix, const std::string& after) override {
    return store_.list(prefix, after);
  }
  Status put(const std::string& key, std::string_view bytes) override { return store_.put(key, bytes); }
  Result<objects::Created> create(const std::string& key, std::string_view bytes) override {
    return store_.create(key, bytes);
  }
  Result<std::unique_ptr<objects::Upload>> upload(const std::string& key) override {
    return store_.upload(key);
  }
  Status remove(const std::string& key) override { return store_.remove(key); }
  std::string name() const override { return store_.name(); }

 private:
  objects::ObjectStore& store_;
};

// Archiving is turned by hand, with the clock.
class ArchivingTest : public ::testing::Test {
 protected:
  ArchivingTest() { begin(); }

  void begin(char seed = '1', bool was_begun = false) {
    archiving_.emplace(
        std::make_unique<Lent>(store_),
        LiveLog{.log = *log_.harness.log,
                .folder = log_.harness.disk,
                .close_segment = [this] { return close_segment(); }},
        seed_of(seed), clock_,
        ArchivingOptions{.interval_ms = kInterval, .was_begun = was_begun, .note_begun = [this]() -> Status {
                           ++noted_;
                           return {};
                         }});
  }
  Status close_segment() {
    ++closes_;
    RETURN_IF_ERROR(log_.harness.log->close_segment());
    return seal_all();
  }
  Status seal_all() {
    while (true) {
      ASSIGN_OR_RETURN(const bool sealed, log_.harness.log->seal());
      if (!sealed) return {};
    }
  }
  std::uint64_t last_closed() { return log_.harness.log->closed_segments()->back()->number().value(); }
  ArchiveReport report() { return verify_archive(store_, {}).value(); }

  SampleLog log_{20};
  objects::MemoryStore store_;
  ManualClock clock_{1'000'000};
  int closes_ = 0;
  int noted_ = 0;
  std::optional<Archiving> archiving_;
};

TEST_F(ArchivingTest, WhatIsSealedIsArchivedAndSignedAtOnce) {
  ASSERT_TRUE(archiving_->turn().ok());
  EXPECT_EQ(archiving_->archived_through().value(), last_closed());
  EXPECT_EQ(report().sealed_segment_count, log_.segment_count());
  const ArchivingStatus status = archiving_->status();
  EXPECT_EQ(status.last_segment.value(), last_closed());
  EXPECT_EQ(status.first_segment.value(), 1);
  EXPECT_EQ(status.segments, log_.segment_count());
  EXPECT_GT(status.bytes, 0u);
  EXPECT_EQ(status.last_seal, SealNumber(1));
  EXPECT_EQ(status.sealed_segment.value(), last_closed());
  EXPECT_EQ(status.sealed_ms, clock_.now_ms());
  EXPECT_EQ(status.lag_ms, 0u);
  EXPECT_EQ(status.lag_records, 0u);
  EXPECT_EQ(status.key, SigningPair(seed_of('1')).public_key());
  EXPECT_EQ(closes_, 0);
  // Nothing new is nothing to do.
  const std::uint64_t calls = store_.call_count();
  ASSERT_TRUE(archiving_->turn().ok());
  EXPECT_EQ(store_.call_count(), calls);
}

TEST_F(ArchivingTest, WhatWaitsForTheIntervalIsClosedArchivedAndSigned) {
  ASSERT_TRUE(archiving_->turn().ok());
  clock_.advance_ms(10 * kInterval);  // a quiet log is not cut into pieces
  ASSERT_TRUE(archiving_->turn().ok());
  EXPECT_EQ(closes_, 0);
  log_.harness.append_synced(10);
  ASSERT_TRUE(archiving_->turn().ok());
  clock_.advance_ms(kInterval - 1);
  ASSERT_TRUE(archiving_->turn().ok());
  EXPECT_EQ(closes_, 0);
  EXPECT_EQ(archiving_->status().lag_ms, kInterval - 1);
  EXPECT_GT(archiving_->status().lag_records, 0u);
  clock_.advance_ms(1);
  ASSERT_TRUE(archiving_->turn().ok());
  EXPECT_EQ(closes_, 1);
  EXPECT_EQ(archiving_->archived_through().value(), last_closed());
  EXPECT_EQ(archiving_->status().lag_ms, 0u);
  EXPECT_EQ(archiving_->status().last_seal, SealNumber(2));
  EXPECT_EQ(archiving_->status().last_sequence, log_.harness.log->last().sequence);
}

TEST_F(ArchivingTest, AStoreThatIsAwayIsAnAlarmAndTheRestComesLater) {
  store_.fail_after(3, objects::MemoryStore::Failure::kAfter);
  EXPECT_FALSE(archiving_->turn().ok());
  log_.harness.append_synced(5);
  clock_.advance_ms(2 * kInterval);
  EXPECT_FALSE(archiving_->turn().ok());
  EXPECT_EQ(closes_, 0);  // no pieces that nobody takes
  EXPECT_EQ(archiving_->status().failures, 2u);
  EXPECT_FALSE(archiving_->status().problem.empty());
  EXPECT_GT(archiving_->status().lag_ms, 0u);
  store_.recover();
  ASSERT_TRUE(archiving_->turn().ok());
  clock_.advance_ms(kInterval);
  ASSERT_TRUE(archiving_->turn().ok());
  EXPECT_EQ(archiving_->status().problem, "");
  EXPECT_EQ(archiving_->archived_through().value(), last_closed());
  EXPECT_EQ(report().sealed_segment_count, log_.segment_count());
  EXPECT_TRUE(report().findings.empty());
}

// At each call the store goes away, and another process goes on.
TEST_F(ArchivingTest, GoesOnAfterAnEndAtAnyCall) {
  for (const auto how : {objects::MemoryStore::Failure::kBefore, objects::MemoryStore::Failure::kAfter}) {
    for (std::uint64_t call = 0; call < 40; ++call) {
      store_.fail_after(call, how);
      begin();
      (void)archiving_->turn();
      store_.recover();
      if (call % 5 == 0) log_.add(3);
      begin();
      ASSERT_TRUE(archiving_->turn().ok()) << call << ": " << archiving_->status().problem;
      ASSERT_EQ(archiving_->archived_through().value(), last_closed());
    }
  }
  const ArchiveReport whole = report();
  EXPECT_TRUE(whole.findings.empty()) << whole.findings.front().what;
  EXPECT_EQ(whole.segment_count, log_.segment_count());
  EXPECT_EQ(whole.sealed_segment_count, log_.segment_count());
}

TEST_F(ArchivingTest, SegmentsThatLeftBeforeTheyWereArchivedAreCountedAndNamed) {
  ASSERT_TRUE(archiving_->turn().ok());
  const std::uint64_t archived = archiving_->archived_through().value();
  log_.add(30);
  log_.add(30);
  const log::TrimPlan all{.through = log::SegmentNumber(last_closed() - 1), .leaving = {}};
  ASSERT_TRUE(log_.harness.log->trim(all.through).ok());
  EXPECT_FALSE(archiving_->turn().ok());
  const ArchivingStatus status = archiving_->status();
  EXPECT_THAT(status.problem,
              HasSubstr("segment " + std::to_string(archived + 1) + " was trimmed before it was archived"));
  EXPECT_EQ(status.missing_segments, last_closed() - 1 - archived);
  EXPECT_EQ(archiving_->archived_through().value(), archived);
}

// A disk that is not mounted looks like an archive that was never begun.
TEST_F(ArchivingTest, AnArchiveThatIsGoneIsNotBegunAnew) {
  ASSERT_TRUE(archiving_->turn().ok());
  EXPECT_EQ(noted_, 1);
  const auto objects = store_.objects();
  store_.objects().clear();
  log_.add(3);
  begin('1', true);
  EXPECT_FALSE(archiving_->turn().ok());
  EXPECT_THAT(archiving_->status().problem, HasSubstr("the archive that was begun there is gone"));
  EXPECT_TRUE(store_.objects().empty());
  store_.objects() = objects;
  ASSERT_TRUE(archiving_->turn().ok());
  EXPECT_EQ(archiving_->archived_through().value(), last_closed());
  EXPECT_EQ(noted_, 1);
  EXPECT_TRUE(report().findings.empty());
}

TEST_F(ArchivingTest, AnotherKeyThanTheArchivesDoesNotSeal) {
  ASSERT_TRUE(archiving_->turn().ok());
  log_.add(3);
  begin('2');
  EXPECT_FALSE(archiving_->turn().ok());
  EXPECT_THAT(archiving_->status().problem, HasSubstr("the key is not the newest one of the archive"));
  // The segments are in the archive all the same.
  EXPECT_EQ(archiving_->archived_through().value(), last_closed());
  begin('1');
  ASSERT_TRUE(archiving_->turn().ok());
  EXPECT_EQ(report().sealed_segment_count, log_.segment_count());
}

TEST_F(ArchivingTest, TheThreadDoesItAndStops) {
  archiving_->start();
  while (archiving_->status().last_seal == SealNumber()) std::this_thread::yield();
  archiving_->stop();
  archiving_->stop();
  EXPECT_EQ(report().sealed_segment_count, log_.segment_count());
}

}  // namespace
}  // namespace gyre::archive
