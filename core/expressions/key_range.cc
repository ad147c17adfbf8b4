// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
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
      return Error::validation("One or more parameter values were invalid: " + std::string(too_long));
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

void set_range(const AttributeCondition& sort, KeyCondition& condition) {
  const AttributeValue& first = sort.values.front();
  switch (sort.operation) {
    case ComparisonOperator::kEqual:
      condition.sort_lower = encoded(first);
      condition.sort_upper = after(encoded(first));
      return;
    case ComparisonOperator::kLess:
      condition.sort_upper = encoded(first);
      return;
    case ComparisonOperator::kLessOrEqual:
      condition.sort_upper = after(encoded(first));
      return;
    case ComparisonOperator::kGreater:
      condition.sort_lower = after(encoded(first));
      return;
    case ComparisonOperator::kGreaterOrEqual:
      condition.sort_lower = encoded(first);
      return;
    case ComparisonOperator::kBetween:
      condition.sort_lower = encoded(first);
      condition.sort_upper = after(encoded(sort.values.back()));
      return;
    case ComparisonOperator::kBeginsWith:
      condition.sort_lower = encoded_prefix(first);
      condition.sort_upper = after_prefix(encoded_prefix(first));
      return;
    default:
      fatal("a condition on a key that is no range");
  }
}

}  // namespace

Status check_key_condition_count(std::size_t count) {
  if (count == 1 || count == 2) return {};
  return Error::validation("Conditions can be of length 1 or 2 only");
}

Result<KeyCondition> make_key_condition(const std::vector<AttributeCondition>& conditions,
                                        const KeySchema& schema) {
  // In the order in which AWS reports: the partition key's attribute first, then the sort key's.
  if (!schema.sort && conditions.size() > 1) return not_supported();
  const AttributeCondition* partition = find_condition(conditions, schema.partition);
  if (partition == nullptr) return missed(schema.partition);
  RETURN_IF_ERROR(check_types(*partition, schema.partition));
  if (partition->operation != ComparisonOperator::kEqual) return not_supported();
  const AttributeCondition* sort = schema.sort ? find_condition(conditions, *schema.sort) : nullptr;
  if (conditions.size() == 2 && sort == nullptr) return missed(*schema.sort);
  if (sort != nullptr) RETURN_IF_ERROR(check_types(*sort, *schema.sort));

  RETURN_IF_ERROR(check_sizes(*partition, schema.partition, limits::kPartitionKeyBytesMax,
                              "Size of hashkey has exceeded the maximum size limit of2048 bytes"));
  KeyCondition condition;
  condition.partition = partition->values.front();
  if (sort == nullptr) return condition;
  RETURN_IF_ERROR(check_sizes(*sort, *schema.sort, limits::kSortKeyBytesMax,
                              "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"));
  set_range(*sort, condition);
  return condition;
}

Result<KeyCondition> parse_key_condition(std::string_view text, Placeholders& placeholders,
                                         const KeySchema& schema) {
  ASSIGN_OR_RETURN(const std::vector<AttributeCondition> conditions,
                   parse_key_conditions(text, placeholders));
  return make_key_condition(conditions, schema);
}

}  // namespace gyre::expressions
