// SPDX-License-Identifier: Apache-2.0
// What a crash leaves of an engine on disk, and which stores are not opened.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <map>

#include "core/base/random.h"
#include "core/engine/rocksdb/rocksdb_engine.h"
#include "core/engine/testing/fault_file_system.h"
#include "core/engine/testing/results.h"
#include "core/engine/testing/rows.h"
#include "core/engine/testing/temporary_directory.h"

namespace gyre::storage {
namespace {

// One batch: its number in all families, behind a range that takes the one before away.
Batch numbered_batch(int number) {
  Batch batch;
  for (const Family family : kFamilies) {
    batch.erase_range(family, "n", "o");
    batch.put(family, "n" + std::to_string(number), std::string(300, 'v'));
    batch.put(family, "last", std::to_string(number));
  }
  return batch;
}

std::string keys_of(Iterator& rows) {
  std::string all;
  for (; rows.valid(); rows.next()) all += rows.key();
  EXPECT_TRUE(rows.status().ok());
  return all;
}

// Which batch the family shows; -1: none.
int number_in(const Engine& engine, Family family) {
  const std::string last = get(engine, "last", family);
  auto rows = engine.iterate(family, {.lower = "n", .upper = "o"});
  rows->seek_to_first();
  EXPECT_EQ(keys_of(*rows), last == "(none)" ? "" : "n" + last);
  return last == "(none)" ? -1 : std::stoi(last);
}

// A crash leaves the state after some batch, the same in all families, and not before the last flush that was
// waited for; also when power goes at any sync of a flush.
TEST(RocksdbEngine, ACrashLeavesTheStateAfterSomeBatch) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    auto directory = std::make_unique<TemporaryDirectory>();
    const auto disk = std::make_shared<FaultFileSystem>(seed);  // shared with RocksDB
    RocksdbOptions options;
    options.flush_on_stop = false;
    options.file_system = disk;
    int number = -1;
    for (int life = 0; life < 3; ++life) {
      options.directory = directory->path();
      auto engine = ok(open_rocksdb(options));
      int waited_for = number;
      for (std::uint64_t batches = 1 + random.below(60); batches > 0; --batches) {
        ASSERT_TRUE(engine->apply(numbered_batch(++number)).ok());
        const std::uint64_t choice = random.below(12);
        if (choice == 0) {
          ASSERT_TRUE(engine->begin_flush().ok());
        }
        if (choice == 1) {
          ASSERT_TRUE(engine->flush().ok());
          waited_for = number;
        }
      }
      if (random.below(6) == 0) {
        disk->fail_after(random.below(20), false);
        (void)engine->flush().ok();
      }
      auto after = std::make_unique<TemporaryDirectory>();
      disk->cut_power(directory->path(), after->path());
      engine.reset();
      directory = std::move(after);
      options.directory = directory->path();
      engine = ok(open_rocksdb(options));
      const int left = number_in(*engine, Family::kCatalog);
      EXPECT_GE(left, waited_for);
      EXPECT_LE(left, number);
      for (const Family family : kFamilies) EXPECT_EQ(number_in(*engine, family), left);
      number = left;
    }
    if (HasFailure()) return;
  }
}

// An engine on a disk that loses power; every family shows the same batch, whatever happened.
class Crash : public ::testing::Test {
 protected:
  void open() {
    options_.directory = directory_->path();
    options_.flush_on_stop = false;
    options_.file_system = disk_;
    engine_ = ok(open_rocksdb(options_));
  }
  void open_copy(std::unique_ptr<TemporaryDirectory> copy) {
    engine_.reset();
    directory_ = std::move(copy);
    open();
  }
  void lose_power() {
    auto after = std::make_unique<TemporaryDirectory>();
    disk_->cut_power(directory_->path(), after->path());
    open_copy(std::move(after));
  }
  std::string get_flushed(const std::string& key) {
    const auto value = ok(engine_->flushed(Family::kCatalog, key));
    return value ? std::string(value->view()) : "(none)";
  }
  int number_in_all_families() {
    const int number = number_in(*engine_, Family::kCatalog);
    for (const Family family : kFamilies) EXPECT_EQ(number_in(*engine_, family), number);
    return number;
  }

