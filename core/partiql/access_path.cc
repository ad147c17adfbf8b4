// SPDX-License-Identifier: Apache-2.0
#include "core/partiql/access_path.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/expressions/key_operators.h"
#include "core/model/key.h"

namespace gyre::partiql {
namespace {

using expressions::AttributeCondition;
using expressions::ComparisonOperator;
using expressions::KeyCondition;
using expressions::Node;
using expressions::ParsedCondition;

/// One way in which a clause may hold, as far as the key is concerned.
struct Branch {
  std::vector<AttributeCondition> partition;  ///< equalities; all must hold
  std::vector<AttributeCondition> sort;       ///< ranges; all must hold
  /// It excludes sort keys (<>, NOT), which no range says: AWS lets such a branch overlap others.
  bool excludes = false;
};
using Branches = std::vector<Branch>;

/// The attribute of a key that an operand is; nullptr if it is none.
const KeyAttribute* find_key(const Node& operand, std::span<const KeyAttribute> keys) {
  if (operand.kind != Node::Kind::kPath || operand.path.size() != 1) return nullptr;
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const KeyAttribute& key) {
    return key.name == operand.path.front().name;
  });
  return found == keys.end() ? nullptr : &*found;
}

class AccessPlanner {
 public:
  AccessPlanner(const expressions::Values& values, const KeyAttributes& keys)
      : values_(values), keys_(keys) {}

  /// Whether the clause can only hold for partition keys that it names.
  bool names_partitions(const Node& node) const;
  /// The same, but for what OR says.
  bool conjuncts_name_partitions(const Node& node) const;
  Result<Branches> branches_of(const Node& node);
  /// Whether some condition was met that the branches do not express.
  bool met_filter() const { return met_filter_; }

 private:
  Result<Branches> all_of(const std::vector<Node>& operands);
  Result<Branches> any_of(const std::vector<Node>& operands);
  Branches filter(const Node& node);
  /// A condition that a key range expresses, one for each value of IN.
  std::vector<AttributeCondition> key_conditions(const Node& node) const;
  bool names_attribute(const Node& node, const KeyAttribute& key, bool within_or) const;
  bool concerns_key(const Node& node) const;
  bool reads_sort_key(const Node& node) const;

  const expressions::Values& values_;
  const KeyAttributes& keys_;
  bool met_filter_ = false;
};

std::vector<AttributeCondition> AccessPlanner::key_conditions(const Node& node) const {
  // IN: an equality for each value.
  const std::optional<ComparisonOperator> operation =
      node.kind == Node::Kind::kIn ? ComparisonOperator::kEqual : expressions::key_operator(node);
  if (!operation || node.operands.size() < 2) return {};
  const bool key_first = node.operands.front().kind == Node::Kind::kPath;
  const bool symmetric =
      node.operands.size() == 2 && node.kind != Node::Kind::kFunction && node.kind != Node::Kind::kIn;
  if (!key_first && !symmetric) return {};
  const Node& path = key_first ? node.operands.front() : node.operands.back();
  const bool is_partition = find_key(path, keys_.partition) != nullptr;
  const bool is_sort = find_key(path, keys_.sort) != nullptr;
  if (!is_sort && !(is_partition && operation == ComparisonOperator::kEqual)) return {};

  AttributeCondition condition{.attribute = path.path.front().name,
                               .operation = key_first ? *operation : exchanged(*operation)};
  for (const Node& operand : node.operands) {
    if (&operand == &path) continue;
    if (operand.kind != Node::Kind::kValue) return {};
    condition.values.push_back(values_[operand.value]);
  }
  if (node.kind != Node::Kind::kIn) return {condition};
  std::vector<AttributeCondition> each;
  for (const AttributeValue& value : condition.values) {
    each.push_back({.attribute = condition.attribute, .values = {value}});
  }
  return each;
}

bool AccessPlanner::names_partitions(const Node& node) const {
  return std::all_of(keys_.partition.begin(), keys_.partition.end(),
                     [&](const KeyAttribute& key) { return names_attribute(node, key, true); });
}

