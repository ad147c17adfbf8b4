// SPDX-License-Identifier: Apache-2.0
#include "core/storage/local_backup.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "core/files/local_folder.h"
#include "core/storage/harness_test.h"
#include "core/storage/local_home.h"
#include "core/storage/log_trimming.h"
#include "core/storage/read_view.h"

namespace gyre::storage {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

constexpr std::uint64_t kBackupSegmentBytes = 16 * 1024;

/// Stores in folders of a test.
class LocalBackupTest : public ::testing::Test {
 protected:
  std::unique_ptr<Store> open(const std::string& directory) {
    RocksdbOptions rocksdb;
    rocksdb.directory = directory;
    StoreOptions options;
    options.region = RegionId("here");
    options.log.segment_bytes = kBackupSegmentBytes;
    auto store = ok(Store::open(ok(open_local_home(rocksdb)), options, clock_));
    store->start();
    return store;
  }
  std::string path(const std::string& name) const { return root_.path() + "/" + name; }
  /// Has the copy under a name of its own, as its owner would.
  std::string moved(const LocalBackup& backup, const std::string& name) {
    fs::rename(backup.directory, path(name));
    return path(name);
  }

  static Status put(Store& store, const std::string& name, const std::string& value) {
    return submit_and_wait(store.writer(), WriteClass::kClient, [&](WriteTransaction& transaction) -> Status {
      TablePointer table = transaction.catalog().find("orders");
      if (table == nullptr) return Error::resource_not_found("orders");
      return transaction.items().put(*table, test_key(name), test_image(name, value));
    });
  }
  static void create_table(Store& store) {
    EXPECT_TRUE(submit_and_wait(store.writer(), WriteClass::kClient, [&](WriteTransaction& transaction) {
                  return transaction.catalog().put_table(
                      test_schema(transaction.catalog().new_table_id(), "orders"));
                }).ok());
  }

  /// All rows of the engine.
  static std::map<std::string, std::string> rows(const Engine& engine) {
    std::map<std::string, std::string> found;
    for (const Family family : kFamilies) {
      const auto at = engine.iterate(family, {});
      for (at->seek_to_first(); at->valid(); at->next())
        found[std::to_string(index_of(family)) + std::string(at->key())] = at->value();
      EXPECT_TRUE(at->status().ok());
    }
    return found;
  }
  static std::vector<std::string> records(const log::Log& log) {
    std::vector<std::string> found;
    log::FrameStream stream = log.stream({}, log::Contents::kChecked);
    while (const auto next = ok(stream.next())) {
      for (std::size_t i = 0; i < next->frame.view.entry_count(); ++i)
        found.emplace_back(next->frame.view.entry(i).bytes);
    }
    return found;
  }

