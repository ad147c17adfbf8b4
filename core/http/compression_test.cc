// SPDX-License-Identifier: Apache-2.0
#include "core/http/compression.h"

#include <gtest/gtest.h>

#include <string>

namespace gyre::http {
namespace {

constexpr ContentCoding kGzip = ContentCoding::kGzip;
constexpr ContentCoding kDeflate = ContentCoding::kDeflate;
constexpr std::size_t kMax = 1000;

ErrorCode failure(std::string_view bytes, ContentCoding coding) {
  return decompress(bytes, coding, kMax).error().code;
}

TEST(Compression, WhatIsCompressedComesBack) {
  for (const ContentCoding coding : {kGzip, kDeflate}) {
    for (const std::size_t size : {0, 1, 999, 1000}) {
      const std::string text(size, 'x');
      EXPECT_EQ(decompress(compress(text, coding), coding, kMax).value(), text);
    }
    EXPECT_EQ(failure(compress(std::string(kMax + 1, 'x'), coding), coding), ErrorCode::kRequestTooLarge);
    EXPECT_EQ(failure(compress(std::string(100 * kMax, 'x'), coding), coding), ErrorCode::kRequestTooLarge);
  }
}

TEST(Compression, TheTwoFormatsAreNotMistakenForEachOther) {
  EXPECT_EQ(failure(compress("x", kGzip), kDeflate), ErrorCode::kInternal);
  EXPECT_EQ(failure(compress("x", kDeflate), kGzip), ErrorCode::kInternal);
}

TEST(Compression, DamagedUnfinishedAndMissingInputIsRefused) {
  for (const ContentCoding coding : {kGzip, kDeflate}) {
    const std::string whole = compress("some text, some text", coding);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_EQ(failure(whole.substr(0, size), coding), ErrorCode::kInternal) << size;
    }
    std::string damaged = whole;
    damaged[damaged.size() - 1] ^= 1;  // in the checksum (deflate) or the length (gzip)
    EXPECT_EQ(failure(damaged, coding), ErrorCode::kInternal);
    EXPECT_EQ(failure("{}", coding), ErrorCode::kInternal);
  }
}

TEST(Compression, GzipMembersFollowEachOtherAndTheRestIsIgnored) {
  const std::string two = compress("first ", kGzip) + compress("second", kGzip);
  EXPECT_EQ(decompress(two, kGzip, kMax).value(), "first second");
  EXPECT_EQ(decompress(two + "junk", kGzip, kMax).value(), "first second");
  EXPECT_EQ(failure(two.substr(0, two.size() - 1), kGzip), ErrorCode::kInternal);
  EXPECT_EQ(decompress(compress("first", kDeflate) + compress("second", kDeflate), kDeflate, kMax).value(),
            "first");
  const std::string half(kMax / 2 + 1, 'x');
  EXPECT_EQ(failure(compress(half, kGzip) + compress(half, kGzip), kGzip), ErrorCode::kRequestTooLarge);
}

// 800,000 members that hold nothing: each must cost as little as it brings.
TEST(Compression, EmptyMembersAreNoBomb) {
  const std::string empty = compress("", kGzip);
  std::string bytes;
  while (bytes.size() < 16'000'000) bytes += empty;
  EXPECT_EQ(decompress(bytes, kGzip, 16 << 20).value(), "");
}

}  // namespace
}  // namespace gyre::http
