// SPDX-License-Identifier: Apache-2.0
// A store that lost a part, or was put together from parts of different times: it opens and is whole, or it
// says in one line what is wrong, and changes nothing that could still be of use.

#include "core/base/clock.h"
#include "core/log/segment_format.h"
#include "core/storage/function_request.h"
#include "core/storage/harness_test.h"
#include "core/storage/testing/memory_home.h"

namespace gyre::storage {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::uint64_t kLostPartsSegmentBytes = 16 * 1024;

class LostParts : public ::testing::Test {
 protected:
  Result<std::unique_ptr<Store>> open(StoreHome home) {
    StoreOptions options;
    options.region = RegionId("here");
    options.log.segment_bytes = kLostPartsSegmentBytes;
    return Store::open(std::move(home), options, clock_);
  }
  void start() {
    store_ = ok(open(home_.door()));
    store_->writer().start();
  }
  void die() {
    store_.reset();
    home_.kill();
  }
  Status write(std::function<Status(WriteTransaction&)> evaluate) {
    return submit_and_wait(store_->writer(), WriteClass::kClient, std::move(evaluate));
  }
  void put_some(int items) {
    if (store_->catalog().snapshot()->find("table") == nullptr) {
      ASSERT_TRUE(write([&](WriteTransaction& transaction) {
                    return transaction.catalog().put_table(
                        test_schema(transaction.catalog().new_table_id(), "table"));
                  }).ok());
    }
    const TablePointer table = store_->catalog().snapshot()->find("table");
    for (int i = 0; i < items; ++i) {
      const std::string name = "item" + std::to_string(++items_);
      ASSERT_TRUE(write([&](WriteTransaction& transaction) {
                    return transaction.items().put(*table, test_key(name),
                                                   test_image(name, std::string(1000, 'v')));
                  }).ok());
    }
    ASSERT_TRUE(store_->log().do_upkeep().ok());
  }
  void flush() { ASSERT_TRUE(home_.engine().flush().ok()); }
  void trim_all() {
    flush();
    const log::TrimPlan plan = store_->log().log().plan_trim(
        {.keep_from_ms = clock_.now_ms() + 1, .flushed_through = ok(flushed_through(home_.engine()))});
    ASSERT_NE(plan.through, log::SegmentNumber());
    ASSERT_TRUE(store_->log().trim(plan.through).ok());
  }
  std::map<std::string, std::string> files() {
    std::map<std::string, std::string> all;
    for (const std::string& name : ok(home_.disk().list())) all[name] = home_.disk().contents(name);
    return all;
  }
  void put_files(const std::map<std::string, std::string>& all) {
    for (const std::string& name : ok(home_.disk().list())) ASSERT_TRUE(home_.disk().remove(name).ok());
    for (const auto& [name, contents] : all) {
      ok(home_.disk().create(name));
      home_.disk().set_contents(name, contents);
    }
    ASSERT_TRUE(home_.disk().sync().ok());
  }
  Batch engines_rows() {
    Batch rows;
    for (const Family family : kFamilies) {
      const auto all = home_.engine().iterate(family, {});
      for (all->seek_to_first(); all->valid(); all->next()) {
        rows.put(family, std::string(all->key()), std::string(all->value()));
      }
    }
    return rows;
  }
  std::size_t items_in_store() {
    std::size_t count = 0;
    const auto rows = store_->engine().iterate(Family::kItems, {});
    for (rows->seek_to_first(); rows->valid(); rows->next()) ++count;
    return count;
  }
  // One line, which says where.
  static void expect_refused(const Result<std::unique_ptr<Store>>& opened, const std::string& said) {
    ASSERT_EQ(code_of(opened), ErrorCode::kCorruption);
    EXPECT_THAT(opened.error().message, HasSubstr(said));
    EXPECT_THAT(opened.error().message, Not(HasSubstr("\n")));
  }

  MemoryHome home_;
  int items_ = 0;
  ManualClock clock_{1'800'000'000'000};
  std::unique_ptr<Store> store_;
};

TEST_F(LostParts, AnEngineThatIsGoneIsMadeAgainFromAWholeLog) {
  start();
  put_some(100);
  die();
  home_.lose_engine();
  start();
  EXPECT_EQ(items_in_store(), 100U);
  put_some(1);
}

TEST_F(LostParts, AnEngineThatIsGoneCannotBeMadeAgainFromATrimmedLog) {
  start();
  put_some(100);
  trim_all();
  const log::FrameNumber oldest = store_->log().log().closed_segments()->front()->summary.first_frame;
  die();
  home_.lose_engine();
  expect_refused(open(home_.door()), "the log begins with frame " + std::to_string(oldest.value()));
}

TEST_F(LostParts, AnEngineAheadOfTheLogIsRefused) {
  start();
  put_some(20);
  const auto before = files();
  put_some(20);
  flush();
  die();
  put_files(before);
  expect_refused(open(home_.door()), "the engine is ahead of the log");
}

TEST_F(LostParts, AnOlderEngineCatchesUpWithTheLog) {
  start();
  put_some(20);
  flush();
  put_some(20);  // lost with the process, but for the log
  die();
  start();
  EXPECT_EQ(items_in_store(), 40U);
}

TEST_F(LostParts, AnOlderEngineWhoseFramesAreTrimmedIsRefused) {
  start();
  put_some(20);
  flush();
  const Batch old = engines_rows();
  put_some(60);
  trim_all();
  die();
  home_.lose_engine();
  ASSERT_TRUE(home_.engine().apply(old).ok());
  flush();
  expect_refused(open(home_.door()), "the log begins with frame");
}

TEST_F(LostParts, ALogThatIsGoneIsNotBegunAnew) {
  start();
  put_some(20);
  flush();
  die();
  put_files({});
  expect_refused(open(home_.door()), "the log is missing");
  EXPECT_TRUE(files().empty());
}

TEST_F(LostParts, ALogWithoutItsIdentityIsNotTakenForAnother) {
  start();
  put_some(20);
  die();
  auto left = files();
  left.erase("identity");
  put_files(left);
  expect_refused(open(home_.door()), "identity");
  EXPECT_FALSE(files().contains("identity"));
}

TEST_F(LostParts, AMissingSegmentIsNamed) {
  start();
  put_some(100);
  die();
  auto left = files();
  left.erase(log::segment_name(log::SegmentNumber(3)));
  put_files(left);
  expect_refused(open(home_.door()), "segment 3");
}

TEST_F(LostParts, TheLogOfAnotherStoreIsRefused) {
  start();
  put_some(20);
  flush();
  die();
  MemoryHome other;
  {
    StoreOptions options;
    options.region = RegionId("here");
    const auto store = ok(Store::open(other.door(), options, clock_));
    store->writer().start();
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(submit_and_wait(store->writer(), WriteClass::kClient, [&](WriteTransaction& transaction) {
                    return transaction.catalog().put_table(
                        test_schema(transaction.catalog().new_table_id(), "t" + std::to_string(i)));
                  }).ok());
    }
  }
  expect_refused(open({home_.door().engine, other.share_disk()}), "another frame");
}

}  // namespace
}  // namespace gyre::storage