  const TemporaryDirectory root_;
  const SystemClock clock_;
};

TEST_F(LocalBackupTest, ACopyHasAllThatWasThere) {
  const auto store = open(path("data"));
  create_table(*store);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(put(*store, std::to_string(i), std::string(500, 'x')).ok());
  const log::FramePosition last = store->log().log().last();
  const LocalBackup backup = ok(make_local_backup(*store, path("data")));
  EXPECT_EQ(backup.directory, path("data") + "/backup");
  EXPECT_EQ(backup.frame, last.frame);
  EXPECT_EQ(backup.sequence, last.sequence);
  const auto expected = rows(store->engine());
  const auto expected_records = records(store->log().log());
  const std::string place = moved(backup, "copy");
  ASSERT_TRUE(put(*store, "later", "1").ok());
  {
    const auto copy = open(place);
    EXPECT_EQ(copy->log().log().last().frame, last.frame);
    EXPECT_EQ(rows(copy->engine()), expected);
    EXPECT_EQ(records(copy->log().log()), expected_records);
    // Each goes on by itself.
    ASSERT_TRUE(put(*copy, "5", "copy").ok());
    ASSERT_TRUE(put(*store, "5", "original").ok());
  }
  EXPECT_EQ(records(store->log().log()).size(), expected_records.size() + 2);
  EXPECT_EQ(records(open(place)->log().log()).size(), expected_records.size() + 1);
}

// What readers know of one life does not hold in another one; and a copy may be started on several times.
TEST_F(LocalBackupTest, EachStartOnACopyIsInAnEpochOfItsOwn) {
  const auto store = open(path("data"));
  create_table(*store);
  const std::string place = moved(ok(make_local_backup(*store, path("data"))), "copy");
  fs::copy(place, path("other"), fs::copy_options::recursive);
  std::set<Epoch> epochs{store->epoch()};
  const Epoch first = open(place)->epoch();
  epochs.insert(first);
  epochs.insert(open(path("other"))->epoch());
  EXPECT_EQ(epochs.size(), 3);
  // From then on it keeps it.
  EXPECT_EQ(open(place)->epoch(), first);
}

// Of each writer the copy has all up to some write, and at least what was acknowledged before.
TEST_F(LocalBackupTest, UnderLoadACopyIsTheStoreAsItWasOnce) {
  constexpr int kWriters = 3;
  constexpr int kBackups = 4;
  const auto store = open(path("data"));
  create_table(*store);
  std::array<std::atomic<int>, kWriters> acknowledged{};
  std::atomic<bool> stopping = false;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 1; !stopping; ++i) {
        const std::string name = std::to_string(writer) + "/" + std::to_string(i);
        if (!put(*store, name, std::string(300, 'x')).ok()) return;
        acknowledged[writer] = i;
      }
    });
  }
  std::vector<std::array<int, kWriters>> before;
  for (int backup = 0; backup < kBackups; ++backup) {
    while (acknowledged[0] < 30 * (backup + 1)) std::this_thread::yield();
    if (backup % 2 == 1) store->request_flush();
    auto& then = before.emplace_back();
    for (int writer = 0; writer < kWriters; ++writer) then[writer] = acknowledged[writer];
    moved(ok(make_local_backup(*store, path("data"))), "copy" + std::to_string(backup));
  }
  stopping = true;
  for (std::thread& writer : writers) writer.join();
  const auto all = records(store->log().log());
  for (int backup = 0; backup < kBackups; ++backup) {
    const auto copy = open(path("copy" + std::to_string(backup)));
    const auto own = records(copy->log().log());
    ASSERT_LE(own.size(), all.size());
    EXPECT_TRUE(std::equal(own.begin(), own.end(), all.begin()));
    const TablePointer table = copy->catalog().snapshot()->find("orders");
    std::size_t items = 0;
    for (int writer = 0; writer < kWriters; ++writer) {
      int there = 0;
      const auto has = [&](int i) {
        const std::string name = std::to_string(writer) + "/" + std::to_string(i);
        return ok(copy->engine().get(Family::kItems, item_row(table->schema.id, test_key(name)),
                                     ReadTier::kAll))
            .has_value();
      };
      while (has(there + 1)) ++there;
      EXPECT_GE(there, before[backup][writer]);
      items += there;
    }
    EXPECT_EQ(copy->writer().counts(table->schema.id).items.rows, items);
  }
}

TEST_F(LocalBackupTest, ThePartsOfALogThatWasTrimmedAreEnough) {
  const auto store = open(path("data"));
  create_table(*store);
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(put(*store, std::to_string(i), std::string(500, 'x')).ok());
  ASSERT_TRUE(store->close_segment().ok());
  ASSERT_TRUE(store->log().do_upkeep().ok());
  ASSERT_TRUE(store->engine().flush().ok());
  const auto trimming = make_log_trimming(*store, {.log_bytes_max = 3 * kBackupSegmentBytes});
  UpkeepPlan plan = ok(trimming->plan());
  ASSERT_FALSE(plan.steps.empty());
  for (const auto& step : plan.steps) ASSERT_TRUE(step.take().ok());
  const auto expected = rows(store->engine());
  const auto copy = open(moved(ok(make_local_backup(*store, path("data"))), "copy"));
  EXPECT_EQ(rows(copy->engine()), expected);
  // Numbers go on where they were.
  const auto heads = [](Store& of) {
    std::vector<Ordinal> ordinals;
    for (const ShardDescriptor& shard : of.catalog().snapshot()->find("orders")->shards)
      ordinals.push_back(of.writer().head(shard.id)->ordinal);
    return ordinals;
  };
  EXPECT_EQ(heads(*copy), heads(*store));
}

