// SPDX-License-Identifier: Apache-2.0
#include "core/files/local_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

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

TEST_F(LocalFolderTest, SaysWhatSpaceThereIs) {
  EXPECT_GT(open()->free_bytes().value(), 0);
}

TEST_F(LocalFolderTest, NeedsAParent) {
  EXPECT_THAT(open_local_folder(path_ + "/x/y").error().message, HasSubstr("No such file"));
}

}  // namespace
}  // namespace gyre::files
