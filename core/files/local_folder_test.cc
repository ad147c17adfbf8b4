// SPDX-License-Identifier: Apache-2.0
#include "core/files/local_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <iterator>
#include <thread>

namespace gyre::files {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LocalFolderTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove_all(path_); }
  void TearDown() override { std::filesystem::remove_all(path_); }
  std::unique_ptr<Folder> open() { return open_local_folder(path_).value(); }

  const std::string path_ = ::testing::TempDir() + "gyre_local_folder_" +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(LocalFolderTest, KeepsFiles) {
  {
    const auto folder = open();
    const auto file = folder->create("a").value();
    ASSERT_TRUE(file->write(0, "hello").ok());
    ASSERT_TRUE(file->write(3, "p me").ok());
    EXPECT_EQ(file->size().value(), 7);
    ASSERT_TRUE(file->sync().ok());
    ASSERT_TRUE(folder->sync().ok());
  }
  const auto folder = open();
  EXPECT_THAT(folder->list().value(), ElementsAre("a"));
  const auto file = folder->open("a").value();
  file->prefetch(0, 7);
  EXPECT_EQ(read_exactly(*file, 0, 7).value(), "help me");
  char bytes[10];
  EXPECT_EQ(file->read(5, 10, bytes).value(), 2);
  EXPECT_EQ(file->read(7, 10, bytes).value(), 0);
}

TEST_F(LocalFolderTest, NamesAreTakenOnce) {
  const auto folder = open();
  ASSERT_TRUE(folder->create("a").ok());
  EXPECT_THAT(folder->create("a").error().message, HasSubstr("File exists"));
  EXPECT_THAT(folder->open("b").error().message, HasSubstr("/b: No such file"));
  EXPECT_FALSE(folder->remove("b").ok());
  EXPECT_FALSE(folder->rename("b", "c").ok());
}

TEST_F(LocalFolderTest, RenamesRemovesAndCuts) {
  const auto folder = open();
  const auto file = folder->create("a").value();
  ASSERT_TRUE(folder->create("z").ok());
  ASSERT_TRUE(file->write(0, "12345").ok());
  ASSERT_TRUE(folder->rename("a", "b").ok());
  EXPECT_THAT(folder->list().value(), ElementsAre("b", "z"));
  ASSERT_TRUE(file->truncate(2).ok());
  ASSERT_TRUE(file->truncate(3).ok());
  EXPECT_EQ(read_exactly(*file, 0, 3).value(), std::string("12\0", 3));
  ASSERT_TRUE(folder->remove("b").ok());
  EXPECT_EQ(read_exactly(*file, 0, 2).value(), "12");
}

TEST_F(LocalFolderTest, KnowsOfOtherLinks) {
  const auto folder = open();
  const auto file = folder->create("a").value();
  EXPECT_EQ(file->link_count().value(), 1);
  std::filesystem::create_hard_link(path_ + "/a", path_ + "/b");
  EXPECT_EQ(file->link_count().value(), 2);
}

TEST_F(LocalFolderTest, FollowsTheFolderWhenThatIsRenamed) {
  const auto folder = open();
  std::filesystem::rename(path_, path_ + "_moved");
  EXPECT_TRUE(folder->create("a").ok());
  EXPECT_TRUE(std::filesystem::exists(path_ + "_moved/a"));
  std::filesystem::remove_all(path_ + "_moved");
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST_F(LocalFolderTest, AFileThatRestsIsReadWithoutBeingKeptOpen) {
  const auto folder = open();
  const std::size_t before = open_descriptors();
  const auto file = folder->create("a").value();
  ASSERT_TRUE(file->write(0, "hello").ok());
  ASSERT_TRUE(file->sync().ok());
  EXPECT_EQ(open_descriptors(), before + 1);
  ASSERT_TRUE(folder->rename("a", "b").ok());
  file->rest("b");
  EXPECT_EQ(open_descriptors(), before);
  file->prefetch(0, 5);
  EXPECT_EQ(read_exactly(*file, 1, 4).value(), "ello");
  EXPECT_EQ(file->size().value(), 5);
  EXPECT_EQ(file->link_count().value(), 1);
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(LocalFolderTest, AFileIsWokenByAWriteAndStaysReadableWhenItGoes) {
  const auto folder = open();
  const std::size_t before = open_descriptors();
  const auto file = folder->create("a").value();
  ASSERT_TRUE(file->write(0, "hello").ok());
  file->rest("a");
  ASSERT_TRUE(file->write(0, "j").ok());
  EXPECT_EQ(open_descriptors(), before + 1);
  file->rest("a");
  ASSERT_TRUE(file->wake().ok());
  ASSERT_TRUE(folder->remove("a").ok());
  EXPECT_EQ(read_exactly(*file, 0, 5).value(), "jello");
  const auto gone = folder->create("b").value();
  gone->rest("b");
  ASSERT_TRUE(folder->remove("b").ok());
  EXPECT_THAT(gone->wake().error().message, HasSubstr("/b: No such file"));
  EXPECT_THAT(read_exactly(*gone, 0, 1).error().message, HasSubstr("/b: No such file"));
}

// Readers that found it at rest go on while it is woken and removed.
TEST_F(LocalFolderTest, AFileIsReadWhileItIsWokenAndRemoved) {
  const auto folder = open();
  for (int round = 0; round < 100; ++round) {
    const auto file = folder->create("a").value();
    ASSERT_TRUE(file->write(0, "hello").ok());
    file->rest("a");
    std::atomic<bool> removed = false;
    std::thread reader([&] {
      bool last;
      do {
        last = removed;
        EXPECT_EQ(read_exactly(*file, 0, 5).value(), "hello");
      } while (!last);
    });
    EXPECT_TRUE(file->wake().ok());
    EXPECT_TRUE(folder->remove("a").ok());
    removed = true;
    reader.join();
  }
}

TEST_F(LocalFolderTest, SaysWhatSpaceThereIs) {
  EXPECT_GT(open()->free_bytes().value(), 0);
}

TEST_F(LocalFolderTest, NeedsAParent) {
  EXPECT_THAT(open_local_folder(path_ + "/x/y").error().message, HasSubstr("No such file"));
}

}  // namespace
}  // namespace gyre::files
