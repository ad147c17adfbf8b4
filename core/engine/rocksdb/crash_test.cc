// SPDX-License-Identifier: Apache-2.0
// What a crash leaves of an engine on disk, and which stores are not opened.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

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
