// SPDX-License-Identifier: Apache-2.0
#include "cli/archive_key.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "cli/files.h"

namespace gyre::cli {
namespace {

class ArchiveKey : public ::testing::Test {
 protected:
  ArchiveKey() {
    std::string made = (std::filesystem::temp_directory_path() / "gyre-key-XXXXXX").string();
    folder_ = ::mkdtemp(made.data());
    file_ = folder_ + "/archive.key";
  }
  ~ArchiveKey() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
  std::string file_;
};

TEST_F(ArchiveKey, IsMadeOnceAndReadEverAfter) {
  EXPECT_EQ(read_archive_key(file_).error().code, ErrorCode::kResourceNotFound);
  const std::string seed = read_or_make_archive_key(file_).value();
  EXPECT_EQ(seed.size(), 32u);
  EXPECT_EQ(read_or_make_archive_key(file_).value(), seed);
  EXPECT_EQ(read_archive_key(file_).value(), seed);
  struct stat facts{};
  ASSERT_EQ(::stat(file_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  EXPECT_NE(read_or_make_archive_key(folder_ + "/other.key").value(), seed);
}

TEST_F(ArchiveKey, WhatOthersMayReadOrIsNoKeyIsRefusedAndStays) {
  const std::string seed = read_or_make_archive_key(file_).value();
  ASSERT_EQ(::chmod(file_.c_str(), 0640), 0);
  EXPECT_EQ(read_or_make_archive_key(file_).error().code, ErrorCode::kValidation);
  ASSERT_EQ(::chmod(file_.c_str(), 0600), 0);
  EXPECT_EQ(read_archive_key(file_).value(), seed);
  for (const char* text : {"", "12", "zz"}) {
    ASSERT_TRUE(write_file(file_, text).ok());
    ASSERT_EQ(::chmod(file_.c_str(), 0600), 0);
    EXPECT_EQ(read_or_make_archive_key(file_).error().code, ErrorCode::kValidation) << text;
    EXPECT_EQ(read_file(file_).value(), text);
  }
}

TEST_F(ArchiveKey, AFolderThatIsNotThereIsSaid) {
  EXPECT_EQ(read_or_make_archive_key(folder_ + "/none/archive.key").error().code, ErrorCode::kValidation);
}

}  // namespace
}  // namespace gyre::cli
