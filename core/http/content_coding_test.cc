// SPDX-License-Identifier: Apache-2.0
#include "core/http/content_coding.h"

#include <gtest/gtest.h>

#include <utility>

namespace gyre::http {
namespace {

TEST(ContentCoding, RequestsMayBeGzippedOrDeflatedAndNothingElse) {
  EXPECT_EQ(request_coding(""), ContentCoding::kIdentity);
  EXPECT_EQ(request_coding("identity"), ContentCoding::kIdentity);
  EXPECT_EQ(request_coding("gzip"), ContentCoding::kGzip);
  EXPECT_EQ(request_coding("GZip"), ContentCoding::kGzip);
  EXPECT_EQ(request_coding("deflate"), ContentCoding::kDeflate);
  for (const std::string_view other : {"br", "garbage", "gzip, deflate", "x-gzip", "gzi", "gzipp"}) {
    EXPECT_EQ(request_coding(other), std::nullopt) << other;
  }
}

// What DynamoDB answers to each of these headers, odd ones included.
TEST(ContentCoding, RepliesAreCodedAsDynamoDbChooses) {
  constexpr ContentCoding kNone = ContentCoding::kIdentity;
  constexpr ContentCoding kGzip = ContentCoding::kGzip;
  constexpr ContentCoding kDeflate = ContentCoding::kDeflate;
  constexpr std::pair<std::string_view, ContentCoding> kCases[] = {
      {"", kNone},
      {"identity", kNone},
      {"br", kNone},
      {"x-gzip", kNone},
      {"\"gzip\"", kNone},
      {"gzip br", kNone},
      {"gzip:q=1", kNone},
      {"gzip", kGzip},
      {"deflate", kDeflate},
      {"GZIP, identity", kGzip},
      {"dog, gzip ,, cat", kGzip},
      // The first named of equals.
      {"gzip, deflate", kGzip},
      {"br, identity, deflate, gzip", kDeflate},
      {"gzip;q=31,deflate;q=51", kGzip},
      // The greatest q.
      {"gzip;q=0.8, deflate;q=0.5", kGzip},
      {"deflate;q=0.5, gzip;q=0.2", kDeflate},
      {"br, gzip;q=0, deflate; q = 0.5 , identity;q=0", kDeflate},
      {"gzip;q=0, gzip;q=1, gzip;q=0", kGzip},
      {"br,identity;q=0.5,gzip;q=0.0001", kGzip},
      {"deflate;q=-0.5,gzip;q=0.2", kGzip},
      {"deflate;q=0.5,gzip;q=0.", kDeflate},
      // Zero is a refusal.
      {"gzip ;q=0", kNone},
      {"gzip;q= 0;q=1", kNone},
      {"gzip; q=0;q=1", kNone},
      {"gzip;nq=0;q=1", kNone},
      // What is no number counts as 1, and so does what is greater.
      {"deflate;q=0.5,gzip;q=0.x", kGzip},
      {"deflate;q=0.5,gzip;q=0. x", kGzip},
      {"deflate;q=0.5, gzip;q=31", kGzip},
      {"deflate;q=0.5, gzip;q=1;q=0.2", kGzip},
      {"gzip;q =0;q=1", kGzip},
      // The rest, and the identity.
      {"*", kGzip},
      {"*, identity", kGzip},
      {"*, deflate;q=0.5", kGzip},
      {"*, deflate", kDeflate},
      {"*, gzip;q=0.5", kDeflate},
      {"*;q=0", kNone},
      {"*;q=0.5,identity", kGzip},
      {"identity;q=0", kNone},
      {"gzip;q=0.5,identity;q=0.8", kGzip},
      {"br;q=0.8,identity;q=0.5,*;q=0", kNone},
  };
  for (const auto& [header, coding] : kCases) EXPECT_EQ(reply_coding(header), coding) << header;
}

}  // namespace
}  // namespace gyre::http
