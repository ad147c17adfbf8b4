// SPDX-License-Identifier: Apache-2.0
#include "core/log/segment_format.h"

#include <gtest/gtest.h>

namespace gyre::log {
namespace {

const SegmentHeader kHeader{.salt = 77, .number = SegmentNumber(12), .incarnation = LogIncarnation(5)};
const Opening kOpening{.epoch = Epoch(4),
                       .term = Term(2),
                       .first_frame = FrameNumber(900),
                       .sequence_before = SequenceNumber(5000),
                       .stamp_before = 70000,
                       .chain_before = 42};

TEST(SegmentFormat, HeaderAndOpeningComeBackAsTheyWere) {
  EXPECT_EQ(decode_segment_header(encode_segment_header(kHeader)).value(), kHeader);
  EXPECT_EQ(decode_opening(encode_opening(kOpening, kHeader), kHeader).value(), kOpening);
}

TEST(SegmentFormat, AnyChangedByteIsNoticed) {
  const std::string header = encode_segment_header(kHeader);
  const std::string opening = encode_opening(kOpening, kHeader);
  for (std::size_t at = 0; at < kSegmentHeaderBytes; ++at) {
    for (const int bit : {0, 6}) {
      std::string damaged = header;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      EXPECT_FALSE(decode_segment_header(damaged).ok()) << at;
      damaged = opening;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      EXPECT_FALSE(decode_opening(damaged, kHeader).ok()) << at;
    }
  }
}

TEST(SegmentFormat, AnOpeningFitsItsOwnSegmentAlone) {
  const std::string opening = encode_opening(kOpening, kHeader);
  SegmentHeader other = kHeader;
  other.salt = 78;
  EXPECT_FALSE(decode_opening(opening, other).ok());
  other = kHeader;
  other.number = SegmentNumber(13);
  EXPECT_FALSE(decode_opening(opening, other).ok());
}

TEST(SegmentFormat, NamesSortAsNumbersDo) {
  EXPECT_EQ(segment_name(SegmentNumber(12)), "0000000000000012.segment");
  EXPECT_LT(segment_name(SegmentNumber(99)), segment_name(SegmentNumber(100)));
  for (const std::uint64_t number : {1ULL, 12ULL, 9'999'999'999'999'999ULL}) {
    EXPECT_EQ(segment_number(segment_name(SegmentNumber(number))), SegmentNumber(number));
  }
  EXPECT_TRUE(is_spare_name(spare_name(3)));
}

TEST(SegmentFormat, OtherNamesAreNoSegments) {
  for (const char* name : {"12.segment", "0000000000000000.segment", "000000000000001x.segment", ".segment",
                           "0000000000000012.spare", "-000000000000001.segment", "0000000000000012.segment2",
                           "99999999999999999999.segment"}) {
    EXPECT_EQ(segment_number(name), std::nullopt) << name;
  }
}

TEST(SegmentFormat, AnErrorSaysWhereItIs) {
  const Error error = at_place(SegmentNumber(3), 1024, FrameNumber(7), Error::corruption("no"));
  EXPECT_EQ(error.message, "segment 3, offset 1024, frame 7: no");
  EXPECT_EQ(error.code, ErrorCode::kCorruption);
}

}  // namespace
}  // namespace gyre::log
