// SPDX-License-Identifier: Apache-2.0
#include "core/model/version.h"

#include <gtest/gtest.h>

namespace gyre {
namespace {

VersionVector vector_of(std::initializer_list<std::pair<std::uint64_t, HybridTime>> entries) {
  VersionVector vector;
  for (const auto& [incarnation, clock] : entries) vector.observe(IncarnationId(incarnation), clock);
  return vector;
}

Result<VersionVector> read_vector(std::string_view bytes) {
  ByteReader reader(bytes);
  return VersionVector::read(reader);
}

TEST(Version, IsOrderedByClockThenRegion) {
  const Version early{2, RegionId("z")};
  const Version late{4, RegionId("a")};
  EXPECT_LT(early, late);
  EXPECT_LT((Version{4, RegionId("a")}), (Version{4, RegionId("b")}));
}

TEST(Version, ComesBackFromItsBytes) {
  const Version version{hybrid_from_ms(1'700'000'000'123) + 6, RegionId("eu-west-1")};
  std::string bytes;
  append_version(bytes, version);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ByteReader cut(std::string_view(bytes).substr(0, size));
    EXPECT_EQ(read_version(cut).error().code, ErrorCode::kCorruption);
  }
  ByteReader reader(bytes);
  EXPECT_EQ(read_version(reader).value(), version);
  EXPECT_TRUE(reader.at_end());
}

TEST(VersionVector, IsTheSameInWhateverOrderItWasObserved) {
  EXPECT_EQ(vector_of({{3, 10}, {1, 20}, {3, 4}}), vector_of({{1, 20}, {3, 10}}));
  EXPECT_EQ(vector_of({{3, 10}}).clock_of(IncarnationId(3)), 10u);
  EXPECT_EQ(vector_of({{3, 10}}).clock_of(IncarnationId(2)), 0u);
}

TEST(VersionVector, CoversWhatItHasSeenAndNothingElse) {
  const VersionVector newer = vector_of({{1, 20}, {2, 8}});
  EXPECT_TRUE(newer.covers(newer));
  EXPECT_TRUE(newer.covers({}));
  EXPECT_TRUE(newer.covers(vector_of({{1, 18}})));
  EXPECT_FALSE(newer.covers(vector_of({{1, 22}})));
  EXPECT_FALSE(newer.covers(vector_of({{3, 2}})));
  EXPECT_FALSE(VersionVector().covers(newer));
}

TEST(VersionVector, MergeIsTheLeastVectorThatCoversBoth) {
  const VersionVector a = vector_of({{1, 20}, {2, 8}});
  const VersionVector b = vector_of({{2, 12}, {5, 2}});
  VersionVector merged = a;
  merged.merge(b);
  EXPECT_EQ(merged, vector_of({{1, 20}, {2, 12}, {5, 2}}));
  VersionVector other_way = b;
  other_way.merge(a);
  EXPECT_EQ(merged, other_way);
}

TEST(VersionVector, ComesBackFromItsBytesAndRefusesOthers) {
  const VersionVector vector = vector_of({{1, 20}, {2, 8}, {~0ULL, ~0ULL}});
  std::string bytes;
  vector.append(bytes);
  EXPECT_EQ(read_vector(bytes).value(), vector);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(read_vector(std::string_view(bytes).substr(0, size)).error().code, ErrorCode::kCorruption);
  }
  const std::string entry(16, '\x05');
  EXPECT_FALSE(read_vector("\x02" + entry + entry).ok());  // twice the same incarnation
  EXPECT_FALSE(read_vector("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" + entry).ok());  // a count that lies
}

TEST(HybridClock, StampsAreEvenAndStrictlyRising) {
  HybridClock clock;
  HybridTime last = 0;
  for (const std::uint64_t now_ms :
       {1000u, 1000u, 1001u, 500u, 1001u, 2000u}) {  // the wall clock may go back
    const HybridTime stamp = clock.stamp(now_ms);
    EXPECT_GT(stamp, last);
    EXPECT_EQ(stamp % 2, 0u);
    EXPECT_EQ(clock.last(), stamp);
    last = stamp;
  }
  EXPECT_EQ(hybrid_to_ms(last), 2000u);
}

TEST(HybridClock, AStampBeatsWhatItOverwritesOnAnyClock) {
  HybridClock clock;
  const HybridTime stored = hybrid_from_ms(9000);
  EXPECT_EQ(clock.stamp(1000, stored), stored + 2);
  const HybridTime expired = hybrid_from_ms(20'000) + 1;
  EXPECT_EQ(clock.stamp(1000, expired), expired + 3);
}

TEST(HybridClock, LocalWritesComeAfterARemoteStampTakenOver) {
  HybridClock clock(hybrid_from_ms(10));
  clock.observe(hybrid_from_ms(5000) + 1);
  EXPECT_EQ(clock.stamp(1000), hybrid_from_ms(5000) + 4);
  clock.observe(1);
  EXPECT_EQ(clock.last(), hybrid_from_ms(5000) + 4);
}

TEST(HybridClock, GoesOnAfterTheLastStampOfAnEarlierLife) {
  HybridClock clock(hybrid_from_ms(5000));
  EXPECT_EQ(clock.stamp(1000), hybrid_from_ms(5000) + 2);
}

}  // namespace
}  // namespace gyre
