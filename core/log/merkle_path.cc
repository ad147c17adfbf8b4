// SPDX-License-Identifier: Apache-2.0
#include "core/log/merkle_path.h"

#include <bit>

namespace gyre::log {
namespace {

// How many of `count` leaves are on the left.
std::uint64_t left_of(std::uint64_t count) {
  CHECK(count > 1);
  return std::bit_floor(count - 1);
}

Result<Hash> take_root(std::uint64_t count, const NextLeaf& next) {
  MerkleTree tree;
  for (std::uint64_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(const Hash leaf, next());
    tree.add(leaf);
  }
  return tree.root();
}

Status add_path(std::uint64_t index, std::uint64_t count, const NextLeaf& next, std::vector<Hash>& path) {
  if (count == 1) {
    const Result<Hash> leaf = next();
    return leaf.ok() ? Status() : Status(leaf.error());
  }
  const std::uint64_t left = left_of(count);
  if (index < left) {
    RETURN_IF_ERROR(add_path(index, left, next, path));
    ASSIGN_OR_RETURN(const Hash right_root, take_root(count - left, next));
    path.push_back(right_root);
    return {};
  }
  ASSIGN_OR_RETURN(const Hash left_root, take_root(left, next));
  RETURN_IF_ERROR(add_path(index - left, count - left, next, path));
  path.push_back(left_root);
  return {};
}

// `whole`: the old tree is all of what is on its left so far, so its root is known.
Status add_consistency(std::uint64_t old_count, std::uint64_t count, bool whole, const NextLeaf& next,
                       std::vector<Hash>& path) {
  if (old_count == count) {
    ASSIGN_OR_RETURN(const Hash root, take_root(count, next));
    if (!whole) path.push_back(root);
    return {};
  }
  const std::uint64_t left = left_of(count);
  if (old_count <= left) {
    RETURN_IF_ERROR(add_consistency(old_count, left, whole, next, path));
    ASSIGN_OR_RETURN(const Hash right_root, take_root(count - left, next));
    path.push_back(right_root);
    return {};
  }
  ASSIGN_OR_RETURN(const Hash left_root, take_root(left, next));
  RETURN_IF_ERROR(add_consistency(old_count - left, count - left, false, next, path));
  path.push_back(left_root);
  return {};
}

}  // namespace

Result<std::vector<Hash>> inclusion_path(std::uint64_t index, std::uint64_t count, const NextLeaf& next) {
  CHECK(index < count);
  std::vector<Hash> path;
  RETURN_IF_ERROR(add_path(index, count, next, path));
  return path;
}

Result<std::vector<Hash>> consistency_path(std::uint64_t old_count, std::uint64_t count,
                                           const NextLeaf& next) {
  CHECK(0 < old_count && old_count <= count);
  std::vector<Hash> path;
  RETURN_IF_ERROR(add_consistency(old_count, count, true, next, path));
  return path;
}

std::optional<Hash> root_from_path(const Hash& leaf, std::uint64_t index, std::uint64_t count,
                                   std::span<const Hash> path) {
  if (index >= count) return std::nullopt;
  if (count == 1) return path.empty() ? std::optional(leaf) : std::nullopt;
  if (path.empty()) return std::nullopt;
  const std::uint64_t left = left_of(count);
  const std::span<const Hash> lower = path.first(path.size() - 1);
  const bool is_left = index < left;
  const auto below = is_left ? root_from_path(leaf, index, left, lower)
                             : root_from_path(leaf, index - left, count - left, lower);
  if (!below) return std::nullopt;
  return is_left ? merkle_node(*below, path.back()) : merkle_node(path.back(), *below);
}

namespace {

struct Roots {
  Hash old_root;
  Hash root;
};

std::optional<Roots> roots_from(std::uint64_t old_count, std::uint64_t count, bool whole,
                                const Hash& old_root, std::span<const Hash> path) {
  if (old_count == count) {
    if (path.size() != (whole ? 0 : 1)) return std::nullopt;
    return whole ? Roots{old_root, old_root} : Roots{path[0], path[0]};
  }
  if (path.empty()) return std::nullopt;
  const std::uint64_t left = left_of(count);
  const std::span<const Hash> lower = path.first(path.size() - 1);
  const Hash& other = path.back();
  if (old_count <= left) {
    const auto below = roots_from(old_count, left, whole, old_root, lower);
    if (!below) return std::nullopt;
    return Roots{below->old_root, merkle_node(below->root, other)};
  }
  const auto below = roots_from(old_count - left, count - left, false, old_root, lower);
  if (!below) return std::nullopt;
  return Roots{merkle_node(other, below->old_root), merkle_node(other, below->root)};
}

}  // namespace

bool is_consistent(std::uint64_t old_count, const Hash& old_root, std::uint64_t count, const Hash& root,
                   std::span<const Hash> path) {
  if (old_count == 0 || old_count > count) return false;
  const auto roots = roots_from(old_count, count, true, old_root, path);
  return roots && roots->old_root == old_root && roots->root == root;
}

}  // namespace gyre::log
