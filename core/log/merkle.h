// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/log/checksums.h"

namespace gyre::log {

/// The leaf of one entry (README.md): the row without its distance, and the stored bytes.
Hash merkle_leaf(std::string_view row_bytes, std::string_view stored_bytes);

/// What is above two nodes.
Hash merkle_node(const Hash& left, const Hash& right);

/// The root of a Merkle tree as RFC 6962 shapes it, over leaves that come one by one. Holds a hash for each
/// level.
class MerkleTree {
 public:
  void add(const Hash& leaf);
  std::uint64_t size() const { return size_; }
  /// Of what was added so far; of nothing: the hash of nothing.
  Hash root() const;

  /// The roots of the complete subtrees, the greatest first: all that is needed to go on.
  const std::vector<Hash>& complete() const { return complete_; }
  /// A tree that goes on; nullopt if these are not as many as `size` leaves make.
  static std::optional<MerkleTree> resume(std::uint64_t size, std::vector<Hash> complete);

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> complete_;  // of the complete subtrees, the greatest first: one for each bit of size_
};

}  // namespace gyre::log
