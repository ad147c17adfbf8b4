// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/expressions/condition_parser.h"
#include "core/expressions/expressions.h"

namespace gyre::expressions {
namespace {

enum class Operator { kEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual, kBetween, kBeginsWith };

/// A comparison of one top-level attribute with one value, or with two for BETWEEN.
struct KeyComparison {
  std::string attribute = {};
  Operator operation = Operator::kEqual;
  std::vector<const AttributeValue*> values = {};
};

Error invalid_condition(std::string_view detail) {
  return Error::validation("Invalid condition in KeyConditionExpression: " + std::string(detail));
}

Error not_supported() {
  return Error::validation("Query key condition not supported");
}

// --- from the expression to comparisons ---

std::optional<Operator> key_operator(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kEqual:
      return Operator::kEqual;
    case Node::Kind::kLess:
      return Operator::kLess;
    case Node::Kind::kLessOrEqual:
      return Operator::kLessOrEqual;
    case Node::Kind::kGreater:
      return Operator::kGreater;
    case Node::Kind::kGreaterOrEqual:
      return Operator::kGreaterOrEqual;
    case Node::Kind::kBetween:
      return Operator::kBetween;
    case Node::Kind::kFunction:
      if (node.function == Function::kBeginsWith) return Operator::kBeginsWith;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

/// The same comparison with its sides exchanged: ":v < sk" is "sk > :v".
Operator exchanged(Operator operation) {
  switch (operation) {
    case Operator::kLess:
      return Operator::kGreater;
    case Operator::kLessOrEqual:
      return Operator::kGreaterOrEqual;
    case Operator::kGreater:
      return Operator::kLess;
    case Operator::kGreaterOrEqual:
      return Operator::kLessOrEqual;
    default:
      return operation;
  }
}

Result<KeyComparison> read_comparison(const Node& node) {
  const std::optional<Operator> operation = key_operator(node);
  if (!operation) return Error::validation("Invalid operator used in KeyConditionExpression: " + node.text);
  const bool symmetric = *operation != Operator::kBetween && *operation != Operator::kBeginsWith;
  const bool key_first = node.operands.front().kind == Node::Kind::kPath;
  if (!symmetric && !key_first) {
    return invalid_condition(node.text + " operator must have the key attribute as its first operand");
  }
  KeyComparison comparison{.operation = key_first ? *operation : exchanged(*operation)};
  for (const Node& operand : node.operands) {
    if (operand.kind == Node::Kind::kFunction) {
      return Error::validation("KeyConditionExpressions cannot contain nested operations");
    }
    if (operand.kind == Node::Kind::kValue) {
      comparison.values.push_back(operand.value);
      continue;
    }
    if (!comparison.attribute.empty())
      return invalid_condition("Multiple attribute names used in one condition");
    if (operand.path.size() > 1) {
      return Error::validation("KeyConditionExpressions cannot have conditions on nested attributes");
    }
    comparison.attribute = operand.path.front().name;
  }
  if (comparison.attribute.empty()) return invalid_condition("No key attribute specified");
  return comparison;
}

Status read_comparisons(const Node& node, std::vector<KeyComparison>& comparisons) {
  if (node.kind == Node::Kind::kAnd) {
    for (const Node& operand : node.operands) RETURN_IF_ERROR(read_comparisons(operand, comparisons));
    return {};
  }
  ASSIGN_OR_RETURN(KeyComparison comparison, read_comparison(node));
  const bool again = std::any_of(comparisons.begin(), comparisons.end(), [&](const KeyComparison& earlier) {
    return earlier.attribute == comparison.attribute;
  });
  if (again) return Error::validation("KeyConditionExpressions must only contain one condition per key");
  comparisons.push_back(std::move(comparison));
  return {};
}

// --- from comparisons to the schema ---

const KeyComparison* find_comparison(const std::vector<KeyComparison>& comparisons, const KeyAttribute& key) {
  const auto found =
      std::find_if(comparisons.begin(), comparisons.end(),
                   [&](const KeyComparison& comparison) { return comparison.attribute == key.name; });
  return found == comparisons.end() ? nullptr : &*found;
}

Error missed(const KeyAttribute& key) {
  return Error::validation("Query condition missed key schema element: " + key.name);
}

std::size_t key_bytes(const AttributeValue& value) {
  if (value.is(AttributeType::kString)) return value.as_string().size();
  if (value.is(AttributeType::kBinary)) return value.as_binary().size();
  return 1;  // a number is never empty, nor too long
}

Status check_values(const KeyComparison& comparison, const KeyAttribute& key, std::size_t bytes_max,
                    std::string_view too_long) {
  for (const AttributeValue* value : comparison.values) {
    if (attribute_type_name(value->type()) != scalar_type_name(key.type)) {
      return Error::validation(
          "One or more parameter values were invalid: Condition parameter type does not match schema type");
    }
    if (key_bytes(*value) == 0) {
      const std::string_view type = key.type == ScalarType::kString ? "string" : "binary";
      return Error::validation(
          "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain "
          "an empty " +
          std::string(type) + " value. Key: " + key.name);
    }
    if (key_bytes(*value) > bytes_max) {
      return Error::validation("One or more parameter values were invalid: " + std::string(too_long));
    }
  }
  return {};
}

// --- from a comparison to a range of encoded keys ---

std::string encoded(const AttributeValue& value) {
  std::string bytes;
  append_key_value(bytes, value);
  return bytes;
}

/// The least byte string after `bytes`. Encodings are prefix-free, so no other key lies between.
std::string after(std::string bytes) {
  bytes.push_back('\0');
  return bytes;
}

/// The least byte string that is greater than all that begin with `prefix`; nothing if there is none.
std::optional<std::string> after_prefix(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xFF') prefix.pop_back();
  if (prefix.empty()) return std::nullopt;
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

/// What the encodings of all S and B values that begin with `value` begin with: its own without the end mark.
/// (Never a part of an escape: a byte 0x00 of the value stands there as the whole 0x00 0xFF.)
std::string encoded_prefix(const AttributeValue& value) {
  constexpr std::string_view kEndMark("\0\1", 2);
  std::string bytes = encoded(value);
  CHECK(bytes.ends_with(kEndMark));
  bytes.resize(bytes.size() - kEndMark.size());
  return bytes;
}

void set_range(const KeyComparison& comparison, KeyCondition& condition) {
  const AttributeValue& first = *comparison.values.front();
  switch (comparison.operation) {
    case Operator::kEqual:
      condition.sort_lower = encoded(first);
      condition.sort_upper = after(encoded(first));
      return;
    case Operator::kLess:
      condition.sort_upper = encoded(first);
      return;
    case Operator::kLessOrEqual:
      condition.sort_upper = after(encoded(first));
      return;
    case Operator::kGreater:
      condition.sort_lower = after(encoded(first));
      return;
    case Operator::kGreaterOrEqual:
      condition.sort_lower = encoded(first);
      return;
    case Operator::kBetween:
      condition.sort_lower = encoded(first);
      condition.sort_upper = after(encoded(*comparison.values.back()));
      return;
    case Operator::kBeginsWith:
      condition.sort_lower = encoded_prefix(first);
      condition.sort_upper = after_prefix(encoded_prefix(first));
      return;
  }
}

}  // namespace

Result<KeyCondition> parse_key_condition(std::string_view text, Placeholders& placeholders,
                                         const KeySchema& schema) {
  ASSIGN_OR_RETURN(const ParsedCondition parsed,
                   parse_condition("KeyConditionExpression", text, placeholders));
  std::vector<KeyComparison> comparisons;
  RETURN_IF_ERROR(read_comparisons(parsed.root, comparisons));
  if (comparisons.size() > 2) return Error::validation("Conditions can be of length 1 or 2 only");

  const KeyComparison* partition = find_comparison(comparisons, schema.partition);
  if (partition == nullptr) return missed(schema.partition);
  const KeyComparison* sort = schema.sort ? find_comparison(comparisons, *schema.sort) : nullptr;
  if (comparisons.size() == 2 && sort == nullptr) return schema.sort ? missed(*schema.sort) : not_supported();
  if (partition->operation != Operator::kEqual) return not_supported();

  RETURN_IF_ERROR(check_values(*partition, schema.partition, limits::kPartitionKeyBytesMax,
                               "Size of hashkey has exceeded the maximum size limit of2048 bytes"));
  KeyCondition condition;
  condition.partition = *partition->values.front();
  if (sort == nullptr) return condition;
  RETURN_IF_ERROR(
      check_values(*sort, *schema.sort, limits::kSortKeyBytesMax,
                   "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"));
  set_range(*sort, condition);
  return condition;
}

}  // namespace gyre::expressions
