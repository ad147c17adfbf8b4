// SPDX-License-Identifier: Apache-2.0
#include "core/partiql/key_equality.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace gyre::partiql {
namespace {

using expressions::DocumentPath;
using expressions::Function;
using expressions::Node;
using expressions::ParsedCondition;
using expressions::PathStep;

/// The conditions that must all hold: what stands between ANDs.
void take_conjuncts(Node node, std::vector<Node>& conjuncts) {
  if (node.kind != Node::Kind::kAnd) return conjuncts.push_back(std::move(node));
  for (Node& operand : node.operands) take_conjuncts(std::move(operand), conjuncts);
}

struct Equality {
  const std::string* attribute;
  const AttributeValue* value;
};

/// "key = value", "value = key" or "key IN [value]", for an attribute of the key.
std::optional<Equality> key_equality(const Node& node, const expressions::Values& values,
                                     const KeySchema& schema, bool in_counts) {
  const bool compares = node.kind == Node::Kind::kEqual || (in_counts && node.kind == Node::Kind::kIn);
  if (!compares || node.operands.size() != 2) return std::nullopt;
  const bool key_first = node.operands[0].kind == Node::Kind::kPath;
  if (!key_first && node.kind == Node::Kind::kIn) return std::nullopt;
  const Node& path = node.operands[key_first ? 0 : 1];
  const Node& value = node.operands[key_first ? 1 : 0];
  if (path.kind != Node::Kind::kPath || path.path.size() != 1) return std::nullopt;
  if (value.kind != Node::Kind::kValue) return std::nullopt;
  const std::string& name = path.path.front().name;
  if (name != schema.partition.name && !(schema.sort && name == schema.sort->name)) return std::nullopt;
  return Equality{&name, &values[value.value]};
}

std::optional<ParsedCondition> all_of(std::vector<Node> conjuncts, expressions::Values values) {
  if (conjuncts.empty()) return std::nullopt;
  if (conjuncts.size() == 1) return ParsedCondition{std::move(conjuncts.front()), std::move(values)};
  Node all{.kind = Node::Kind::kAnd, .text = "AND", .operands = std::move(conjuncts)};
  return ParsedCondition{std::move(all), std::move(values)};
}

/// "attribute_exists(key) AND rest", or "attribute_not_exists(key) OR rest".
ParsedCondition with_presence(Node::Kind junction, Function presence, std::optional<ParsedCondition> rest,
                              const KeySchema& schema) {
  Node test{.kind = Node::Kind::kFunction, .function = presence};
  const DocumentPath key = {{PathStep::Kind::kName, schema.partition.name, 0}};
  test.operands.push_back({.kind = Node::Kind::kPath, .path = key});
  if (!rest) return ParsedCondition{std::move(test), {}};
  Node both{.kind = junction};
  both.operands.push_back(std::move(test));
  both.operands.push_back(std::move(rest->root));
  return ParsedCondition{std::move(both), std::move(rest->values)};
}

}  // namespace

KeySplit split_key(std::optional<ParsedCondition> where, const KeySchema& schema) {
  KeySplit split;
  if (!where) return split;
  std::vector<Node> conjuncts;
  take_conjuncts(std::move(where->root), conjuncts);
  std::vector<Node> rest;
  for (Node& conjunct : conjuncts) {
    const std::optional<Equality> equality = key_equality(conjunct, where->values, schema, false);
    const AttributeValue* known = equality ? std::as_const(split.key).find(*equality->attribute) : nullptr;
    if (equality && known == nullptr) {
      split.key.set(*equality->attribute, *equality->value);
    } else if (!equality || *known != *equality->value) {
      if (equality) split.contradicted = *equality->attribute;
      rest.push_back(std::move(conjunct));
    }
  }
  split.rest = all_of(std::move(rest), std::move(where->values));
  return split;
}

ParsedCondition condition_of_update(std::optional<ParsedCondition> rest, const KeySchema& schema) {
  return with_presence(Node::Kind::kAnd, Function::kAttributeExists, std::move(rest), schema);
}

std::optional<ParsedCondition> condition_of_delete(std::optional<ParsedCondition> rest,
                                                   const KeySchema& schema) {
  if (!rest) return std::nullopt;
  return with_presence(Node::Kind::kOr, Function::kAttributeNotExists, std::move(rest), schema);
}

std::optional<AttributeMap> sole_key(const std::optional<ParsedCondition>& where, const KeySchema& schema) {
  if (!where) return std::nullopt;
  std::vector<Node> conjuncts;
  take_conjuncts(where->root, conjuncts);
  AttributeMap key;
  for (const Node& conjunct : conjuncts) {
    const std::optional<Equality> equality = key_equality(conjunct, where->values, schema, true);
    if (!equality) return std::nullopt;
    const AttributeValue* known = std::as_const(key).find(*equality->attribute);
    if (known != nullptr && *known != *equality->value) return std::nullopt;
    key.set(*equality->attribute, *equality->value);
  }
  if (key.size() != (schema.sort ? 2U : 1U)) return std::nullopt;
  return key;
}

}  // namespace gyre::partiql
