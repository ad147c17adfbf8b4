// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/reserved_words.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace gyre::expressions {
namespace {

TEST(ReservedWords, Are573AsInDynamoDB) {
  EXPECT_EQ(reserved_words().size(), 573U);
}

TEST(ReservedWords, AreSortedWithoutRepetition) {
  const auto words = reserved_words();
  EXPECT_EQ(std::adjacent_find(words.begin(), words.end(), [](auto a, auto b) { return a >= b; }),
            words.end());
}

TEST(ReservedWords, AreFoundInAnyCase) {
  EXPECT_TRUE(is_reserved_word("ABORT"));
  EXPECT_TRUE(is_reserved_word("name"));
  EXPECT_TRUE(is_reserved_word("Zone"));
  EXPECT_FALSE(is_reserved_word("names2"));
  EXPECT_FALSE(is_reserved_word("pk"));
  EXPECT_FALSE(is_reserved_word(""));
}

}  // namespace
}  // namespace gyre::expressions