  std::unique_ptr<TemporaryDirectory> directory_ = std::make_unique<TemporaryDirectory>();
  std::shared_ptr<FaultFileSystem> disk_ = std::make_shared<FaultFileSystem>(7);  // shared with RocksDB
  RocksdbOptions options_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(Crash, PowerGoesAtAnyCallOfAFlush) {
  bool ended = false;
  std::uint64_t calls = 0;
  for (; !ended && !HasFailure(); ++calls) {
    SCOPED_TRACE("call " + std::to_string(calls));
    directory_ = std::make_unique<TemporaryDirectory>();
    open();
    ASSERT_TRUE(engine_->apply(numbered_batch(1)).ok());
    ASSERT_TRUE(engine_->flush().ok());
    ASSERT_TRUE(engine_->apply(numbered_batch(2)).ok());
    auto copy = std::make_unique<TemporaryDirectory>();
    disk_->cut_power_after(calls, directory_->path(), copy->path());
    ASSERT_TRUE(engine_->flush().ok());
    ended = !disk_->power_was_cut();
    if (ended) {
      lose_power();
    } else {
      open_copy(std::move(copy));
    }
    const int number = number_in_all_families();
    EXPECT_TRUE(number == 2 || (number == 1 && !ended)) << number;
    engine_.reset();
  }
  // Five tables are created, written and synced, and the manifest.
  EXPECT_GT(calls, 16U);
}

// RocksDB flushes by itself when one family has as much in memory as it may.
TEST_F(Crash, OneFamilyThatIsFullTakesTheOthersWithIt) {
  options_.memtable_bytes = 64 * 1024;
  open();
  int number = 0;
  while (number < 2000 && get_flushed("last") == "(none)") {
    Batch batch = numbered_batch(++number);
    batch.put(Family::kItems, "large" + std::to_string(number), std::string(8 * 1024, 'x'));
    ASSERT_TRUE(engine_->apply(batch).ok());
  }
  const std::string flushed = get_flushed("last");
  ASSERT_NE(flushed, "(none)");
  lose_power();
  EXPECT_GE(number_in_all_families(), std::stoi(flushed));
  // All large rows up to that batch, and none behind it.
  const int last = number_in_all_families();
  for (int i = 1; i <= number; ++i) {
    EXPECT_EQ(get(*engine_, "large" + std::to_string(i)) != "(none)", i <= last) << i << " of " << last;
  }
}

// Against a plain map: over flushes, compactions of what was flushed, and losses of power.
TEST_F(Crash, ErasedRangesStayErasedAcrossFlushes) {
  const auto key = [](std::uint64_t number) { return "k" + std::to_string(100 + number); };
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    directory_ = std::make_unique<TemporaryDirectory>();
    open();
    std::map<std::string, std::string> rows;
    for (int step = 0; step < 300; ++step) {
      Batch batch;
      for (std::uint64_t changes = 1 + random.below(4); changes > 0; --changes) {
        const std::string first = key(random.below(100));
        const std::string end = key(random.below(100));
        if (random.below(3) == 0 && first < end) {
          batch.erase_range(Family::kItems, first, end);
          rows.erase(rows.lower_bound(first), rows.lower_bound(end));
        } else {
          const std::string value = std::to_string(step) + std::string(random.below(200), 'v');
          batch.put(Family::kItems, first, value);
          rows[first] = value;
        }
      }
      ASSERT_TRUE(engine_->apply(batch).ok());
      if (random.below(12) == 0) {
        ASSERT_TRUE(engine_->flush().ok());
      }
      if (random.below(60) == 0) {
        ASSERT_TRUE(engine_->flush().ok());
        lose_power();
      }
      if (step % 20 != 0) continue;
      std::map<std::string, std::string> found;
      const auto all = engine_->iterate(Family::kItems, {});
      for (all->seek_to_first(); all->valid(); all->next()) found.emplace(all->key(), all->value());
      ASSERT_EQ(found, rows);
      for (std::uint64_t i = 0; i < 100; ++i) {
        const auto row = rows.find(key(i));
        ASSERT_EQ(get(*engine_, key(i)), row == rows.end() ? "(none)" : row->second);
      }
    }
    engine_.reset();
  }
}

TEST(RocksdbEngine, AStoreOfAnOlderFormatIsRefusedInOneLine) {
  const TemporaryDirectory directory;
  open_disk(directory.path());
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  std::vector<std::string> names;
  ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, directory.path(), &names).ok());
  for (const std::string& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  ASSERT_TRUE(rocksdb::DB::Open({}, directory.path(), families, &handles, &db).ok());
  rocksdb::ColumnFamilyHandle* old = nullptr;
  ASSERT_TRUE(db->CreateColumnFamily({}, "changes", &old).ok());
  handles.push_back(old);
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    EXPECT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
  }
  EXPECT_TRUE(db->Close().ok());
  delete db;
  RocksdbOptions options;
  options.directory = directory.path();
  const auto refused = open_rocksdb(options);
  ASSERT_EQ(code_of(refused), ErrorCode::kValidation);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("older format"));
}

}  // namespace
}  // namespace gyre::storage
