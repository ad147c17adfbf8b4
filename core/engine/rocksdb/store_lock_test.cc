// SPDX-License-Identifier: Apache-2.0
#include "core/engine/rocksdb/store_lock.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/engine/rocksdb/rocksdb_engine.h"
#include "core/engine/testing/results.h"
#include "core/engine/testing/temporary_directory.h"

namespace gyre::storage {
namespace {

namespace fs = std::filesystem;

RocksdbOptions options_of(const std::string& directory) {
  RocksdbOptions options;
  options.directory = directory;
  options.memtable_bytes = 256 * 1024;
  return options;
}

// What can be seen of a file from outside, without the access time.
struct Seen {
  std::string bytes;
  std::array<std::int64_t, 6> facts{};
  bool operator==(const Seen&) const = default;
};
using Folder = std::map<std::string, Seen>;

Folder look_at(const std::string& directory) {
  Folder folder;
  for (const auto& entry : fs::directory_iterator(directory)) {
    struct stat facts{};
    if (::stat(entry.path().c_str(), &facts) != 0) continue;  // its owner has just removed it
    std::ifstream file(entry.path(), std::ios::binary);
    folder[entry.path().filename()] = {
        {std::istreambuf_iterator<char>(file), {}},
        {static_cast<std::int64_t>(facts.st_ino), facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec,
         facts.st_ctim.tv_sec, facts.st_ctim.tv_nsec}};
  }
  struct stat facts{};
  EXPECT_EQ(::stat(directory.c_str(), &facts), 0);
  folder["."].facts = {0, 0, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec, 0, 0};
  return folder;
}

class LockedStore : public testing::Test {
 protected:
  void write_some() {
    for (int i = 0; i < 100; ++i) {
      Batch batch;
      batch.put(Family::kItems, "key" + std::to_string(rows_++), std::string(1000, 'v'));
      ASSERT_TRUE(engine_->apply(batch).ok());
    }
    if (engine_->flush_is_due()) {
      ASSERT_TRUE(engine_->begin_flush().ok());
    }
  }
  void expect_all(const Engine& engine) {
    for (int i = 0; i < rows_; ++i) {
      EXPECT_TRUE(ok(engine.get(Family::kItems, "key" + std::to_string(i), ReadTier::kAll)).has_value()) << i;
    }
  }

  const TemporaryDirectory directory_;
  std::unique_ptr<Engine> engine_ = ok(open_rocksdb(options_of(directory_.path())));
  int rows_ = 0;
};

TEST_F(LockedStore, ARefusedSecondStartChangesNothing) {
  while (rows_ < 500) write_some();
  ASSERT_TRUE(engine_->flush().ok());
  // The first may still have something to do by itself.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  bool changed = true;
  while (changed) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    const Folder before = look_at(directory_.path());
    EXPECT_EQ(code_of(open_rocksdb(options_of(directory_.path()))), ErrorCode::kUnavailable);
    changed = look_at(directory_.path()) != before;
  }
  for (int i = 0; i < 5; ++i) write_some();
  ASSERT_TRUE(engine_->flush().ok());
  // As a kill leaves it.
  const TemporaryDirectory killed;
  fs::copy(directory_.path(), killed.path());
  expect_all(*ok(open_rocksdb(options_of(killed.path()))));
}

TEST(StoreLock, SaysWhichProcessHoldsTheStore) {
  const TemporaryDirectory directory;
  std::array<int, 2> taken{};
  ASSERT_EQ(::pipe(taken.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = StoreLock::take(directory.path());
    if (lock.ok() && ::write(taken[1], "t", 1) == 1) ::pause();
    _exit(1);
  }
  ::close(taken[1]);
  char answer = 0;
  EXPECT_EQ(::read(taken[0], &answer, 1), 1);
  ::close(taken[0]);
  const auto refused = open_rocksdb(options_of(directory.path()));
  ASSERT_EQ(code_of(refused), ErrorCode::kUnavailable);
  EXPECT_EQ(refused.error().message, "the store in " + directory.path() +
                                         " is in use by another process (pid " + std::to_string(child) + ")");
  ::kill(child, SIGKILL);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(open_rocksdb(options_of(directory.path())).ok());
}

TEST(StoreLock, KeepsTwoEnginesOfOneProcessApart) {
  const TemporaryDirectory directory;
  auto first = ok(open_rocksdb(options_of(directory.path())));
  const auto second = open_rocksdb(options_of(directory.path()));
  ASSERT_EQ(code_of(second), ErrorCode::kUnavailable);
  EXPECT_EQ(second.error().message, "the store in " + directory.path() + " is in use by this process");
  // Nor did the attempt take it away from the first.
  EXPECT_EQ(code_of(open_rocksdb(options_of(directory.path()))), ErrorCode::kUnavailable);
  first.reset();
  EXPECT_TRUE(open_rocksdb(options_of(directory.path())).ok());
}

TEST(StoreLock, IsNotInheritedByProgramsThatAreStarted) {
  const TemporaryDirectory directory;
  std::array<int, 2> started{};
  ASSERT_EQ(::pipe2(started.data(), O_CLOEXEC), 0);
  auto lock = std::make_unique<StoreLock>(ok(StoreLock::take(directory.path())));
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl("/bin/sleep", "sleep", "600", nullptr);
    _exit(1);
  }
  ::close(started[1]);
  char none = 0;
  EXPECT_EQ(::read(started[0], &none, 1), 0);  // the end of the pipe: the child has become the other program
  ::close(started[0]);
  lock.reset();
  EXPECT_TRUE(StoreLock::take(directory.path()).ok());
  ::kill(child, SIGKILL);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
}

// Damages the block that RocksDB reads first of each table.
void damage_tables(const std::string& directory) {
  constexpr std::uint64_t kFooterBytes = 53;
  constexpr std::uint64_t kInsideTheBlock = 20;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() != ".sst") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(entry.file_size() - kFooterBytes - kInsideTheBlock));
    file.put('\x55');
  }
}

TEST(StoreLock, ADamagedTableIsNotTakenForAnotherProcess) {
  const TemporaryDirectory directory;
  {
    const auto engine = ok(open_rocksdb(options_of(directory.path())));
    Batch batch;
    batch.put(Family::kItems, "key", "value");
    ASSERT_TRUE(engine->apply(batch).ok());
  }
  damage_tables(directory.path());
  const auto opened = open_rocksdb(options_of(directory.path()));
  ASSERT_EQ(code_of(opened), ErrorCode::kCorruption);
  EXPECT_THAT(opened.error().message, testing::HasSubstr("block checksum"));
  EXPECT_THAT(opened.error().message, testing::Not(testing::HasSubstr("in use")));
}

}  // namespace
}  // namespace gyre::storage
