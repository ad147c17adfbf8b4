// SPDX-License-Identifier: Apache-2.0
// What a read finds in memory, and how it says that it did not.
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/file_system.h>
#include <sys/uio.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>

#include "core/engine/rocksdb/rocksdb_engine.h"
#include "core/engine/testing/results.h"
#include "core/engine/testing/rows.h"
#include "core/engine/testing/temporary_directory.h"

namespace gyre::storage {
namespace {

namespace fs = std::filesystem;

// A read of tables that finds them in the system's memory, or not.
TableRead read_of_memory(const std::atomic<bool>& in_memory) {
  return [&in_memory](int descriptor, const iovec& part, off_t offset, int flags) -> ssize_t {
    if ((flags & RWF_NOWAIT) == 0 || in_memory) return preadv2(descriptor, &part, 1, offset, 0);
    errno = EAGAIN;
    return -1;
  };
}

TEST(RocksdbEngine, WhatTheSystemHoldsInMemoryIsReadWithoutWaiting) {
  const TemporaryDirectory directory;
  {
    const auto engine = open_disk(directory.path());
    Batch batch;
    for (int i = 0; i < 1000; ++i) {
      batch.put(Family::kItems, std::to_string(1000 + i), std::string(500, 'v'));
    }
    ASSERT_TRUE(engine->apply(batch).ok());
  }
  std::atomic<bool> in_memory = false;
  RocksdbOptions options;
  options.directory = directory.path();
  options.block_cache_bytes = 1;  // each read is one of the file
  options.table_read = read_of_memory(in_memory);
  const auto engine = ok(open_rocksdb(options));
  const auto count_rows = [&]() -> Result<int> {
    const auto rows = engine->iterate(Family::kItems, {.tier = ReadTier::kCache});
    int count = 0;
    for (rows->seek_to_first(); rows->valid(); rows->next()) ++count;
    RETURN_IF_ERROR(rows->status());
    return count;
  };
  const auto read_one = [&] { return engine->get(Family::kItems, "1000", ReadTier::kCache); };
  const auto read_several = [&] {
    return engine->multi_get(Family::kItems, {"1000", "1500"}, ReadTier::kCache, nullptr);
  };
  for (int round = 0; round < 2; ++round) {
    in_memory = false;
    EXPECT_EQ(code_of(read_one()), ErrorCode::kIncomplete);
    for (const auto& row : read_several()) EXPECT_EQ(code_of(row), ErrorCode::kIncomplete);
    EXPECT_EQ(code_of(count_rows()), ErrorCode::kIncomplete);
    EXPECT_EQ(get(*engine, "1000"), std::string(500, 'v')) << "a read that may wait";
    in_memory = true;
    EXPECT_EQ(ok(read_one())->view(), std::string(500, 'v'));
    for (const auto& row : read_several()) EXPECT_EQ(ok(row)->view(), std::string(500, 'v'));
    EXPECT_EQ(ok(count_rows()), 1000);
  }
}

// What the system has in memory is its own affair: an answer without waiting is right, or says that there is
// none.
TEST(RocksdbEngine, WithoutWaitingTheSystemAnswersRightlyOrNotAtAll) {
  const TemporaryDirectory directory;
  put(*open_disk(directory.path()), "key", "value");
  RocksdbOptions options;
  options.directory = directory.path();
  options.block_cache_bytes = 1;
  const auto engine = ok(open_rocksdb(options));
  for (int i = 0; i < 100; ++i) {
    const auto read = engine->get(Family::kItems, "key", ReadTier::kCache);
    if (read.ok()) {
      EXPECT_EQ((*read)->view(), "value");
    } else {
      EXPECT_EQ(code_of(read), ErrorCode::kIncomplete);
    }
  }
}

// Writes the rows of a store anew, in many files below the first level.
void split_tables(const std::string& directory) {
  std::vector<std::string> names;
  ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, directory, &names).ok());
  rocksdb::ColumnFamilyOptions small;
  small.target_file_size_base = 32 * 1024;
  small.compression = rocksdb::kNoCompression;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.emplace_back(name, small);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open({}, directory, families, &handles, &db).ok());
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    rocksdb::CompactRangeOptions whole;
    whole.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    EXPECT_TRUE(db->CompactRange(whole, handle, nullptr, nullptr).ok());
    EXPECT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
  }
  EXPECT_TRUE(db->Close().ok());
  delete db;
}

