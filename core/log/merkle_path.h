// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/log/merkle.h"

namespace gyre::log {

// Proofs about Merkle trees, as RFC 6962 shapes them (sections 2.1.1 and 2.1.2). Leaves come one by one, from
// the first to the last; memory is a hash for each level.

/// The next leaf, or why it cannot be had.
using NextLeaf = std::function<Result<Hash>()>;

/// The hashes that lead from leaf `index` to the root over `count` leaves, the lowest first. index < count.
Result<std::vector<Hash>> inclusion_path(std::uint64_t index, std::uint64_t count, const NextLeaf& next);
/// The hashes that show that the tree over `count` leaves begins with that over `old_count`.
/// 0 < old_count <= count.
Result<std::vector<Hash>> consistency_path(std::uint64_t old_count, std::uint64_t count,
                                           const NextLeaf& next);

/// The root that an inclusion path leads to; nullopt if it has not the length that it must have.
std::optional<Hash> root_from_path(const Hash& leaf, std::uint64_t index, std::uint64_t count,
                                   std::span<const Hash> path);
/// Whether a consistency path leads from one root to the other.
bool is_consistent(std::uint64_t old_count, const Hash& old_root, std::uint64_t count, const Hash& root,
                   std::span<const Hash> path);

}  // namespace gyre::log
