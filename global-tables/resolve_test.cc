// SPDX-License-Identifier: Apache-2.0
#include "global-tables/resolve.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace gyre::global_tables {
namespace {

using storage::StoredItem;
using storage::VersionedWrite;

VersionVector vector_of(std::initializer_list<std::pair<std::uint64_t, HybridTime>> entries) {
  VersionVector vector;
  for (const auto& [incarnation, clock] : entries) vector.observe(IncarnationId(incarnation), clock);
  return vector;
}

VersionedWrite write(HybridTime clock, const std::string& region, VersionVector vector,
                     std::optional<std::string> image) {
  VersionedWrite result;
  result.image = std::move(image);
  result.version = Version{clock, RegionId(region)};
  result.vector = std::move(vector);
  return result;
}

// What the applier does with a resolution; answers what was decided.
Resolved apply(StoredItem& stored, const VersionedWrite& incoming) {
  Resolved resolved = resolve(incoming, stored);
  if (resolved.resolution == Resolution::kSupersede || resolved.resolution == Resolution::kConflictWon) {
    stored.image = incoming.image;
    stored.version = incoming.version;
  }
  if (resolved.resolution != Resolution::kStale) stored.vector = resolved.merged;
  return resolved;
}

TEST(Resolve, FirstWriteSupersedesNothing) {
  StoredItem stored;
  EXPECT_EQ(apply(stored, write(2, "a", vector_of({{1, 2}}), "x")).resolution, Resolution::kSupersede);
  EXPECT_EQ(stored.image, "x");
}

TEST(Resolve, WriteThatHasSeenTheStoredOneSupersedes) {
  StoredItem stored;
  apply(stored, write(2, "a", vector_of({{1, 2}}), "x"));
  EXPECT_EQ(apply(stored, write(4, "b", vector_of({{1, 2}, {2, 4}}), "y")).resolution,
            Resolution::kSupersede);
  EXPECT_EQ(apply(stored, write(2, "a", vector_of({{1, 2}}), "x")).resolution, Resolution::kStale);
  EXPECT_EQ(stored.image, "y");
}

TEST(Resolve, ConcurrentWritesConflictOnceAndTheGreaterVersionStands) {
  StoredItem stored;
  const VersionedWrite a = write(2, "a", vector_of({{1, 2}}), "x");
  const VersionedWrite b = write(4, "b", vector_of({{2, 4}}), "y");
  apply(stored, a);
  EXPECT_EQ(apply(stored, b).resolution, Resolution::kConflictWon);
  EXPECT_EQ(apply(stored, a).resolution, Resolution::kStale);
  EXPECT_EQ(apply(stored, b).resolution, Resolution::kStale);

  StoredItem other;
  apply(other, b);
  EXPECT_EQ(apply(other, a).resolution, Resolution::kConflictLost);
  EXPECT_EQ(other.image, stored.image);
  EXPECT_EQ(other.vector, stored.vector);
}

TEST(Resolve, WhatTheStandingWriteHadMergedMakesNoConflictWithItsSuccessor) {
  StoredItem stored;
  const VersionedWrite lesser = write(2, "a", vector_of({{1, 2}}), "x");
  const VersionedWrite standing = write(4, "b", vector_of({{2, 4}}), "y");
  const VersionedWrite successor = write(6, "c", vector_of({{2, 4}, {3, 6}}), "z");
  apply(stored, standing);
  EXPECT_EQ(apply(stored, lesser).resolution, Resolution::kConflictLost);
  const Resolved resolved = apply(stored, successor);
  EXPECT_EQ(resolved.resolution, Resolution::kSupersede);
  EXPECT_EQ(resolved.merged, vector_of({{1, 2}, {2, 4}, {3, 6}}));

  // The other way round: the write that was seen comes late, with what it has merged elsewhere.
  StoredItem other;
  apply(other, successor);
  const VersionedWrite late = write(4, "b", vector_of({{1, 2}, {2, 4}}), "y");
  EXPECT_EQ(apply(other, late).resolution, Resolution::kMergeVector);
}

TEST(Resolve, EqualClocksAreDecidedByRegion) {
  StoredItem stored;
  apply(stored, write(4, "b", vector_of({{2, 4}}), "y"));
  EXPECT_EQ(apply(stored, write(4, "a", vector_of({{1, 4}}), "x")).resolution, Resolution::kConflictLost);
}

TEST(Resolve, OneStampWithTwoContentsRaisesAnAlarmAndEndsTheSameEverywhere) {
  const VersionedWrite a = write(2, "a", vector_of({{1, 2}}), "x");
  const VersionedWrite b = write(2, "a", vector_of({{1, 2}}), "y");
  StoredItem first, second;
  apply(first, a);
  EXPECT_TRUE(apply(first, b).diverged);
  apply(second, b);
  EXPECT_TRUE(apply(second, a).diverged);
  EXPECT_EQ(first.image, second.image);
}

TEST(Resolve, ExpiryLosesToAConcurrentRefreshWithoutAConflict) {
  StoredItem stored;
  apply(stored, write(2, "a", vector_of({{1, 2}}), "x"));
  apply(stored, write(3, "", vector_of({{1, 3}}), std::nullopt));  // expired here
  const VersionedWrite refresh = write(8, "b", vector_of({{1, 2}, {2, 8}}), "fresh");
  EXPECT_EQ(apply(stored, refresh).resolution, Resolution::kSupersede);
  EXPECT_EQ(stored.image, "fresh");
  EXPECT_EQ(apply(stored, write(3, "", vector_of({{1, 2}, {2, 3}}), std::nullopt)).resolution,
            Resolution::kStale);
}

TEST(Resolve, TheSameExpiryOfTwoRegionsIsOneWrite) {
  StoredItem stored;
  apply(stored, write(3, "", vector_of({{1, 3}}), std::nullopt));
  const Resolved resolved = apply(stored, write(3, "", vector_of({{1, 2}, {2, 3}}), std::nullopt));
  EXPECT_EQ(resolved.resolution, Resolution::kMergeVector);
  EXPECT_FALSE(resolved.diverged);
}

// Writes of any shape, also such as no correct region makes: stamps that collide, vectors that lie.
std::vector<VersionedWrite> any_writes(std::mt19937_64& random) {
  std::vector<VersionedWrite> writes(1 + random() % 8);
  for (VersionedWrite& each : writes) {
    each.version = Version{1 + random() % 6, RegionId(std::string(1, static_cast<char>('a' + random() % 3)))};
    for (std::uint64_t i = random() % 4; i > 0; --i)
      each.vector.observe(IncarnationId(1 + random() % 3), random() % 6);
    if (random() % 3 != 0) each.image = std::string(1, static_cast<char>('p' + random() % 4));
  }
  return writes;
}

TEST(Resolve, AnyOrderOfAnyWritesWithDuplicatesEndsInTheSameItemVersionAndVector) {
  std::mt19937_64 random(20261121);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<VersionedWrite> writes = any_writes(random);
    StoredItem first, second;
    for (const VersionedWrite& each : writes) apply(first, each);
    for (std::uint64_t i = random() % 5; i > 0; --i) writes.push_back(writes[random() % writes.size()]);
    std::shuffle(writes.begin(), writes.end(), random);
    for (const VersionedWrite& each : writes) apply(second, each);
    ASSERT_EQ(first.image, second.image) << round;
    ASSERT_EQ(first.version, second.version) << round;
    ASSERT_EQ(first.vector, second.vector) << round;
  }
}

TEST(Resolve, IsAssociative) {
  std::mt19937_64 random(7);
  const auto as_write = [](const StoredItem& item) {
    VersionedWrite result;
    result.image = item.image;
    result.version = item.version;
    result.vector = item.vector;
    return result;
  };
  for (int round = 0; round < 5'000; ++round) {
    const std::vector<VersionedWrite> left = any_writes(random), right = any_writes(random);
    StoredItem together, a, b;
    for (const VersionedWrite& each : left) apply(together, each), apply(a, each);
    for (const VersionedWrite& each : right) apply(together, each), apply(b, each);
    apply(a, as_write(b));
    ASSERT_EQ(together.image, a.image);
    ASSERT_EQ(together.version, a.version);
    ASSERT_EQ(together.vector, a.vector);
  }
}

}  // namespace
}  // namespace gyre::global_tables