// Segments that are about to be linked stay.
TEST_F(LocalBackupTest, TrimmingWaits) {
  const auto store = open(path("data"));
  create_table(*store);
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(put(*store, std::to_string(i), std::string(500, 'x')).ok());
  ASSERT_TRUE(store->close_segment().ok());
  ASSERT_TRUE(store->log().do_upkeep().ok());
  const auto first = store->log().log().closed_segments()->front()->number();
  auto held = store->log().hold_trimming();
  std::promise<Status> trimmed;
  std::thread trimmer([&] { trimmed.set_value(store->log().trim(first)); });
  // Upkeep and appends go on meanwhile.
  ASSERT_TRUE(put(*store, "a", "1").ok());
  ASSERT_TRUE(store->log().do_upkeep().ok());
  EXPECT_EQ(store->log().log().closed_segments()->front()->number(), first);
  held.unlock();
  EXPECT_TRUE(trimmed.get_future().get().ok());
  trimmer.join();
  EXPECT_GT(store->log().log().closed_segments()->front()->number(), first);
}

TEST_F(LocalBackupTest, WhatAnEarlierOneLeftGoes) {
  const auto store = open(path("data"));
  create_table(*store);
  const LocalBackup left = ok(make_local_backup(*store, path("data")));
  std::ofstream(left.directory + "/mark") << "x";
  {
    // Unless somebody copies it.
    const int held = ::open(left.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ASSERT_EQ(::flock(held, LOCK_EX), 0);
    const auto refused = make_local_backup(*store, path("data"));
    EXPECT_EQ(code_of(refused), ErrorCode::kValidation);
    EXPECT_THAT(refused.error().message, HasSubstr("an earlier backup is still being copied out of"));
    EXPECT_TRUE(fs::exists(left.directory + "/mark"));
    ::close(held);
  }
  EXPECT_EQ(ok(make_local_backup(*store, path("data"))).directory, left.directory);
  EXPECT_FALSE(fs::exists(left.directory + "/mark"));
}

TEST_F(LocalBackupTest, AStartRemovesWhatWasLeft) {
  std::string left;
  {
    const auto store = open(path("data"));
    left = ok(make_local_backup(*store, path("data"))).directory;
  }
  fs::create_directory(left + ".tmp");
  open(path("data"));
  EXPECT_FALSE(fs::exists(left));
  EXPECT_FALSE(fs::exists(left + ".tmp"));
}

TEST_F(LocalBackupTest, NothingStaysOfOneThatFailed) {
  const auto store = open(path("data"));
  create_table(*store);
  // It is in the way of the copy's log.
  const std::string segment = path("data/log/") + log::segment_name(log::SegmentNumber(1));
  ASSERT_TRUE(store->close_segment().ok());
  ASSERT_TRUE(store->log().do_upkeep().ok());
  fs::rename(segment, segment + ".away");
  EXPECT_FALSE(make_local_backup(*store, path("data")).ok());
  EXPECT_FALSE(fs::exists(path("data/backup")));
  fs::rename(segment + ".away", segment);
  EXPECT_TRUE(make_local_backup(*store, path("data")).ok());
}

TEST_F(LocalBackupTest, OneAtATimeOnAThreadOfItsOwn) {
  const auto store = open(path("data"));
  create_table(*store);
  LocalBackups backups(*store, path("data"));
  std::promise<Status> second;
  std::promise<Result<LocalBackup>> first;
  {
    // The first one waits here.
    const auto held = store->log().hold_trimming();
    ASSERT_TRUE(backups.begin([&](Result<LocalBackup> made) { first.set_value(std::move(made)); }).ok());
    EXPECT_EQ(code_of(backups.begin([](const Result<LocalBackup>&) { FAIL(); })), ErrorCode::kValidation);
  }
  EXPECT_TRUE(first.get_future().get().ok());
  ASSERT_TRUE(backups
                  .begin([&](const Result<LocalBackup>& made) {
                    second.set_value(made.ok() ? Status() : Status(made.error()));
                  })
                  .ok());
  backups.stop();
  EXPECT_TRUE(second.get_future().get().ok());
  EXPECT_EQ(code_of(backups.begin([](const Result<LocalBackup>&) { FAIL(); })), ErrorCode::kValidation);
  LocalBackups none(*store, "");
  const Status refused = none.begin([](const Result<LocalBackup>&) { FAIL(); });
  EXPECT_THAT(refused.error().message, HasSubstr("in memory"));
}

}  // namespace
}  // namespace gyre::storage
