// SPDX-License-Identifier: Apache-2.0
#include "core/log/merkle.h"

#include <bit>
#include <utility>

#include "core/log/entry.h"

namespace gyre::log {
namespace {

// Leaves and nodes begin differently, so that none can pass for the other.
constexpr std::string_view kLeafPrefix("\0", 1);
constexpr std::string_view kNodePrefix("\1", 1);

}  // namespace

Hash merkle_node(const Hash& left, const Hash& right) {
  return Hasher().add(kNodePrefix).add(hash_bytes(left)).add(hash_bytes(right)).finish();
}

Hash merkle_leaf(std::string_view row_bytes, std::string_view stored_bytes) {
  CHECK(row_bytes.size() == kRowBytes);
  return Hasher().add(kLeafPrefix).add(row_bytes.substr(0, kRowHashedBytes)).add(stored_bytes).finish();
}

void MerkleTree::add(const Hash& leaf) {
  Hash subtree = leaf;
  // As a carry in binary: two complete subtrees of one size become one of twice the size.
  for (std::uint64_t bits = size_; (bits & 1) != 0; bits >>= 1) {
    subtree = merkle_node(complete_.back(), subtree);
    complete_.pop_back();
  }
  complete_.push_back(subtree);
  ++size_;
  CHECK(complete_.size() == static_cast<std::size_t>(std::popcount(size_)));
}

std::optional<MerkleTree> MerkleTree::resume(std::uint64_t size, std::vector<Hash> complete) {
  if (complete.size() != static_cast<std::size_t>(std::popcount(size))) return std::nullopt;
  MerkleTree tree;
  tree.size_ = size;
  tree.complete_ = std::move(complete);
  return tree;
}

Hash MerkleTree::root() const {
  if (complete_.empty()) return hash_of({});
  Hash root = complete_.back();
  for (auto left = complete_.rbegin() + 1; left != complete_.rend(); ++left) root = merkle_node(*left, root);
  return root;
}

}  // namespace gyre::log
