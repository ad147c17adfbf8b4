// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/log/checksums.h"

namespace gyre::log {

/// The leaf of one entry (README.md): the row without its distance, and the stored bytes.
Hash merkle_leaf(std::string_view row_bytes, std::string_view stored_bytes);

/// The root of a Merkle tree as RFC 6962 shapes it, over leaves that come one by one. Holds a hash for each
/// level.
class MerkleTree {
 public:
  void add(const Hash& leaf);
  std::uint64_t size() const { return size_; }
  /// Of what was added so far; of nothing: the hash of nothing.
  Hash root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> complete_;  // of the complete subtrees, the greatest first: one for each bit of size_
};

}  // namespace gyre::log
