// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/expressions/expressions.h"

namespace gyre::expressions {
namespace {

// --- from conditions to the schema ---

const AttributeCondition* find_condition(const std::vector<AttributeCondition>& conditions,
                                         const KeyAttribute& key) {
  const auto found =
      std::find_if(conditions.begin(), conditions.end(),
                   [&](const AttributeCondition& condition) { return condition.attribute == key.name; });
  return found == conditions.end() ? nullptr : &*found;
}

Error not_supported() {
  return Error::validation("Query key condition not supported");
}

Error missed(const KeyAttribute& key) {
  return Error::validation("Query condition missed key schema element: " + key.name);
}

/// A key is a range of bytes, so only what asks for one can be asked of it.
bool is_indexable(ComparisonOperator operation) {
  switch (operation) {
    case ComparisonOperator::kEqual:
    case ComparisonOperator::kLess:
    case ComparisonOperator::kLessOrEqual:
    case ComparisonOperator::kGreater:
    case ComparisonOperator::kGreaterOrEqual:
    case ComparisonOperator::kBetween:
    case ComparisonOperator::kBeginsWith:
      return true;
    default:
      return false;
  }
}

std::size_t key_bytes(const AttributeValue& value) {
  if (value.is(AttributeType::kString)) return value.as_string().size();
  if (value.is(AttributeType::kBinary)) return value.as_binary().size();
  return 1;  // a number is never empty, nor too long
}

Status check_types(const AttributeCondition& condition, const KeyAttribute& key) {
  if (!is_indexable(condition.operation)) {
    return Error::validation("Attempted conditional constraint is not an indexable operation");
  }
  for (const AttributeValue& value : condition.values) {
    if (attribute_type_name(value.type()) == scalar_type_name(key.type)) continue;
    return Error::validation(
        "One or more parameter values were invalid: Condition parameter type does not match schema type");
  }
  return {};
}

Status check_sizes(const AttributeCondition& condition, const KeyAttribute& key, std::size_t bytes_max,
                   std::string_view too_long) {
  for (const AttributeValue& value : condition.values) {
    if (key_bytes(value) == 0) {
      const std::string_view type = key.type == ScalarType::kString ? "string" : "binary";
      return Error::validation(
          "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain "
          "an empty " +
          std::string(type) + " value. Key: " + key.name);
    }
    if (key_bytes(value) > bytes_max) {
      return Error::validation(std::string(too_long));
    }
  }
  return {};
}

// --- from a condition to a range of encoded keys ---

std::string encoded(const AttributeValue& value) {
  std::string bytes;
  append_key_value(bytes, value);
  return bytes;
}

/// The least byte string that is greater than all that begin with `prefix`; nothing if there is none.
/// Encodings are prefix-free, so behind a whole value no other key lies between.
std::optional<std::string> after(std::string prefix) {
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

/// Narrows what begins with `prefix`, the sort attributes before this one, to what the condition says of this
/// one.
void set_range(const std::string& prefix, const AttributeCondition& sort, KeyCondition& condition) {
  const std::string first = prefix + encoded(sort.values.front());
  condition.sort_lower = prefix;
  condition.sort_upper = after(prefix);
  switch (sort.operation) {
    case ComparisonOperator::kEqual:
      condition.sort_lower = first;
      condition.sort_upper = after(first);
      return;
    case ComparisonOperator::kLess:
      condition.sort_upper = first;
      return;
    case ComparisonOperator::kLessOrEqual:
      condition.sort_upper = after(first);
      return;
    case ComparisonOperator::kGreater:
      condition.sort_lower = after(first);
      return;
    case ComparisonOperator::kGreaterOrEqual:
      condition.sort_lower = first;
      return;
    case ComparisonOperator::kBetween:
      condition.sort_lower = first;
      condition.sort_upper = after(prefix + encoded(sort.values.back()));
      return;
    case ComparisonOperator::kBeginsWith:
      condition.sort_lower = prefix + encoded_prefix(sort.values.front());
      condition.sort_upper = after(*condition.sort_lower);
      return;
    default:
      fatal("a condition on a key that is no range");
  }
}

using Found = std::vector<const AttributeCondition*>;  // in the order of the key's attributes

Result<Found> find_partition(const std::vector<AttributeCondition>& conditions, const KeyAttributes& keys) {
  Found found;
  for (const KeyAttribute& key : keys.partition) {
    const AttributeCondition* condition = find_condition(conditions, key);
    if (condition == nullptr) return missed(key);
    RETURN_IF_ERROR(check_types(*condition, key));
    if (condition->operation != ComparisonOperator::kEqual) return not_supported();
    found.push_back(condition);
  }
  return found;
}

Result<Found> find_sort(const std::vector<AttributeCondition>& conditions, const KeyAttributes& keys) {
  const std::size_t wanted = conditions.size() - keys.partition.size();
  Found found;
  for (const KeyAttribute& key : keys.sort) {
    if (found.size() == wanted) break;
    const AttributeCondition* condition = find_condition(conditions, key);
    if (condition == nullptr) return missed(key);
    RETURN_IF_ERROR(check_types(*condition, key));
    found.push_back(condition);
    if (found.size() < wanted && condition->operation != ComparisonOperator::kEqual) return not_supported();
  }
  return found;
}

/// The limit counts all values of the key together.
Status check_all_sizes(const Found& conditions, std::span<const KeyAttribute> keys, std::size_t bytes_max,
                       std::string_view too_long) {
  std::size_t bytes_left = bytes_max;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    RETURN_IF_ERROR(check_sizes(*conditions[i], keys[i], bytes_left, too_long));
    if (keys[i].type != ScalarType::kNumber) bytes_left -= key_bytes(conditions[i]->values.front());
  }
  return {};
}

}  // namespace

Status check_key_condition_count(std::size_t count) {
  if (count >= 1 && count <= 2 * limits::kIndexKeyAttributesMax) return {};
  return Error::validation("Conditions can be of length 1 or 2 only");
}

Result<KeyCondition> make_key_condition(const std::vector<AttributeCondition>& conditions,
                                        const KeyAttributes& keys) {
  // In the order in which AWS reports: the partition key's attributes first, then the sort key's.
  const std::size_t most = keys.partition.size() + keys.sort.size();
  if (conditions.size() > most) {
    return Error::validation("The number of query conditions (" + std::to_string(conditions.size()) +
                             ") exceeds the number of key attributes defined in the schema (" +
                             std::to_string(most) + ")");
  }
  ASSIGN_OR_RETURN(const Found partition, find_partition(conditions, keys));
  ASSIGN_OR_RETURN(const Found sort, find_sort(conditions, keys));
  RETURN_IF_ERROR(
      check_all_sizes(partition, keys.partition, limits::kPartitionKeyBytesMax, kPartitionKeyTooLong));
  RETURN_IF_ERROR(check_all_sizes(sort, keys.sort, limits::kSortKeyBytesMax, kSortKeyTooLong));

  KeyCondition condition;
  for (const AttributeCondition* equal : partition)
    append_key_value(condition.partition, equal->values.front());
  if (sort.empty()) return condition;
  std::string prefix;
  for (std::size_t i = 0; i + 1 < sort.size(); ++i) append_key_value(prefix, sort[i]->values.front());
  set_range(prefix, *sort.back(), condition);
  return condition;
}

Result<KeyCondition> parse_key_condition(std::string_view text, Placeholders& placeholders,
                                         const KeyAttributes& keys) {
  ASSIGN_OR_RETURN(const std::vector<AttributeCondition> conditions,
                   parse_key_conditions(text, placeholders));
  return make_key_condition(conditions, keys);
}

}  // namespace gyre::expressions
