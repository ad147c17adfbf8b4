// SPDX-License-Identifier: Apache-2.0
#include "core/objects/directory_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include "core/objects/contract_test.h"
#include "core/objects/memory_store.h"

namespace {

/// What was synced, by its name then.
class Synced {
 public:
  void add(int file) {
    char name[4096];
    const ssize_t size = ::readlink(("/proc/self/fd/" + std::to_string(file)).c_str(), name, sizeof name);
    const std::lock_guard lock(mutex_);
    if (size > 0) names_.emplace(name, static_cast<std::size_t>(size));
  }
  std::set<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(names_, {});
  }

 private:
  std::mutex mutex_;
  std::set<std::string> names_;
};

Synced& synced() {
  static Synced all;
  return all;
}

}  // namespace

// In front of the C library's, in this program.
extern "C" int fsync(int file) {
  synced().add(file);
  return static_cast<int>(::syscall(SYS_fsync, file));
}

namespace gyre::objects {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

/// A folder of this test alone.
class Directory {
 public:
  Directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "gyre_objects_XXXXXX").string();
    path_ = std::filesystem::canonical(::mkdtemp(pattern.data())).string();
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

  std::size_t file_count() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path_))
      count += entry.is_regular_file();
    return count;
  }

 private:
  std::string path_;
};

TEST(DirectoryStore, KeepsTheContract) {
  const Directory directory;
  const auto store = open_directory_store(directory.path()).value();
  check_contract(*store, 3'000'000);
  check_order(*store);
  EXPECT_EQ(directory.file_count(), 0);  // nor is anything left of what was not finished
}

TEST(DirectoryStore, ListsPageByPage) {
  const Directory directory;
  for (const std::string& key : many_keys()) {
    const std::filesystem::path path = directory.path() + "/" + key;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << "1";
  }
  check_pages(*open_directory_store(directory.path()).value());
}

TEST(MemoryStore, KeepsTheContract) {
  MemoryStore store;
  check_contract(store, 3'000'000);
  check_order(store);
  ASSERT_TRUE(store.put("empty", "").ok());
  EXPECT_EQ(store.get("empty", 0, 10).value(), "");
  for (const std::string& key : many_keys()) ASSERT_TRUE(store.put(key, "1").ok());
  check_pages(store);
}

TEST(DirectoryStore, IsThereAfterAReopen) {
  const Directory directory;
  ASSERT_TRUE(open_directory_store(directory.path() + "/").value()->put("a/b", "1").ok());
  EXPECT_EQ(open_directory_store(directory.path()).value()->get("a/b", 0, 9).value(), "1");
  ASSERT_TRUE(open_directory_store(directory.path()).value()->put("empty", "").ok());
  EXPECT_EQ(open_directory_store(directory.path()).value()->get("empty", 0, 9).value(), "");
}

// What a process that was killed left behind is no object.
TEST(DirectoryStore, DoesNotSeeWhatWasNotFinished) {
  const Directory directory;
  const auto store = open_directory_store(directory.path()).value();
  ASSERT_TRUE(store->put("a/b", "1").ok());
  std::ofstream(directory.path() + "/a/.0123456789abcdef") << "half";
  std::ofstream(directory.path() + "/a/not ours") << "x";
  EXPECT_EQ(all_keys(*store, ""), std::vector<std::string>{"a/b"});
}

TEST(DirectoryStore, OfManyWhoCreateOneObjectOneDoes) {
  const Directory directory;
  const auto store = open_directory_store(directory.path()).value();
  std::atomic<int> created = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int key = 0; key < 20; ++key) {
        const auto answer = store->create("k/" + std::to_string(key), std::to_string(i)).value();
        created += answer == Created::kCreated;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(created, 20);
  EXPECT_EQ(directory.file_count(), 20);
}

