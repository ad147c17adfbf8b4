// SPDX-License-Identifier: Apache-2.0
#include "core/objects/directory_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "core/objects/contract_test.h"
#include "core/objects/memory_store.h"

namespace gyre::objects {
namespace {

using ::testing::HasSubstr;

/// A folder of this test alone.
class Directory {
 public:
  Directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "gyre_objects_XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
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