bool AccessPlanner::conjuncts_name_partitions(const Node& node) const {
  return std::all_of(keys_.partition.begin(), keys_.partition.end(),
                     [&](const KeyAttribute& key) { return names_attribute(node, key, false); });
}

bool AccessPlanner::names_attribute(const Node& node, const KeyAttribute& key, bool within_or) const {
  const auto recurse = [&](const Node& operand) { return names_attribute(operand, key, within_or); };
  if (node.kind == Node::Kind::kAnd) return std::any_of(node.operands.begin(), node.operands.end(), recurse);
  if (node.kind == Node::Kind::kOr) {
    return within_or && std::all_of(node.operands.begin(), node.operands.end(), recurse);
  }
  const std::vector<AttributeCondition> conditions = key_conditions(node);
  return !conditions.empty() && conditions.front().attribute == key.name;
}

bool AccessPlanner::concerns_key(const Node& node) const {
  if (node.kind != Node::Kind::kAnd && node.kind != Node::Kind::kOr) return !key_conditions(node).empty();
  return std::any_of(node.operands.begin(), node.operands.end(),
                     [this](const Node& operand) { return concerns_key(operand); });
}

bool AccessPlanner::reads_sort_key(const Node& node) const {
  if (find_key(node, keys_.sort) != nullptr) return true;
  return std::any_of(node.operands.begin(), node.operands.end(),
                     [this](const Node& operand) { return reads_sort_key(operand); });
}

Result<Branches> AccessPlanner::branches_of(const Node& node) {
  if (node.kind == Node::Kind::kAnd) return all_of(node.operands);
  if (node.kind == Node::Kind::kOr && concerns_key(node)) return any_of(node.operands);
  std::vector<AttributeCondition> conditions = key_conditions(node);
  if (conditions.empty()) return filter(node);
  Branches branches;
  for (AttributeCondition& condition : conditions) {
    Branch branch;
    const bool is_partition = std::any_of(keys_.partition.begin(), keys_.partition.end(),
                                          [&](const auto& key) { return key.name == condition.attribute; });
    (is_partition ? branch.partition : branch.sort).push_back(std::move(condition));
    branches.push_back(std::move(branch));
  }
  return branches;
}

Branches AccessPlanner::filter(const Node& node) {
  met_filter_ = true;
  Branch branch;
  branch.excludes =
      (node.kind == Node::Kind::kNot || node.kind == Node::Kind::kNotEqual) && reads_sort_key(node);
  return {branch};
}

Error too_many_reads() {
  return Error::validation("Too many decomposed read operations for a given query.");
}