// Somebody else may have made them, and lost power before he told.
TEST(DirectoryStore, FoldersThatExistAreDurableToo) {
  const Directory directory;
  const std::string root = directory.path() + "/store";
  for (const char* folder : {"", "/a", "/a/b"}) ASSERT_EQ(::mkdir((root + folder).c_str(), 0755), 0);
  synced().take();
  const auto store = open_directory_store(root).value();
  EXPECT_THAT(synced().take(), Contains(directory.path()));
  ASSERT_TRUE(store->put("a/b/c", "1").ok());
  const std::set<std::string> names = synced().take();
  for (const char* folder : {"", "/a", "/a/b"}) EXPECT_THAT(names, Contains(root + folder));
}

// A pipe without a writer keeps whoever opens it waiting.
TEST(DirectoryStore, PipesAreNoObjects) {
  const Directory directory;
  const auto store = open_directory_store(directory.path()).value();
  ASSERT_EQ(::mkfifo((directory.path() + "/pipe").c_str(), 0644), 0);
  EXPECT_EQ(store->get("pipe", 0, 9).error().code, ErrorCode::kResourceNotFound);
  EXPECT_EQ(store->head("pipe").error().code, ErrorCode::kResourceNotFound);
  EXPECT_EQ(all_keys(*store, ""), std::vector<std::string>());
  EXPECT_EQ(store->create("pipe", "1").value(), Created::kExistsAlready);
}

// Neither around in the store without end, nor out of it.
TEST(DirectoryStore, SymbolicLinksAreNotFollowed) {
  const Directory directory;
  const Directory elsewhere;
  std::ofstream(elsewhere.path() + "/secret") << "1";
  const auto store = open_directory_store(directory.path()).value();
  ASSERT_TRUE(store->put("a/b", "1").ok());
  std::filesystem::create_directory_symlink("..", directory.path() + "/a/round");
  std::filesystem::create_directory_symlink(elsewhere.path(), directory.path() + "/out");
  std::filesystem::create_symlink(elsewhere.path() + "/secret", directory.path() + "/file");
  EXPECT_EQ(all_keys(*store, ""), std::vector<std::string>{"a/b"});
  for (const char* key : {"a/round/a/b", "out/secret", "file"}) {
    EXPECT_EQ(store->get(key, 0, 9).error().code, ErrorCode::kResourceNotFound) << key;
    EXPECT_EQ(store->head(key).error().code, ErrorCode::kResourceNotFound) << key;
  }
  EXPECT_FALSE(store->put("out/more", "1").ok());
  EXPECT_FALSE(store->create("a/round/c", "1").ok());
  EXPECT_TRUE(store->remove("out/secret").ok());
  EXPECT_TRUE(std::filesystem::exists(elsewhere.path() + "/secret"));
  EXPECT_EQ(elsewhere.file_count(), 1);
  EXPECT_EQ(all_keys(*store, ""), std::vector<std::string>{"a/b"});
}

TEST(DirectoryStore, ItsOwnFolderMayBeALink) {
  const Directory directory;
  std::filesystem::create_directory(directory.path() + "/there");
  std::filesystem::create_directory_symlink("there", directory.path() + "/here");
  const auto store = open_directory_store(directory.path() + "/here").value();
  ASSERT_TRUE(store->put("a/b", "1").ok());
  EXPECT_EQ(all_keys(*store, ""), std::vector<std::string>{"a/b"});
  EXPECT_TRUE(std::filesystem::exists(directory.path() + "/there/a/b"));
}

TEST(DirectoryStore, ErrorsNameTheFile) {
  const Directory directory;
  const auto store = open_directory_store(directory.path()).value();
  EXPECT_THAT(store->get("a/b", 0, 9).error().message, HasSubstr(directory.path() + "/a/b"));
  ASSERT_TRUE(store->put("a", "1").ok());
  EXPECT_FALSE(store->put("a/b", "1").ok());
  EXPECT_FALSE(open_directory_store(directory.path() + "/a").ok());
  EXPECT_EQ(store->name(), "directory " + directory.path());
}

}  // namespace
}  // namespace gyre::objects
