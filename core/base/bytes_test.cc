// SPDX-License-Identifier: Apache-2.0
#include "core/base/bytes.h"

#include <gtest/gtest.h>

#include <limits>

namespace gyre {
namespace {

TEST(Bytes, BigEndianSortsAsNumbersDo) {
  std::string low;
  std::string high;
  append_u64_be(low, 255);
  append_u64_be(high, 256);
  EXPECT_LT(low, high);
  EXPECT_EQ(ByteReader(high).u64_be().value(), 256U);
}

TEST(Bytes, VarintsReadBack) {
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128},
                                    std::uint64_t{1} << 63, std::numeric_limits<std::uint64_t>::max()}) {
    std::string out;
    append_varint(out, value);
    ByteReader reader(out);
    EXPECT_EQ(reader.varint().value(), value);
    EXPECT_TRUE(reader.at_end());
  }
}

TEST(Bytes, VarintRefusesOverlongAndTooLarge) {
  EXPECT_FALSE(ByteReader(std::string_view("\x80\x00", 2)).varint().ok());
  EXPECT_FALSE(ByteReader("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02").varint().ok());
  EXPECT_FALSE(ByteReader("\xff").varint().ok());
}

TEST(Bytes, SizedRefusesALengthPastTheEnd) {
  EXPECT_FALSE(ByteReader(std::string_view("\x05"
                                           "abcd",
                                           5))
                   .sized()
                   .ok());
  EXPECT_FALSE(ByteReader("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01").sized().ok());
  std::string out;
  append_sized(out, "abcd");
  EXPECT_EQ(ByteReader(out).sized().value(), "abcd");
}

}  // namespace
}  // namespace gyre