Result<Branches> AccessPlanner::any_of(const std::vector<Node>& operands) {
  Branches all;
  for (const Node& operand : operands) {
    ASSIGN_OR_RETURN(Branches some, branches_of(operand));
    if (all.size() + some.size() > limits::kDecomposedReadsMax) return too_many_reads();
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return all;
}

void join(Branch& branch, const Branch& other) {
  branch.partition.insert(branch.partition.end(), other.partition.begin(), other.partition.end());
  branch.sort.insert(branch.sort.end(), other.sort.begin(), other.sort.end());
  branch.excludes |= other.excludes;
}

Result<Branches> AccessPlanner::all_of(const std::vector<Node>& operands) {
  Branches all(1);
  for (const Node& operand : operands) {
    ASSIGN_OR_RETURN(const Branches some, branches_of(operand));
    if (all.size() * some.size() > limits::kDecomposedReadsMax) return too_many_reads();
    if (some.size() == 1) {  // nearly always: no branch is copied
      for (Branch& one : all) join(one, some.front());
      continue;
    }
    Branches both;
    for (const Branch& one : all) {
      for (const Branch& other : some) join(both.emplace_back(one), other);
    }
    all = std::move(both);
  }
  return all;
}

// --- from branches to reads ---

struct Read {
  KeyCondition range;
  bool excludes = false;

  const std::string& partition() const { return range.partition; }
  std::string lower() const { return range.sort_lower.value_or(""); }
};

Status check_types(const std::vector<AttributeCondition>& conditions, std::span<const KeyAttribute> keys) {
  for (const AttributeCondition& condition : conditions) {
    const auto key = std::find_if(keys.begin(), keys.end(),
                                  [&](const KeyAttribute& one) { return one.name == condition.attribute; });
    for (const AttributeValue& value : condition.values) {
      if (attribute_type_name(value.type()) == scalar_type_name(key->type)) continue;
      return Error::validation(
          "Key attribute's data type should match its data type in table's schema: Key " + key->name);
    }
  }
  return {};
}

bool is_empty(const KeyCondition& range) {
  return range.sort_lower && range.sort_upper && *range.sort_lower >= *range.sort_upper;
}

/// One equality for each attribute of the partition key, in their order; nothing if two contradict.
std::optional<std::vector<AttributeCondition>> partition_of(const Branch& branch, const KeyAttributes& keys) {
  std::vector<AttributeCondition> partition;
  for (const KeyAttribute& key : keys.partition) {
    const AttributeCondition* known = nullptr;
    for (const AttributeCondition& condition : branch.partition) {
      if (condition.attribute != key.name) continue;
      if (known != nullptr && known->values != condition.values) return std::nullopt;
      known = &condition;
    }
    CHECK(known != nullptr);
    partition.push_back(*known);
  }
  return partition;
}

void narrow(KeyCondition& range, const KeyCondition& narrower) {
  if (narrower.sort_lower) range.sort_lower = std::max(range.sort_lower.value_or(""), *narrower.sort_lower);
  if (narrower.sort_upper && (!range.sort_upper || *narrower.sort_upper < *range.sort_upper)) {
    range.sort_upper = narrower.sort_upper;
  }
}

/// Nothing if the branch can never hold. `filtered` becomes true if the range does not say all that it says:
/// a range has sort attributes from the left, all but the last of them equal to a value.
Result<std::optional<Read>> read_of(const Branch& branch, const KeyAttributes& keys, bool& filtered) {
  RETURN_IF_ERROR(check_types(branch.partition, keys.partition));
  RETURN_IF_ERROR(check_types(branch.sort, keys.sort));
  std::optional<std::vector<AttributeCondition>> partition = partition_of(branch, keys);
  if (!partition) return std::optional<Read>();
  std::vector<AttributeCondition> conditions = *std::move(partition);
  Read read;
  ASSIGN_OR_RETURN(read.range, expressions::make_key_condition(conditions, keys));
  std::size_t expressed = 0;
  for (const KeyAttribute& key : keys.sort) {
    const AttributeCondition* equality = nullptr;
    for (const AttributeCondition& sort : branch.sort) {
      if (sort.attribute != key.name) continue;
      conditions.push_back(sort);
      ASSIGN_OR_RETURN(const KeyCondition narrower, expressions::make_key_condition(conditions, keys));
      conditions.pop_back();
      narrow(read.range, narrower);
      if (sort.operation == ComparisonOperator::kEqual) equality = &sort;
      ++expressed;
    }
    if (equality == nullptr) break;
    conditions.push_back(*equality);
  }
  if (expressed < branch.sort.size()) filtered = true;
  if (is_empty(read.range)) return std::optional<Read>();
  read.excludes = branch.excludes;
  return std::optional(std::move(read));
}

bool overlap(const Read& earlier, const Read& later) {
  return earlier.partition() == later.partition() &&
         (!earlier.range.sort_upper || *earlier.range.sort_upper > later.lower());
}

/// Sorted by partition and range, if any overlap and may; as they came otherwise.
Result<std::vector<Read>> without_overlaps(std::vector<Read> reads) {
  std::vector<Read> sorted = reads;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Read& a, const Read& b) {
    return std::pair(a.partition(), a.lower()) < std::pair(b.partition(), b.lower());
  });
  std::vector<Read> merged;
  for (Read& read : sorted) {
    if (merged.empty() || !overlap(merged.back(), read)) {
      merged.push_back(std::move(read));
      continue;
    }
    Read& last = merged.back();
    if (!last.excludes && !read.excludes) {
      return Error::validation("Overlapping conditions with range keys are not supported in where clause");
    }
    last.excludes = true;
    const bool ends_later =
        last.range.sort_upper && (!read.range.sort_upper || *read.range.sort_upper > *last.range.sort_upper);
    if (ends_later) last.range.sort_upper = read.range.sort_upper;
  }
  if (merged.size() == reads.size()) return reads;
  return merged;
}