// RocksDB forgets an error at the first block of a file that follows another.
TEST(RocksdbEngine, AScanOfMemoryNeverEndsAtAFileThatIsNotThere) {
  const TemporaryDirectory directory;
  constexpr int kRows = 200;
  constexpr int kRowsOfABlock = 4;
  {
    const auto engine = open_disk(directory.path());
    Batch batch;
    for (int i = 0; i < kRows; ++i) {
      batch.put(Family::kItems, std::to_string(kRows + i), std::string(4096 / kRowsOfABlock, 'v'));
    }
    ASSERT_TRUE(engine->apply(batch).ok());
  }
  split_tables(directory.path());
  ASSERT_GT(std::count_if(fs::directory_iterator(directory.path()), fs::directory_iterator(),
                          [](const auto& file) { return file.path().extension() == ".sst"; }),
            4);

  RocksdbOptions options;
  options.directory = directory.path();
  options.file_system = rocksdb::FileSystem::Default();
  int incomplete = 0;
  for (const bool forward : {true, false}) {
    for (int warm = 0; warm <= kRows; warm += kRowsOfABlock - 1) {
      const auto engine = ok(open_rocksdb(options));
      const auto scan = [&](ReadTier tier, int rows_max) -> Result<int> {
        const auto rows = engine->iterate(Family::kItems, {.tier = tier});
        forward ? rows->seek_to_first() : rows->seek_to_last();
        int count = 0;
        for (; rows->valid() && count < rows_max; forward ? rows->next() : rows->prev()) ++count;
        RETURN_IF_ERROR(rows->status());
        return count;
      };
      EXPECT_EQ(ok(scan(ReadTier::kAll, warm)), warm);
      const Result<int> from_memory = scan(ReadTier::kCache, kRows + 1);
      if (from_memory.ok()) {
        EXPECT_EQ(*from_memory, kRows) << "with " << warm << " rows in memory";
      } else {
        EXPECT_EQ(code_of(from_memory), ErrorCode::kIncomplete);
        ++incomplete;
      }
    }
  }
  EXPECT_GT(incomplete, kRows / kRowsOfABlock);
}

TEST(RocksdbEngine, AStepPassesOverNoMoreDeletedRowsThanItMay) {
  const TemporaryDirectory directory;
  const auto engine = open_disk(directory.path());
  Batch written;
  Batch deleted;
  for (int i = 1000; i < 2000; ++i) {
    written.put(Family::kItems, std::to_string(i), "value");
    if (i > 1000 && i < 1999) deleted.erase(Family::kItems, std::to_string(i));
  }
  for (const Batch* batch : {&written, &deleted}) {
    ASSERT_TRUE(engine->apply(*batch).ok());
  }
  for (const bool forward : {true, false}) {
    const auto go_through = [&](std::uint64_t skipped_rows_max) {
      const auto rows = engine->iterate(Family::kItems, {.skipped_rows_max = skipped_rows_max});
      int seen = 0;
      for (forward ? rows->seek_to_first() : rows->seek_to_last(); rows->valid();
           forward ? rows->next() : rows->prev()) {
        ++seen;
      }
      return std::pair(seen, rows->status().ok() ? ErrorCode::kInternal : rows->status().error().code);
    };
    EXPECT_EQ(go_through(100), std::pair(1, ErrorCode::kIncomplete));
    EXPECT_EQ(go_through(5000), std::pair(2, ErrorCode::kInternal));
    EXPECT_EQ(go_through(0), std::pair(2, ErrorCode::kInternal));
  }
}

TEST(RocksdbEngine, ColdReadsFromTheCacheAloneAreIncomplete) {
  const TemporaryDirectory directory;
  {
    put(*open_disk(directory.path()), "a", "1");
  }
  // Of files that go through somebody's hands nobody knows what is in memory.
  RocksdbOptions options;
  options.directory = directory.path();
  options.file_system = rocksdb::FileSystem::Default();
  const auto engine = ok(open_rocksdb(options));
  EXPECT_EQ(code_of(engine->get(Family::kItems, "a", ReadTier::kCache)), ErrorCode::kIncomplete);
  auto rows = engine->iterate(Family::kItems, {.tier = ReadTier::kCache});
  rows->seek_to_first();
  EXPECT_FALSE(rows->valid());
  EXPECT_EQ(code_of(rows->status()), ErrorCode::kIncomplete);
  EXPECT_EQ(get(*engine, "a"), "1");
  EXPECT_EQ(ok(engine->get(Family::kItems, "a", ReadTier::kCache))->view(), "1");
}

}  // namespace
}  // namespace gyre::storage
