// SPDX-License-Identifier: Apache-2.0
#include "cli/files.h"

#include <gtest/gtest.h>

namespace gyre::cli {
namespace {

TEST(Files, AnEmptyFileIsRead) {
  const std::string name = ::testing::TempDir() + "/files_test_empty";
  ASSERT_TRUE(write_file(name, "").ok());
  const auto text = read_file(name);
  ASSERT_TRUE(text.ok()) << text.error().message;
  EXPECT_EQ(*text, "");
}

TEST(Files, ALargeFileIsReadWhole) {
  const std::string name = ::testing::TempDir() + "/files_test_large";
  const std::string large(100'000, 'x');
  ASSERT_TRUE(write_file(name, large).ok());
  EXPECT_EQ(*read_file(name), large);
}

TEST(Files, WhatCannotBeReadSaysWhy) {
  EXPECT_EQ(read_file("/nonexistent").error().message, "cannot read /nonexistent: No such file or directory");
  EXPECT_EQ(read_file("/proc").error().message, "cannot read /proc: Is a directory");
}

}  // namespace
}  // namespace gyre::cli
