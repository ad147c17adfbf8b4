// SPDX-License-Identifier: Apache-2.0
#include "core/log/merkle.h"

#include <gtest/gtest.h>

#include <bit>
#include <span>

#include "core/log/entry.h"

namespace gyre::log {
namespace {

// The definition in RFC 6962, section 2.1, word for word.
Hash root_of(std::span<const Hash> leaves) {
  if (leaves.empty()) return hash_of("");
  if (leaves.size() == 1) return leaves[0];
  const std::size_t left = std::bit_floor(leaves.size() - 1);
  return hash_of(std::string(1, '\1')
                     .append(hash_bytes(root_of(leaves.first(left))))
                     .append(hash_bytes(root_of(leaves.subspan(left)))));
}

TEST(Merkle, TheRootIsThatOfTheDefinition) {
  MerkleTree tree;
  std::vector<Hash> leaves;
  for (int i = 0; i < 70; ++i) {
    EXPECT_EQ(tree.root(), root_of(leaves)) << i;
    leaves.push_back(hash_of(std::to_string(i)));
    tree.add(leaves.back());
    EXPECT_EQ(tree.size(), leaves.size());
  }
}

TEST(Merkle, ALeafDependsOnRowAndBytesButNotOnTheirPlace) {
  EntryRow row{
      .head = {.shard = ShardId(1), .sequence = SequenceNumber(2), .ordinal = Ordinal(3), .length = 5},
      .distance = 64};
  const auto leaf = [](const EntryRow& of, std::string_view bytes) {
    char encoded[kRowBytes];
    encode_row(of, encoded);
    return merkle_leaf({encoded, kRowBytes}, bytes);
  };
  const Hash before = leaf(row, "bytes");
  EntryRow moved = row;
  moved.distance = 128;
  EXPECT_EQ(leaf(moved, "bytes"), before);
  EXPECT_NE(leaf(row, "other"), before);
  EntryRow other = row;
  other.head.ordinal = Ordinal(4);
  EXPECT_NE(leaf(other, "bytes"), before);
}

TEST(Merkle, TheHashIsBlake2bOf32Bytes) {
  // b2sum -l 256 of nothing.
  const Hash hash = hash_of("");
  EXPECT_EQ(std::string(hash_bytes(hash).substr(0, 4)), "\x0e\x57\x51\xc0");
}

}  // namespace
}  // namespace gyre::log