// --- order ---

/// The first of the terms that names one of the attributes.
const OrderTerm* find_term(const std::vector<OrderTerm>& order, std::span<const KeyAttribute> keys) {
  const auto found = std::find_if(order.begin(), order.end(), [&](const OrderTerm& term) {
    return std::any_of(keys.begin(), keys.end(),
                       [&](const KeyAttribute& key) { return key.name == term.attribute; });
  });
  return found == order.end() ? nullptr : &*found;
}

Status check_order(const std::vector<OrderTerm>& order, const KeyAttributes& keys, bool has_where) {
  if (order.empty()) return {};
  if (!has_where) {
    return Error::validation("Must have WHERE clause in the statement when using ORDER BY clause.");
  }
  for (const OrderTerm& term : order) {
    if (find_term({term}, keys.partition) != nullptr || find_term({term}, keys.sort) != nullptr) continue;
    return Error::validation("Attribute " + term.attribute +
                             " in ORDER BY clause must be part of the primary key");
  }
  return {};
}

Status set_order(const std::vector<OrderTerm>& order, const KeyAttributes& keys, std::vector<Read>& reads,
                 AccessPath& path) {
  if (order.empty()) return {};
  const OrderTerm* by_partition = find_term(order, keys.partition);
  const OrderTerm* by_sort = find_term(order, keys.sort);
  std::set<std::string> partitions;
  for (const Read& read : reads) partitions.insert(read.partition());
  if (partitions.size() > 1 && by_partition == nullptr) {
    return Error::validation(
        "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE "
        "clause.");
  }
  path.forward = by_sort != nullptr && by_sort->ascending;
  const bool rising = by_partition == nullptr || by_partition->ascending;
  std::stable_sort(reads.begin(), reads.end(), [&](const Read& a, const Read& b) {
    if (a.partition() != b.partition()) return (a.partition() < b.partition()) == rising;
    return path.forward ? a.lower() < b.lower() : b.lower() < a.lower();
  });
  return {};
}

}  // namespace

Result<AccessPath> find_access_path(const std::optional<ParsedCondition>& where,
                                    const std::vector<OrderTerm>& order, const KeyAttributes& keys) {
  RETURN_IF_ERROR(check_order(order, keys, where.has_value()));
  AccessPath path;
  path.filtered = where.has_value();
  if (!where) return path;
  AccessPlanner planner(where->values, keys);
  if (!planner.names_partitions(where->root)) {
    if (order.empty()) return path;
    return Error::validation(
        "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.");
  }
  ASSIGN_OR_RETURN(const Branches branches, planner.branches_of(where->root));
  if (branches.size() > limits::kDecomposedReadsMax) return too_many_reads();
  path.scan = false;
  path.filtered = planner.met_filter();
  path.keyed = planner.conjuncts_name_partitions(where->root);
  std::vector<Read> reads;
  for (const Branch& branch : branches) {
    ASSIGN_OR_RETURN(std::optional<Read> read, read_of(branch, keys, path.filtered));
    if (read) reads.push_back(*std::move(read));
  }
  ASSIGN_OR_RETURN(reads, without_overlaps(std::move(reads)));
  RETURN_IF_ERROR(set_order(order, keys, reads, path));
  for (Read& read : reads) path.reads.push_back(std::move(read.range));
  return path;
}

}  // namespace gyre::partiql
