// SPDX-License-Identifier: Apache-2.0
#include "core/base/log_line.h"

#include <gtest/gtest.h>

namespace gyre {
namespace {

TEST(LogLine, OrdinaryTextStaysAsItIs) {
  EXPECT_EQ(log_line("PutItem on table/music; keys: Nina, Çağ"), "PutItem on table/music; keys: Nina, Çağ");
  EXPECT_EQ(log_line(""), "");
}

TEST(LogLine, NoTextBeginsALineOfItsOwn) {
  EXPECT_EQ(log_line("a\n12:00:00 error: forged\r\x1b[2J\x7f"),
            "a\\n12:00:00 error: forged\\x0d\\x1b[2J\\x7f");
  EXPECT_EQ(log_line(std::string_view("\0", 1)), "\\x00");
}

TEST(LogLine, LongTextEndsInDotsAndInAWholeCharacter) {
  const std::string longest(kLogLineBytesMax, 'x');
  EXPECT_EQ(log_line(longest), longest);
  EXPECT_EQ(log_line(longest + "y"), longest + "...");
  const std::string before(kLogLineBytesMax - 1, 'x');
  EXPECT_EQ(log_line(before + "é"), before + "...");
}

}  // namespace
}  // namespace gyre
