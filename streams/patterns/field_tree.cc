// SPDX-License-Identifier: Apache-2.0
#include "streams/patterns/field_tree.h"

#include <algorithm>
#include <numeric>

#include "core/base/check.h"

namespace gyre::streams {
namespace {

// Takes what stands before the first dot, and the dot. False once nothing is left.
class Segments {
 public:
  explicit Segments(std::string_view path) : rest_(path) {}
  bool next(std::string_view& segment) {
    if (done_) return false;
    const std::size_t dot = rest_.find('.');
    segment = rest_.substr(0, dot);
    done_ = dot == std::string_view::npos;
    if (!done_) rest_.remove_prefix(dot + 1);
    return true;
  }

 private:
  std::string_view rest_;
  bool done_ = false;
};

template <class Children>
auto find_child(Children& children, std::string_view segment) {
  return std::lower_bound(children.begin(), children.end(), segment,
                          [](const auto& child, std::string_view name) { return child.first < name; });
}

}  // namespace

bool FieldTest::matches(const LeafValue& value) const {
  return std::any_of(alternatives.begin(), alternatives.end(),
                     [&](const ValueTest& test) { return test.matches(value); });
}

std::uint64_t FieldTest::units(const LeafValue& value) const {
  return std::accumulate(alternatives.begin(), alternatives.end(), std::uint64_t{0},
                         [&](std::uint64_t sum, const ValueTest& test) { return sum + test.units(value); });
}

bool FieldTest::may_be_absent() const {
  return std::any_of(alternatives.begin(), alternatives.end(),
                     [](const ValueTest& test) { return test.op == ValueTest::Operator::kAbsent; });
}

FieldTree::FieldTree(const std::vector<FieldTest>& tests) : nodes_(1) {
  CHECK(tests.size() <= kFieldTestsMax);
  for (std::uint32_t test = 0; test < tests.size(); ++test) {
    std::uint32_t at = 0;
    nodes_[at].here_and_below.set(test);
    Segments segments(tests[test].path);
    for (std::string_view segment; segments.next(segment);) {
      at = child(at, segment);
      nodes_[at].here_and_below.set(test);
    }
    nodes_[at].tests.push_back(test);
    if (tests[test].may_be_absent()) absent_tests_.push_back({test, at});
  }
}

std::uint32_t FieldTree::child(std::uint32_t from, std::string_view segment) {
  auto& children = nodes_[from].children;
  const auto found = find_child(children, segment);
  if (found != children.end() && found->first == segment) return found->second;
  const auto made = static_cast<std::uint32_t>(nodes_.size());
  children.insert(found, {std::string(segment), made});
  nodes_.emplace_back();
  return made;
}

const FieldTree::Node* FieldTree::step(const Node& from, std::string_view name, Work& work) const {
  const Node* at = &from;
  Segments segments(name);
  for (std::string_view segment; segments.next(segment);) {
    work.add(limits::kExpressionPartUnits);
    const auto found = find_child(at->children, segment);
    if (found == at->children.end() || found->first != segment) return nullptr;
    at = &nodes_[found->second];
  }
  return at;
}

}  // namespace gyre::streams
