// SPDX-License-Identifier: Apache-2.0
#include "core/files/memory_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace gyre::files {
namespace {

using ::testing::ElementsAre;

std::shared_ptr<File> durable_file(MemoryDisk& disk, const std::string& name, std::string_view bytes) {
  auto file = disk.create(name).value();
  EXPECT_TRUE(file->write(0, bytes).ok() && file->sync().ok() && disk.sync().ok());
  return file;
}

TEST(MemoryDisk, WhatWasSyncedSurvivesEveryCrash) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    MemoryDisk disk;
    durable_file(disk, "a", "synced");
    SeededRandom random(seed);
    disk.crash(random);
    EXPECT_EQ(disk.contents("a"), "synced");
  }
}

TEST(MemoryDisk, EachAtomIsOldOrNewByItself) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    MemoryDisk disk;
    const auto file = durable_file(disk, "a", std::string(1536, '0'));
    ASSERT_TRUE(file->write(0, std::string(1536, '1')).ok());
    SeededRandom random(seed);
    disk.crash(random);
    const std::string after = disk.contents("a");
    for (std::size_t at = 0; at < 1536; ++at) ASSERT_EQ(after[at], after[at / 512 * 512]);
    seen.insert({after[0], after[512], after[1024]});
  }
  EXPECT_EQ(seen.size(), 8);
}

TEST(MemoryDisk, AnAtomMayHaveAStateBetween) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    MemoryDisk disk;
    const auto file = durable_file(disk, "a", "00");
    ASSERT_TRUE(file->write(0, "1").ok());
    ASSERT_TRUE(file->write(1, "1").ok());
    SeededRandom random(seed);
    disk.crash(random);
    seen.insert(disk.contents("a"));
  }
  EXPECT_THAT(seen, ElementsAre("00", "10", "11"));
}

TEST(MemoryDisk, NamesThatWereNotSyncedMayBeLost) {
  std::set<std::vector<std::string>> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    MemoryDisk disk;
    durable_file(disk, "a", "a");
    ASSERT_TRUE(disk.rename("a", "b").ok());
    ASSERT_TRUE(disk.create("c").ok());
    SeededRandom random(seed);
    disk.crash(random);
    seen.insert(disk.list().value());
  }
  EXPECT_EQ(seen.size(), 4);
}

TEST(MemoryDisk, LengthsThatWereNotSyncedMayBeLost) {
  std::set<std::size_t> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    MemoryDisk disk;
    const auto file = durable_file(disk, "a", "12345");
    ASSERT_TRUE(file->truncate(2).ok());
    SeededRandom random(seed);
    disk.crash(random);
    seen.insert(disk.contents("a").size());
  }
  EXPECT_THAT(seen, ElementsAre(2, 5));
}

TEST(MemoryDisk, AKillLosesNothingButASecondSyncIsStillNeeded) {
  MemoryDisk disk;
  auto file = durable_file(disk, "a", "old");
  ASSERT_TRUE(file->write(0, "new").ok());
  disk.kill();
  EXPECT_FALSE(file->write(0, "x").ok());
  char bytes[3];
  EXPECT_EQ(disk.open("a").value()->read(0, 3, bytes).value(), 3);
  EXPECT_EQ(std::string(bytes, 3), "new");
  std::set<std::string> seen;
  SeededRandom random(1);
  disk.crash(random);
  EXPECT_THAT(disk.contents("a"), ::testing::AnyOf("old", "new"));
}

TEST(MemoryDisk, ASyncAfterAFailedOneProvesNothing) {
  std::set<std::string> seen;
  for (std::uint64_t before = 0; before < 20; ++before) {
    MemoryDisk disk;
    const auto file = durable_file(disk, "a", "old");
    for (std::uint64_t i = 0; i < before; ++i) ASSERT_TRUE(disk.sync().ok());
    ASSERT_TRUE(file->write(0, "new").ok());
    disk.fail_sync_after(0);
    EXPECT_FALSE(file->sync().ok());
    EXPECT_TRUE(file->sync().ok());
    SeededRandom random(1);
    disk.crash(random);
    seen.insert(disk.contents("a"));
  }
  EXPECT_THAT(seen, ElementsAre("new", "old"));
}

TEST(MemoryDisk, AFullDiskTakesNothingMore) {
  MemoryDisk disk;
  const auto file = durable_file(disk, "a", "1234");
  disk.set_capacity(6);
  EXPECT_EQ(disk.free_bytes().value(), 2);
  EXPECT_EQ(file->write(4, "567").error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(file->write(0, "abcd").ok());
  EXPECT_TRUE(file->write(4, "ef").ok());
}

TEST(MemoryDisk, ARemovedFileStaysReadable) {
  MemoryDisk disk;
  const auto file = durable_file(disk, "a", "1234");
  EXPECT_EQ(file->link_count().value(), 1);
  ASSERT_TRUE(disk.remove("a").ok());
  EXPECT_EQ(file->link_count().value(), 0);
  EXPECT_EQ(read_exactly(*file, 1, 3).value(), "234");
  EXPECT_EQ(read_exactly(*file, 2, 3).error().code, ErrorCode::kCorruption);
}

}  // namespace
}  // namespace gyre::files
