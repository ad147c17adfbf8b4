// SPDX-License-Identifier: Apache-2.0
#include "core/json/utf8.h"

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace gyre::json {
namespace {

TEST(Utf8, LeavesTextAsItIs) {
  for (const std::string text : {"", "plain", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x8E\x89", "a\tb"}) {
    EXPECT_EQ(to_utf8(text), text);
  }
}

TEST(Utf8, ReplacesEachByteThatBelongsToNoCharacter) {
  EXPECT_EQ(to_utf8("a\xFF\x62"), "a\xEF\xBF\xBD\x62");
  EXPECT_EQ(to_utf8("\xC3"), "\xEF\xBF\xBD");
  EXPECT_EQ(to_utf8("\xC3\xA9\xC3"), "\xC3\xA9\xEF\xBF\xBD");
  EXPECT_EQ(to_utf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD") << "half a surrogate pair";
  EXPECT_EQ(to_utf8("\xC0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD") << "more bytes than its character needs";
}

TEST(Utf8, MakesTextOfAnyBytes) {
  SeededRandom random(5);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random.below(20), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.next());
    EXPECT_TRUE(is_utf8(to_utf8(bytes)));
  }
}

}  // namespace
}  // namespace gyre::json
