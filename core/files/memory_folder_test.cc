// SPDX-License-Identifier: Apache-2.0
#include "core/files/memory_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/random.h"

namespace gyre::files {
namespace {

TEST(MemoryFolder, KeepsFilesByName) {
  const auto folder = make_memory_folder();
  ASSERT_TRUE(folder->create("a").ok());
  EXPECT_FALSE(folder->create("a").ok());
  EXPECT_FALSE(folder->open("b").ok());
  ASSERT_TRUE(folder->open("a").value()->write(0, "hello").ok());
  ASSERT_TRUE(folder->create("z").ok());
  ASSERT_TRUE(folder->rename("a", "z").ok());
  EXPECT_THAT(folder->list().value(), ::testing::ElementsAre("z"));
  const auto held = folder->open("z").value();
  ASSERT_TRUE(folder->remove("z").ok());
  EXPECT_FALSE(folder->remove("z").ok());
  EXPECT_FALSE(folder->rename("z", "a").ok());
  EXPECT_EQ(read_exactly(*held, 0, 5).value(), "hello");
}

TEST(MemoryFolder, AFileIsWhatWasWritten) {
  const auto folder = make_memory_folder();
  const auto file = folder->create("a").value();
  SeededRandom random(1);
  std::string expected;
  for (int i = 0; i < 500; ++i) {
    if (random.below(8) == 0) {
      const std::uint64_t bytes = random.below(400'000);
      ASSERT_TRUE(file->truncate(bytes).ok());
      expected.resize(bytes, '\0');
    } else {
      const std::uint64_t offset = random.below(expected.size() + 1);
      const std::string bytes(random.below(150'000), static_cast<char>('a' + i % 26));
      ASSERT_TRUE(file->write(offset, bytes).ok());
      if (expected.size() < offset + bytes.size()) expected.resize(offset + bytes.size());
      expected.replace(offset, bytes.size(), bytes);
    }
    ASSERT_EQ(file->size().value(), expected.size());
    const std::uint64_t from = random.below(expected.size() + 1);
    std::string seen(random.below(200'000), '\0');
    seen.resize(file->read(from, seen.size(), seen.data()).value());
    ASSERT_TRUE(seen == expected.substr(from, seen.size()));
  }
}

}  // namespace
}  // namespace gyre::files
