// SPDX-License-Identifier: Apache-2.0
#include "core/engine/memory/row_tree.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <tuple>

namespace gyre::storage {

/// One row and what is below it, which `height`, `rows` and `bytes` count in. Whoever has the only reference
/// to a node, and to all nodes above it, may change it.
class RowNode {
 public:
  explicit RowNode(StoredRow row_in) : row(std::move(row_in)) {}
  RowNode(const RowNode& other)
      : height(other.height),
        rows(other.rows),
        bytes(other.bytes),
        left(other.left),
        right(other.right),
        row(other.row) {}

  std::atomic<std::uint32_t> references{1};
  std::uint32_t height = 1;
  std::uint64_t rows = 1;
  std::uint64_t bytes = 0;
  NodePointer left;
  NodePointer right;
  StoredRow row;
};

namespace {

// Beside its key and value: a node, the head of the row, and what the allocator rounds up.
constexpr std::uint64_t kRowOverheadBytes = 128;

std::uint32_t height(const NodePointer& node) {
  return node ? node->height : 0;
}

std::uint64_t bytes_of(const RowNode* node) {
  return node != nullptr ? node->bytes : 0;
}

std::uint64_t rows_of(const NodePointer& node) {
  return node ? node->rows : 0;
}

std::uint64_t bytes_of(const StoredRow& row) {
  return row.key().size() + row.value().size();
}

// A node of ours alone with the same content: itself, or a copy.
NodePointer own(NodePointer node) {
  if (node->references.load(std::memory_order_acquire) == 1) return node;
  return NodePointer(new RowNode(*node.get()));
}

// After its children changed.
void update(RowNode& node) {
  node.height = 1 + std::max(height(node.left), height(node.right));
  node.rows = 1 + rows_of(node.left) + rows_of(node.right);
  node.bytes = bytes_of(node.row) + bytes_of(node.left.get()) + bytes_of(node.right.get());
}

// Each takes a node that is ours, and answers the one that is now in its place.

NodePointer rotated_right(NodePointer node) {
  NodePointer top = own(std::move(node->left));
  node->left = std::move(top->right);
  update(*node.get());
  top->right = std::move(node);
  update(*top.get());
  return top;
}

NodePointer rotated_left(NodePointer node) {
  NodePointer top = own(std::move(node->right));
  node->right = std::move(top->left);
  update(*node.get());
  top->left = std::move(node);
  update(*top.get());
  return top;
}

// The heights of its children differ by two at most.
NodePointer balanced(NodePointer node) {
  const std::uint32_t left = height(node->left);
  const std::uint32_t right = height(node->right);
  if (left > right + 1) {
    if (height(node->left->right) > height(node->left->left)) {
      node->left = rotated_left(own(std::move(node->left)));
    }
    return rotated_right(std::move(node));
  }
  if (right > left + 1) {
    if (height(node->right->left) > height(node->right->right)) {
      node->right = rotated_right(own(std::move(node->right)));
    }
    return rotated_left(std::move(node));
  }
  update(*node.get());
  return node;
}

// All of `left` is before `middle`, which is ours, and all of `right` behind it. O(difference of the
// heights).
NodePointer joined(NodePointer left, NodePointer middle, NodePointer right) {
  if (height(left) > height(right) + 1) {
    left = own(std::move(left));
    left->right = joined(std::move(left->right), std::move(middle), std::move(right));
    return balanced(std::move(left));
  }
  if (height(right) > height(left) + 1) {
    right = own(std::move(right));
    right->left = joined(std::move(left), std::move(middle), std::move(right->left));
    return balanced(std::move(right));
  }
  middle->left = std::move(left);
  middle->right = std::move(right);
  update(*middle.get());
  return middle;
}

// Takes the last node out of `tree`, as one of ours.
NodePointer take_last(NodePointer& tree) {
  tree = own(std::move(tree));
  if (tree->right) {
    NodePointer last = take_last(tree->right);
    tree = balanced(std::move(tree));
    return last;
  }
  NodePointer last = std::move(tree);
  tree = std::move(last->left);
  return last;
}

NodePointer joined(NodePointer left, NodePointer right) {
  if (!left) return right;
  NodePointer middle = take_last(left);
  return joined(std::move(left), std::move(middle), std::move(right));
}

NodePointer with(NodePointer tree, StoredRow row) {
  if (!tree) {
    NodePointer leaf(new RowNode(std::move(row)));
    update(*leaf.get());
    return leaf;
  }
  tree = own(std::move(tree));
  const auto order = row.key() <=> tree->row.key();
  if (order == 0) {
    tree->row = std::move(row);
    update(*tree.get());
    return tree;
  }
  NodePointer& side = order < 0 ? tree->left : tree->right;
  side = with(std::move(side), std::move(row));
  return balanced(std::move(tree));
}

NodePointer without(NodePointer tree, std::string_view key) {
  CHECK(tree);  // whoever erases has looked
  tree = own(std::move(tree));
  const auto order = key <=> tree->row.key();
  if (order == 0) return joined(std::move(tree->left), std::move(tree->right));
  NodePointer& side = order < 0 ? tree->left : tree->right;
  side = without(std::move(side), key);
  return balanced(std::move(tree));
}

// What is before `key`, and the rest.
std::pair<NodePointer, NodePointer> split(NodePointer tree, std::string_view key) {
  if (!tree) return {};
  tree = own(std::move(tree));
  NodePointer left = std::move(tree->left);
  NodePointer right = std::move(tree->right);
  if (tree->row.key() < key) {
    auto [before, rest] = split(std::move(right), key);
    return {joined(std::move(left), std::move(tree), std::move(before)), std::move(rest)};
  }
  auto [before, rest] = split(std::move(left), key);
  return {std::move(before), joined(std::move(rest), std::move(tree), std::move(right))};
}

const RowNode* find_node(const RowNode* node, std::string_view key) {
  while (node != nullptr) {
    const auto order = key <=> node->row.key();
    if (order == 0) return node;
    node = order < 0 ? node->left.get() : node->right.get();
  }
  return nullptr;
}

}  // namespace

StoredRow::StoredRow(std::string_view key, std::string_view value)
    : key_size_(static_cast<std::uint32_t>(key.size())),
      value_size_(static_cast<std::uint32_t>(value.size())) {
  CHECK(key.size() <= std::numeric_limits<std::uint32_t>::max());
  CHECK(value.size() <= std::numeric_limits<std::uint32_t>::max());
  const auto bytes = std::make_shared_for_overwrite<char[]>(key.size() + value.size());
  std::copy(key.begin(), key.end(), bytes.get());
  std::copy(value.begin(), value.end(), bytes.get() + key.size());
  bytes_ = bytes;
}

NodePointer::NodePointer(const NodePointer& other) : node_(other.node_) {
  if (node_ != nullptr) node_->references.fetch_add(1, std::memory_order_relaxed);
}

NodePointer::~NodePointer() {
  if (node_ != nullptr && node_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete node_;
}

std::optional<StoredRow> RowTree::find(std::string_view key) const {
  const RowNode* const node = find_node(root_.get(), key);
  if (node == nullptr) return std::nullopt;
  return node->row;
}

std::uint64_t RowTree::bytes() const {
  return bytes_of(root_.get());
}

std::uint64_t RowTree::bytes_before(std::string_view key) const {
  std::uint64_t bytes = 0;
  for (const RowNode* node = root_.get(); node != nullptr;) {
    if (node->row.key() < key) {
      bytes += node->bytes - bytes_of(node->right.get());
      node = node->right.get();
    } else {
      node = node->left.get();
    }
  }
  return bytes;
}

std::uint64_t RowTree::memory_bytes() const {
  return bytes() + rows_of(root_) * kRowOverheadBytes;
}

std::uint32_t RowTree::levels() const {
  return height(root_);
}

void RowTree::put(StoredRow row) {
  root_ = with(std::move(root_), std::move(row));
}

void RowTree::erase(std::string_view key) {
  if (find_node(root_.get(), key) == nullptr) return;  // nothing is copied for it
  root_ = without(std::move(root_), key);
}

RowTree RowTree::erase_range(std::string_view first, std::string_view end) {
  RowTree taken;
  if (!end.empty() && end <= first) return taken;
  auto [before, rest] = split(std::move(root_), first);
  NodePointer behind;
  if (!end.empty()) std::tie(rest, behind) = split(std::move(rest), end);
  root_ = joined(std::move(before), std::move(behind));
  taken.root_ = std::move(rest);
  return taken;
}

const StoredRow& TreeCursor::row() const {
  CHECK(valid());
  return path_[depth_ - 1]->row;
}

void TreeCursor::push(const RowNode* node) {
  CHECK(depth_ < kDepthMax);
  path_[depth_++] = node;
}

// To the candidate that is farthest on the side where it looks on: candidates are all rows on one side of
// some key.
template <class IsCandidate>
void TreeCursor::descend(bool left_of_candidates, IsCandidate&& is_candidate) {
  depth_ = 0;
  std::size_t found = 0;
  for (const RowNode* node = root_; node != nullptr;) {
    push(node);
    const bool candidate = is_candidate(node->row.key());
    if (candidate) found = depth_;
    node = candidate == left_of_candidates ? node->left.get() : node->right.get();
  }
  depth_ = found;
}

void TreeCursor::seek(std::string_view key) {
  descend(true, [key](std::string_view other) { return other >= key; });
}

void TreeCursor::seek_before(std::string_view key) {
  descend(false, [key](std::string_view other) { return other < key; });
}

void TreeCursor::seek_for_prev(std::string_view key) {
  descend(false, [key](std::string_view other) { return other <= key; });
}

void TreeCursor::seek_to_last() {
  descend(false, [](std::string_view) { return true; });
}

void TreeCursor::step(bool forward) {
  CHECK(valid());
  const RowNode* node = path_[depth_ - 1];
  const auto ahead = [forward](const RowNode* of) { return forward ? of->right.get() : of->left.get(); };
  const auto behind = [forward](const RowNode* of) { return forward ? of->left.get() : of->right.get(); };
  if (const RowNode* below = ahead(node)) {
    for (; below != nullptr; below = behind(below)) push(below);
    return;
  }
  // Up, until it comes from the side that lies behind.
  for (--depth_; depth_ > 0 && ahead(path_[depth_ - 1]) == node; --depth_) node = path_[depth_ - 1];
}

void TreeCursor::next() {
  step(true);
}

void TreeCursor::prev() {
  step(false);
}

TreeDebris::~TreeDebris() {
  sweep(std::numeric_limits<std::size_t>::max());
}

void TreeDebris::add(RowTree tree) {
  RowNode* const root = std::move(tree).take_root().release();
  if (root == nullptr) return;
  const std::lock_guard lock(mutex_);
  nodes_.push_back(root);
}

void TreeDebris::sweep(std::size_t nodes_max) {
  std::vector<RowNode*> ours;
  {
    const std::lock_guard lock(mutex_);
    ours.swap(nodes_);
  }
  while (!ours.empty() && nodes_max > 0) {
    RowNode* const node = ours.back();
    ours.pop_back();
    if (node->references.fetch_sub(1, std::memory_order_acq_rel) != 1) continue;  // somebody else's as well
    for (NodePointer* child : {&node->left, &node->right}) {
      if (RowNode* const below = child->release()) ours.push_back(below);
    }
    delete node;
    --nodes_max;
  }
  if (ours.empty()) return;
  const std::lock_guard lock(mutex_);
  nodes_.insert(nodes_.end(), ours.begin(), ours.end());
}

bool TreeDebris::empty() const {
  const std::lock_guard lock(mutex_);
  return nodes_.empty();
}

}  // namespace gyre::storage
