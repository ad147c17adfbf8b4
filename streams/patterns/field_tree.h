// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/base/work.h"
#include "streams/patterns/value_matching.h"

namespace gyre::streams {

/// A field of a pattern takes at least eight characters of its text, but for the last comma: `"a":[1],`. One
/// with an empty name takes seven, but no object has two of these.
inline constexpr std::size_t kFieldTestsMax = limits::kEventPatternCharactersMax / 8;
using TestSet = std::bitset<kFieldTestsMax>;

/// One field of a pattern and what it may be: any one of the alternatives.
struct FieldTest {
  std::string path;  ///< the names from the record down, with dots between them
  std::vector<ValueTest> alternatives;

  bool matches(const LeafValue& value) const;
  /// What matches() costs at most.
  std::uint64_t units(const LeafValue& value) const;
  /// True if the record may be without the field.
  bool may_be_absent() const;
};

/// The fields of a pattern as a tree, by which a record is walked: what leads to no field is skipped. As at
/// AWS, a name with dots is as good as the names between them. A value; pure.
class FieldTree {
 public:
  struct Node {
    std::vector<std::pair<std::string, std::uint32_t>> children;  ///< by name
    std::vector<std::uint32_t> tests;                             ///< of the field that ends here
    TestSet here_and_below;
  };

  /// A test that holds if its field has no value, and where that field is.
  struct AbsentTest {
    std::uint32_t test;
    std::uint32_t node;
  };

  explicit FieldTree(const std::vector<FieldTest>& tests);

  const Node& root() const { return nodes_[0]; }
  /// Where a name leads; nullptr: to no field. Each part of the name is counted.
  const Node* step(const Node& from, std::string_view name, Work& work) const;
  const std::vector<AbsentTest>& absent_tests() const { return absent_tests_; }
  std::size_t index_of(const Node& node) const { return static_cast<std::size_t>(&node - nodes_.data()); }
  std::size_t size() const { return nodes_.size(); }

 private:
  std::uint32_t child(std::uint32_t from, std::string_view segment);

  std::vector<Node> nodes_;
  std::vector<AbsentTest> absent_tests_;
};

}  // namespace gyre::streams
