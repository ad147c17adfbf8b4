// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/check.h"

namespace gyre::storage {

/// A key and its value in one piece of memory. Never changed; shared by trees, and by readers of the value.
class StoredRow {
 public:
  StoredRow(std::string_view key, std::string_view value);
  std::string_view key() const { return {bytes_.get(), key_size_}; }
  std::string_view value() const { return {bytes_.get() + key_size_, value_size_}; }
  /// Keeps the bytes alive.
  std::shared_ptr<const void> holder() const { return bytes_; }

 private:
  std::shared_ptr<const char[]> bytes_;  // shared: see above
  std::uint32_t key_size_;
  std::uint32_t value_size_;
};

class RowNode;

/// A counted reference to a node; nullptr = no node.
class NodePointer {
 public:
  NodePointer() = default;
  explicit NodePointer(RowNode* node) : node_(node) {}  // takes over one count
  NodePointer(const NodePointer& other);
  NodePointer(NodePointer&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  NodePointer& operator=(NodePointer other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~NodePointer();
  RowNode* get() const { return node_; }
  RowNode* operator->() const { return node_; }
  explicit operator bool() const { return node_ != nullptr; }
  /// Hands its count out.
  RowNode* release() { return std::exchange(node_, nullptr); }

 private:
  RowNode* node_ = nullptr;
};

/// Rows in the order of their keys: a balanced (AVL) tree that shares its nodes with the trees it was copied
/// from. A copy costs nothing, and stays as it is: what the tree shares is copied where it changes, O(log n)
/// nodes for each change; what it alone has is changed in place. One thread changes a tree; any number read
/// trees that nobody changes.
class RowTree {
 public:
  std::optional<StoredRow> find(std::string_view key) const;
  /// Keys and values of all rows. O(1).
  std::uint64_t bytes() const;
  /// Keys and values of the rows before `key`. O(log n).
  std::uint64_t bytes_before(std::string_view key) const;
  /// What the rows take in memory, about. O(1).
  std::uint64_t memory_bytes() const;

  /// Of its longest path.
  std::uint32_t levels() const;

  void put(StoredRow row);
  void erase(std::string_view key);
  /// Erases from `first` (inclusive) to `end` (exclusive; empty: to the last row), in O(log n). Answers what
  /// was taken out, which may be large: its owner chooses when to free it.
  [[nodiscard]] RowTree erase_range(std::string_view first, std::string_view end);

  const RowNode* root() const { return root_.get(); }
  NodePointer take_root() && { return std::move(root_); }

 private:
  NodePointer root_;
};

/// Steps over the rows of a tree, which must neither change nor go meanwhile. No step allocates.
class TreeCursor {
 public:
  explicit TreeCursor(const RowTree& tree) : root_(tree.root()) {}
  bool valid() const { return depth_ > 0; }
  const StoredRow& row() const;
  void seek(std::string_view key);           ///< first key >= `key`
  void seek_before(std::string_view key);    ///< last key < `key`
  void seek_for_prev(std::string_view key);  ///< last key <= `key`
  void seek_to_last();
  void next();
  void prev();
  void invalidate() { depth_ = 0; }

 private:
  // An AVL tree of so many levels has more rows than any memory.
  static constexpr std::size_t kDepthMax = 64;

  void push(const RowNode* node);
  void step(bool forward);
  template <class IsCandidate>
  void descend(bool left_of_candidates, IsCandidate&& is_candidate);

  const RowNode* root_;
  std::array<const RowNode*, kDepthMax> path_;  // from the root to where it is
  std::size_t depth_ = 0;                       // 0: nowhere
};

/// Trees that nobody reads any more, freed in small parts: to free a large one at once would hold a thread
/// for long. Any thread.
class TreeDebris {
 public:
  ~TreeDebris();
  void add(RowTree tree);
  /// Frees at most so many nodes.
  void sweep(std::size_t nodes_max);
  /// Whether all is freed that was added before.
  bool empty() const;

 private:
  mutable std::mutex mutex_;
  std::vector<RowNode*> nodes_;  // a count of each is ours
};

}  // namespace gyre::storage
