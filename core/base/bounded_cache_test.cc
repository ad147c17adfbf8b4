// SPDX-License-Identifier: Apache-2.0
#include "core/base/bounded_cache.h"

#include <gtest/gtest.h>

namespace gyre {
namespace {

std::shared_ptr<const int> number(int value) {
  return std::make_shared<const int>(value);
}

TEST(BoundedCache, FindsWhatWasPutLastByAKey) {
  BoundedCache<int> cache(10, 10'000);
  EXPECT_EQ(cache.find("a"), nullptr);
  cache.put("a", number(1), 1);
  cache.put("b", number(2), 1);
  cache.put("a", number(3), 1);
  EXPECT_EQ(*cache.find("a"), 3);
  EXPECT_EQ(*cache.find("b"), 2);
  EXPECT_EQ(cache.size(), 2u);
}

TEST(BoundedCache, DropsWhatWasNotAskedForLongest) {
  BoundedCache<int> cache(2, 10'000);
  cache.put("a", number(1), 1);
  cache.put("b", number(2), 1);
  EXPECT_NE(cache.find("a"), nullptr);
  cache.put("c", number(3), 1);
  EXPECT_EQ(cache.find("b"), nullptr);
  EXPECT_NE(cache.find("a"), nullptr);
  EXPECT_NE(cache.find("c"), nullptr);
}

TEST(BoundedCache, HoldsNoMoreBytesThanItMay) {
  BoundedCache<int> cache(100, 1000);
  for (int i = 0; i < 100; ++i) {
    cache.put(std::to_string(i), number(i), 300);
    EXPECT_LE(cache.bytes(), 1000u);
  }
  EXPECT_GE(cache.size(), 1u);
  EXPECT_NE(cache.find("99"), nullptr);
}

TEST(BoundedCache, WhatIsTooLargeForItIsNotKeptAndPushesNothingOut) {
  BoundedCache<int> cache(100, 1000);
  cache.put("a", number(1), 300);
  cache.put("large", number(0), 300);
  cache.put("large", number(0), 2000);
  EXPECT_EQ(cache.find("large"), nullptr);
  EXPECT_NE(cache.find("a"), nullptr);
  EXPECT_EQ(cache.size(), 1u);
}

TEST(BoundedCache, WhatIsDroppedLivesOnWhereItIsInUse) {
  BoundedCache<int> cache(1, 10'000);
  cache.put("a", number(1), 1);
  const std::shared_ptr<const int> found = cache.find("a");
  cache.put("b", number(2), 1);
  EXPECT_EQ(*found, 1);
}

}  // namespace
}  // namespace gyre
