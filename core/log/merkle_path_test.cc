// SPDX-License-Identifier: Apache-2.0
#include "core/log/merkle_path.h"

#include <gtest/gtest.h>

#include <string>

namespace gyre::log {
namespace {

Hash leaf_of(std::uint64_t index) {
  return hash_of(std::to_string(index));
}
NextLeaf leaves() {
  return [next = std::uint64_t{0}]() mutable -> Result<Hash> { return leaf_of(next++); };
}
Hash root_of(std::uint64_t count) {
  MerkleTree tree;
  for (std::uint64_t i = 0; i < count; ++i) tree.add(leaf_of(i));
  return tree.root();
}

TEST(MerklePath, LeadsFromEachLeafToTheRoot) {
  for (std::uint64_t count = 1; count <= 40; ++count) {
    for (std::uint64_t index = 0; index < count; ++index) {
      const std::vector<Hash> path = inclusion_path(index, count, leaves()).value();
      EXPECT_EQ(root_from_path(leaf_of(index), index, count, path), root_of(count))
          << index << " of " << count;
      EXPECT_NE(root_from_path(leaf_of(index + 1), index, count, path), root_of(count));
      if (count > 1) {
        EXPECT_NE(root_from_path(leaf_of(index), (index + 1) % count, count, path), root_of(count));
      }
      std::vector<Hash> longer = path;
      longer.push_back(leaf_of(0));
      EXPECT_FALSE(root_from_path(leaf_of(index), index, count, longer));
    }
  }
}

TEST(MerklePath, ShowsThatOneTreeBeginsWithAnother) {
  for (std::uint64_t count = 1; count <= 40; ++count) {
    for (std::uint64_t old_count = 1; old_count <= count; ++old_count) {
      const std::vector<Hash> path = consistency_path(old_count, count, leaves()).value();
      EXPECT_TRUE(is_consistent(old_count, root_of(old_count), count, root_of(count), path));
      EXPECT_FALSE(is_consistent(old_count, leaf_of(99), count, root_of(count), path));
      EXPECT_FALSE(is_consistent(old_count, root_of(old_count), count, leaf_of(99), path));
      for (std::size_t i = 0; i < path.size(); ++i) {
        std::vector<Hash> wrong = path;
        wrong[i] = leaf_of(99);
        EXPECT_FALSE(is_consistent(old_count, root_of(old_count), count, root_of(count), wrong));
      }
    }
  }
}

TEST(MerklePath, ALeafThatCannotBeHadIsAnError) {
  const NextLeaf none = [next = 0]() mutable -> Result<Hash> {
    if (next == 3) return Error::internal("gone");
    return leaf_of(static_cast<std::uint64_t>(next++));
  };
  EXPECT_FALSE(inclusion_path(1, 5, none).ok());
  EXPECT_FALSE(consistency_path(2, 5, none).ok());
}

TEST(MerkleTree, GoesOnFromItsCompleteSubtrees) {
  MerkleTree tree;
  for (std::uint64_t count = 0; count <= 40; ++count) {
    const std::optional<MerkleTree> resumed = MerkleTree::resume(tree.size(), tree.complete());
    ASSERT_TRUE(resumed);
    EXPECT_EQ(resumed->root(), root_of(count));
    tree = *resumed;
    tree.add(leaf_of(count));
  }
  EXPECT_FALSE(MerkleTree::resume(3, {leaf_of(0)}));
}

}  // namespace
}  // namespace gyre::log
