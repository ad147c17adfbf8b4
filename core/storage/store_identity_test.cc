// SPDX-License-Identifier: Apache-2.0
#include "core/storage/store_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/engine/testing/results.h"
#include "core/files/memory_disk.h"

namespace gyre::storage {
namespace {

class Identity : public ::testing::Test {
 protected:
  Result<StoreIdentity> begin(const std::string& region = "here") {
    return begin_term(disk, RegionId(region), [this] { return random.next(); });
  }

  files::MemoryDisk disk;
  SeededRandom random{1};
};

TEST_F(Identity, IsMadeOnceAndItsTermRisesWithEveryStart) {
  const StoreIdentity first = ok(begin());
  EXPECT_EQ(first.region, RegionId("here"));
  EXPECT_EQ(first.term, log::Term(1));
  EXPECT_NE(first.epoch, Epoch());
  disk.kill();
  const StoreIdentity second = ok(begin());
  EXPECT_EQ(second.epoch, first.epoch);
  EXPECT_EQ(second.incarnation, first.incarnation);
  EXPECT_EQ(second.term, log::Term(2));
}

TEST_F(Identity, IsOfOneRegion) {
  ASSERT_TRUE(begin().ok());
  const auto refused = begin("elsewhere");
  ASSERT_EQ(code_of(refused), ErrorCode::kValidation);
  EXPECT_EQ(refused.error().message, "the store belongs to region here, not to elsewhere");
}

// Each copy of a copy as well.
TEST_F(Identity, ACopyDrawsItsEpochWithItsFirstStart) {
  const StoreIdentity original = ok(begin());
  files::MemoryDisk copy;
  files::MemoryDisk other;
  ASSERT_TRUE(begin_copy(disk, copy).ok());
  ASSERT_TRUE(begin_copy(copy, other).ok());
  const auto start = [this](files::MemoryDisk& at) {
    return ok(begin_term(at, RegionId("here"), [this] { return random.next(); }));
  };
  const StoreIdentity first = start(copy);
  EXPECT_EQ(first.incarnation, original.incarnation);
  EXPECT_EQ(first.region, original.region);
  EXPECT_GT(first.term, original.term);
  EXPECT_NE(first.epoch, Epoch());
  EXPECT_NE(first.epoch, original.epoch);
  EXPECT_NE(start(other).epoch, first.epoch);
  EXPECT_EQ(start(copy).epoch, first.epoch);
}

TEST_F(Identity, NoTermIsGivenTwiceWhereverPowerGoes) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    files::MemoryDisk lossy;
    SeededRandom luck(seed);
    log::Term highest;
    for (int life = 0; life < 6; ++life) {
      if (luck.below(2) == 0) lossy.fail_sync_after(luck.below(3));
      const Result<StoreIdentity> begun =
          begin_term(lossy, RegionId("here"), [&luck] { return luck.next(); });
      if (begun.ok()) {
        EXPECT_GT(begun->term, highest) << "seed " << seed;
        highest = begun->term;
      }
      lossy.crash(luck);
    }
  }
}

TEST_F(Identity, DamageIsNamed) {
  const std::string bytes = encode_identity(ok(begin()));
  EXPECT_EQ(ok(decode_identity(bytes)).term, log::Term(1));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_EQ(code_of(decode_identity(damaged)), ErrorCode::kCorruption) << i;
    EXPECT_EQ(code_of(decode_identity(bytes.substr(0, i))), ErrorCode::kCorruption) << i;
  }
  EXPECT_EQ(code_of(decode_identity(bytes + "x")), ErrorCode::kCorruption);
  disk.flip_byte("identity", 20);
  EXPECT_THAT(begin().error().message, ::testing::HasSubstr("\"identity\" is damaged"));
}

}  // namespace
}  // namespace gyre::storage
